"""Every test here runs on both backends."""

from __future__ import annotations

import pytest

from support.store_kit import BACKENDS, StoreKit


@pytest.fixture(params=BACKENDS)
def kit(request, tmp_path):
    made = StoreKit(request.param, tmp_path)
    yield made
    made.close()
