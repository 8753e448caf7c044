from small_site.factory import create_app

VERSION = "v0"

app = create_app(VERSION)
