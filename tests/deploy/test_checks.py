"""How long the proxies of deploy/ may take to notice that an instance is going."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.rolling_configs import HOSTS, PORT, STATUS_PORT, deployed
from deployed import UnitFile, parsed

UNITS = {"ms": 0.001, "s": 1.0}


def seconds(text: str, name: str) -> float:
    """Return the duration that follows a name in a configuration."""
    found = re.search(rf"\b{name} (\d+)(ms|s)\b", text)
    assert found, name
    return int(found[1]) * UNITS[found[2]]


def test_an_instance_goes_on_until_the_proxies_have_looked_away(tmp_path: Path) -> None:
    delay = parsed(UnitFile("app@.service", "1").words, tmp_path).shutdown_delay
    haproxy, caddy = deployed("haproxy"), deployed("caddy")
    falls = re.search(r"\bfall (\d+)", haproxy)
    assert falls
    inter, fast = seconds(haproxy, "inter"), seconds(haproxy, "fastinter")
    assert delay >= 2 * (inter + (int(falls[1]) - 1) * fast)
    assert delay >= 2 * seconds(caddy, "health_interval")


def test_each_file_names_the_addresses_that_the_units_have(tmp_path: Path) -> None:
    for program in ("haproxy", "nginx", "caddy"):
        text = deployed(program)
        for number, host in enumerate(HOSTS, 1):
            config = parsed(UnitFile("app@.service", str(number)).words, tmp_path)
            assert config.bind == (f"{host}:{PORT}",)
            assert (config.status_host, config.status_port) == (host, STATUS_PORT)
            assert text.count(config.bind[0]) == 1
    for text in (deployed("haproxy"), deployed("caddy")):
        assert text.count(f"port {STATUS_PORT}") == text.count("/readyz") == 1
