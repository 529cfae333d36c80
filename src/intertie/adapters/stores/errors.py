"""What goes wrong with a store."""

from __future__ import annotations

from intertie.core.errors import IntertieError


class StoreUnavailable(IntertieError):  # noqa: N818  # reads as the state it names
    """A store can't be opened or used; the message says where it is, why, and what to do.

    Attributes:
        url: The store's URL.
    """

    def __init__(self, message: str, *, url: str) -> None:
        super().__init__(message)
        self.url = url
