"""Every behaviour of a call is shown both on an event loop and stepped by hand."""

import pytest

from support.plans import DRIVES, Drive


@pytest.fixture(params=sorted(DRIVES))
def drive(request) -> Drive:
    """Run a coroutine to its end in virtual time."""
    return DRIVES[request.param]
