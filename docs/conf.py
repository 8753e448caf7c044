"""The manual, built by `make docs`."""

import sys
from pathlib import Path

import spawning

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Spawning"
author = "The Spawning contributors"
release = version = spawning.__version__

extensions = ["myst_parser", "generated"]
exclude_patterns = ["_build", "_errors"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"Spawning {release}"
html_copy_source = False
smartquotes = False  # it would turn -- into a dash, in options of all things
