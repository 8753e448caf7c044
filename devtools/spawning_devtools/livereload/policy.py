"""Whether a page's Content-Security-Policy lets our script run (CSP Level 3); pure.

Where it does not, the page is left alone: a script that is refused would only fill
the console, or be reported to whom the policy names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

FIELDS = ("content-security-policy", "content-security-policy-report-only")
SCRIPTS = ("script-src-elem", "script-src", "default-src")
QUESTIONS = ("connect-src", "default-src")
NEEDED_IN_SANDBOX = frozenset({"allow-scripts", "allow-same-origin"})
_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_=-]+)'")

Directives = dict[str, list[str]]


def nonce_for(headers: Iterable[tuple[str, str]], scheme: str, host: str) -> str | None:
    """Return the nonce that a script from our own origin needs, '' for none, None where it may
    not run, or not ask us anything.
    """
    needed: set[str] = set()
    for policy in _policies(headers):
        if not _may_ask(policy, scheme, host):
            return None
        sources = _sources(policy, SCRIPTS)
        if sources is None or ("'strict-dynamic'" not in sources and _own(sources, scheme, host)):
            continue
        nonces = [match[1] for source in sources if (match := _NONCE.fullmatch(source))]
        if not nonces:
            return None
        needed.add(nonces[0])
    return None if len(needed) > 1 else "".join(needed)


def _may_ask(policy: Directives, scheme: str, host: str) -> bool:
    if "sandbox" in policy and not NEEDED_IN_SANDBOX.issubset(policy["sandbox"]):
        return False
    sources = _sources(policy, QUESTIONS)
    return sources is None or _own(sources, scheme, host)


def _policies(headers: Iterable[tuple[str, str]]) -> Iterator[Directives]:
    for name, value in headers:
        if name.lower() in FIELDS:
            for policy in value.split(","):
                yield _directives(policy)


def _directives(policy: str) -> Directives:
    found: Directives = {}
    for directive in policy.split(";"):
        name, *sources = directive.split() or [""]
        found.setdefault(name.lower(), sources)  # a second one of the name does not count
    return found


def _sources(policy: Directives, names: Iterable[str]) -> list[str] | None:
    """Return the first list of sources that there is; None allows everything."""
    return next((policy[name] for name in names if name in policy), None)


def _own(sources: Iterable[str], scheme: str, host: str) -> bool:
    """Return whether what comes from our own origin is allowed."""
    ours = {"'self'", "*", f"{scheme}:", host, f"{scheme}://{host}", f"{scheme}://{host}/"}
    return any(source.lower() in ours for source in sources)
