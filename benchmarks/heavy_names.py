"""What the modules of the heavy site are called, and which imports which: pure, always equal.

Five storeys of 150 modules together: kernel, domain, services, reports, web.  Each imports from
the storeys below and sometimes from its own.  Two modules of the kernel have their places made on
purpose: on `money` depend about a hundred modules, on `barcodes` fewer than ten.
"""

from __future__ import annotations

import random

PACKAGE = "shop"
KERNEL = (
    "money barcodes text dates units ranges rounding ordering paging naming locale_rules"
    " limits retries caching encoding checks slugs colours geometry tokens"
).split()
NOUNS = (
    "label customer address product category supplier warehouse shelf parcel courier invoice"
    " payment refund voucher discount basket wishlist review rating question answer campaign"
    " newsletter subscriber order order_line stock_move stock_take purchase receipt return_case"
    " complaint ticket employee shift holiday salary contract device sensor alarm message thread"
    " attachment audit"
).split()
DOMAIN = tuple(f"{noun}s" for noun in NOUNS[:40])
SERVICES = tuple(f"{noun}_service" for noun in NOUNS)
REPORTS = tuple(f"{noun}_report" for noun in NOUNS[1:21])
WEB = tuple(f"{noun}_pages" for noun in NOUNS[:25])
STOREYS = {"kernel": KERNEL, "domain": DOMAIN, "services": SERVICES, "reports": REPORTS, "web": WEB}

WIDE, NARROW = "kernel.money", "kernel.barcodes"
MIDDLE = "services.warehouse_service"
LONE = ("domain.labels", "services.label_service", "web.label_pages")
"""The one way from `NARROW` up: nothing else imports these."""

Imports = dict[str, tuple[str, ...]]


def imports() -> Imports:
    """Return what each module imports, by `storey.module`, from the bottom up."""
    chance = random.Random(150)
    kernel = [f"kernel.{name}" for name in KERNEL if f"kernel.{name}" not in (WIDE, NARROW)]
    domain = [f"domain.{name}" for name in DOMAIN if f"domain.{name}" not in LONE]
    services = [f"services.{name}" for name in SERVICES if f"services.{name}" not in LONE]
    reports = [f"reports.{name}" for name in REPORTS]
    web = [f"web.{name}" for name in WEB if f"web.{name}" not in LONE]
    found: Imports = {f"kernel.{name}": () for name in KERNEL}
    for number, name in enumerate(domain):
        found[name] = _some(chance, kernel, 2) + _earlier(chance, domain[:number], 0.2)
        # Two of five: with those who import these, about a hundred modules.
        if number % 5 in (0, 2):
            found[name] += (WIDE,)
    for number, name in enumerate(services):
        found[name] = (_turn(domain, number), *_some(chance, domain, 1), *_some(chance, kernel, 1))
        found[name] += _earlier(chance, services[:number], 0.25)
    for number, name in enumerate(reports):
        found[name] = (_turn(services, number), *_some(chance, services, 1))
        found[name] += _some(chance, kernel, 1)
    for number, name in enumerate(web):
        # The services that no report works on; thus the application imports every module.
        found[name] = (_turn(services, len(reports) + number), _turn(reports, number))
        found[name] += _some(chance, domain, 1)
    lone_domain, lone_service, lone_pages = LONE
    found[lone_domain] = (NARROW, *_some(chance, kernel, 1))
    found[lone_service] = (lone_domain, *_some(chance, kernel, 1))
    found[lone_pages] = (lone_service,)
    return found


def _some(chance: random.Random, names: list[str], number: int) -> tuple[str, ...]:
    return tuple(chance.sample(names, number))


def _turn(names: list[str], number: int) -> str:
    return names[number % len(names)]


def _earlier(chance: random.Random, names: list[str], share: float) -> tuple[str, ...]:
    return (chance.choice(names),) if names and chance.random() < share else ()
