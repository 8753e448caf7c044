from __future__ import annotations

import pytest

from spawning.config import Config
from spawning.controller.binding import status_address
from spawning.sockets import Address


@pytest.mark.parametrize(
    ("config", "address"),
    [
        (Config(), None),
        (Config(status_host="10.0.0.1"), None),
        (Config(status_port=81), Address("", 81)),
        (Config(status_port=0, host="127.0.0.1"), Address("127.0.0.1", 0)),
        (Config(status_port=81, host="10.0.0.1", status_host=""), Address("", 81)),
        (Config(status_port=81, bind=("10.0.0.2:80",)), Address("10.0.0.2", 81)),
        (Config(status_port=81, bind=("unix:/s", "[::1]:80")), Address("::1", 81)),
        (Config(status_port=81, bind=("unix:/s",)), Address("127.0.0.1", 81)),
    ],
)
def test_where_the_status_page_is(config: Config, address: Address | None) -> None:
    assert status_address(config) == address
