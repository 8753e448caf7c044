from site_app import create_app

VERSION = "v0"

app = create_app(VERSION)
