"""The manual, built by `make docs`."""

import sys
from pathlib import Path

import spawning

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Spawning"
author = "The Spawning contributors"
copyright = "the Spawning contributors"
release = version = spawning.__version__

extensions = ["myst_parser", "generated", "tables"]
exclude_patterns = ["_build", "_errors"]
if tags.has("man"):  # what `man` shows stands by itself: `make man`  # noqa: F821
    root_doc = "man/spawn"
    include_patterns = ["man/*.md"]
else:
    exclude_patterns += ["man"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True

man_pages = [
    ("man/spawn", "spawn", "serve a WSGI application, and reload its code gracefully", author, 1),
    ("man/spawnctl", "spawnctl", "look after a server of spawn", author, 1),
]
texinfo_documents = [
    ("index", "spawning", "Spawning", author, "spawning", "A WSGI server.", "Network applications")
]
texinfo_no_detailmenu = True

html_theme = "furo"
html_title = f"Spawning {release}"
html_copy_source = False
smartquotes = False  # it would turn -- into a dash, in options of all things
