"""Transports of one integration by origin: the service's own, and those that its plan allows besides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from intertie.core.errors import ConnectError, OriginRefused
from intertie.core.outside_text import shown
from intertie.runtime.http import Transport
from intertie.runtime.plan import Origin


class Transports:
    """A transport for each allowed origin, opened when it is first asked for. Safe from any thread.

    An origin is scheme, host and port; the path does not matter.

    Args:
        service: The service's origin and its transport, which is closed by whoever made it.
        allowed: Origins besides that one.
        open: Makes the transport to one of them, without connecting.
    """

    def __init__(
        self,
        service: tuple[Origin, Transport] | None = None,
        *,
        allowed: Iterable[Origin] = (),
        open: Callable[[Origin], Transport] | None = None,  # noqa: A002  # what it does
    ) -> None:
        self._service = {} if service is None else {service[0].name: service[1]}
        self._allowed = frozenset(origin.name for origin in allowed)
        self._open = open
        self._opened: dict[str, Transport] = {}
        self._closed = False

    def to(self, origin: Origin) -> Transport:
        """Return the transport to an origin.

        Raises:
            OriginRefused: It is none of those that the plan allows.
            ConnectError: The integration was closed.
        """
        name = origin.name
        found = self._service.get(name) or self._opened.get(name)
        if found is not None:
            return found
        if self._open is None or name not in self._allowed:
            raise OriginRefused(
                f"{shown(name)} is not an origin that this integration may reach; nothing was sent there"
            )
        # Two threads may come here at once: the transport of the second one is dropped, and has no connection yet.
        made = self._opened.setdefault(name, self._open(origin))
        if self._closed:
            self._opened.pop(name, None)
            raise ConnectError(f"the integration is closed, so nothing more is sent to {shown(name)}")
        return made

    def statistics(self) -> Mapping[str, Mapping[str, int]]:
        """Return a snapshot of each transport that was opened besides the service's, by `scheme://host:port`."""
        return {name: transport.statistics() for name, transport in list(self._opened.items())}

    async def aclose(self) -> None:
        """Close what was opened here, and open nothing more."""
        # In this order: who opens one from here on sees that it was closed, and what was opened before is in the list.
        self._closed = True
        failures: list[Exception] = []
        for transport in list(self._opened.values()):
            try:
                await transport.aclose()
            except Exception as failure:  # noqa: BLE001  # the others are closed first
                failures.append(failure)
        if failures:
            raise failures[0]
