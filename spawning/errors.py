"""What can go wrong because of the user's input or surroundings, one tree.

Each error says in one sentence what was wrong and where, and in a hint what to
type instead.  `exit_code` is what `spawn` ends with, `slug` names the page of
the manual that explains it.  A bug of ours is never one of these: it keeps its
traceback.
"""

from __future__ import annotations

from collections.abc import Iterable


class SpawningError(Exception):
    """An error that the user can mend; shown as one sentence, never as a traceback."""

    exit_code = 1
    slug = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class UsageError(SpawningError):
    """An unknown or impossible option, on the command line or in pyproject.toml."""

    exit_code = 2
    slug = "usage"


class DevtoolsMissing(UsageError):
    """A development option was asked for, and what it needs is not installed."""

    slug = "devtools-missing"


class PlatformUnsupported(SpawningError):
    """This operating system lacks something that the server is built on."""

    slug = "platform"


class AlreadyRunning(SpawningError):
    """The pidfile belongs to a server that is running."""

    slug = "already-running"


class DiedInBackground(SpawningError):
    """A server that was to run in the background ended without a word before it served."""

    slug = "died-in-background"


class ApplicationNotFound(SpawningError):
    """No module or attribute goes by the name that was given for the application."""

    exit_code = 3
    slug = "application-not-found"


class ApplicationFailed(SpawningError):
    """The application was found, and failed while it was imported or made at the first start."""

    exit_code = 3
    slug = "application-failed"


class AddressInUse(SpawningError):
    """Another process listens on the address."""

    exit_code = 4
    slug = "address-in-use"


class AddressUnusable(SpawningError):
    """The address cannot be bound: unknown host, no permission, no such folder."""

    exit_code = 4
    slug = "address-unusable"


class ServerNotFound(SpawningError):
    """No server runs that can be asked, or it is not clear which one is meant."""

    slug = "server-not-found"


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the closest of `known`, or an empty string."""
    import difflib  # here, because every worker imports this module and few need it

    close = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""
