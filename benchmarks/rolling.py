"""Rolling restarts behind HAProxy, nginx and Caddy: two instances, restarted in turn under load.

    python benchmarks/rolling.py [--proxy haproxy|nginx|caddy] [--mode 4|0] [--rounds N]
                                 [--json FILE]

Each round stops instance A by SIGTERM, waits for its end, starts it anew and waits until it
serves; then B; then sends SIGHUP to both.  With the configurations of deploy/, which
docs/how-to/behind-a-proxy.md explains, no request may fail: the exit code is 1 if one does.
What the plainest configurations lose is shown beside them.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict

import environment
from report import table, write_json

MODES = ("4", "0")


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    from rolling_proxies import PROXIES

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = list(dict.fromkeys(proxy.program for proxy in PROXIES))
    parser.add_argument("--proxy", choices=names, help="only this one; all if not given")
    parser.add_argument("--mode", choices=MODES, help="only this --threads; both if not given")
    parser.add_argument("--rounds", type=int, default=5, help="of restarts [5]")
    parser.add_argument("--json", default="", metavar="FILE", help="write the raw figures too")
    return parser.parse_args()


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    options = arguments()
    environment.enter()
    from processes import unwind_on_termination
    from rolling_proxies import PROXIES, find
    from rolling_rounds import restart_in_turn

    unwind_on_termination()
    results = []
    for proxy in PROXIES:
        if options.proxy in (None, proxy.program):
            program = find(proxy.program)
            for mode in [options.mode] if options.mode else MODES:
                began = time.monotonic()
                results.append(restart_in_turn(proxy, program, mode, options.rounds))
                seconds = time.monotonic() - began
                failed = results[-1].failed
                print(f"{proxy.name} -t {mode}: {seconds:.0f} s, {failed}", file=sys.stderr)
    rows = [
        [
            f"{r.proxy} -t {r.mode}",
            f"{r.restarts}",
            f"{r.reloads}",
            f"{sum(r.answered.values()):,}",
            ", ".join(f"{kind}: {n}" for kind, n in r.failed.items()) or "0",
            f"{r.longest:.2f}",
        ]
        for r in results
    ]
    heads = ["proxy", "restarts", "HUPs", "answered", "failed", "longest, s"]
    print(table(heads, rows))
    write_json(options.json, {"results": [asdict(result) for result in results]})
    return 1 if any(result.failed for result in results if result.recommended) else 0


if __name__ == "__main__":
    sys.exit(main())
