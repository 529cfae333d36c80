"""Our own HTTP/1.1: it knows whether a byte left, never sends twice, and holds every wait to its deadline.

The transport of each way of running is imported when it is first named: synchronous callers need not load asyncio.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intertie.adapters.http1.limits import TransportLimits

if TYPE_CHECKING:
    from intertie.adapters.http1.asyncio_transport import AsyncioTransport
    from intertie.adapters.http1.blocking_transport import BlockingTransport

__all__ = ["AsyncioTransport", "BlockingTransport", "TransportLimits"]


def __getattr__(name: str) -> object:
    if name == "AsyncioTransport":
        from intertie.adapters.http1.asyncio_transport import AsyncioTransport  # noqa: PLC0415

        return AsyncioTransport
    if name == "BlockingTransport":
        from intertie.adapters.http1.blocking_transport import BlockingTransport  # noqa: PLC0415

        return BlockingTransport
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
