"""The `flask` command with the reloader that it uses where watchdog is not installed."""

from flask.cli import main
from werkzeug import _reloader

_reloader.reloader_loops["auto"] = _reloader.reloader_loops["stat"]

if __name__ == "__main__":
    main()
