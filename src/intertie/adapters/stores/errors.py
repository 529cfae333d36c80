"""What goes wrong with a store, under the name that its users know."""

from __future__ import annotations

from intertie.core.errors import StoreUnavailable

__all__ = ["StoreUnavailable"]
