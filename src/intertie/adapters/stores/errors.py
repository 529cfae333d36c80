"""What goes wrong with a store, under the name that its users know."""

from __future__ import annotations

from intertie.core.errors import StoreUnavailable

__all__ = ["StoreLocked", "StoreUnavailable"]


class StoreLocked(StoreUnavailable):
    """Others did not let go of the file in the time a caller had: crowding where that was short, a hang where long."""
