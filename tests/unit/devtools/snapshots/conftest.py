"""Processes that wait, for the tests of those who attend to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spawning_devtools.snapshots.processes import Processes
from unit.devtools.snapshots.waiting import Company


@pytest.fixture
def company() -> Iterator[Company]:
    made = Company()
    yield made
    made.end()


@pytest.fixture
def processes(company: Company) -> Processes:
    return company.processes
