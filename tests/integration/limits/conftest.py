from __future__ import annotations

import pytest

from support.ways import WAYS, Way


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def way(request: pytest.FixtureRequest) -> Way:
    """Every test that takes this runs on asyncio, on uvloop and on blocking sockets."""
    return request.param
