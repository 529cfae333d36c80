"""Our own HTTP/1.1: it knows whether a byte left, never sends twice, and holds every wait to its deadline."""

from intertie.adapters.http1.asyncio_transport import AsyncioTransport
from intertie.adapters.http1.blocking_transport import BlockingTransport
from intertie.adapters.http1.limits import TransportLimits

__all__ = ["AsyncioTransport", "BlockingTransport", "TransportLimits"]
