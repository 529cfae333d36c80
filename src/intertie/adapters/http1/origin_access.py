"""What both transports know of their origin, and how they look at it before the first call."""

from __future__ import annotations

import ssl

from intertie.adapters.http1 import failures
from intertie.adapters.http1.head import HeadEncoder
from intertie.adapters.http1.limits import TransportLimits
from intertie.adapters.http1.proxying import ProxyAccess, dialled
from intertie.adapters.http1.tls import client_context, needs_files
from intertie.core.clock import Clock
from intertie.core.errors import DeadlineExceeded, Reach, UsageError
from intertie.runtime.http import Request
from intertie.runtime.plan import Origin, ProxyOptions, TlsOptions
from intertie.runtime.surroundings import SecretStore


class OriginAccess:
    """One origin, the way to it, and what is agreed for all its connections. The base of the transports."""

    def __init__(
        self,
        origin: Origin,
        *,
        clock: Clock,
        tls: TlsOptions | None = None,
        proxy: ProxyOptions | None = None,
        secrets: SecretStore | None = None,
        limits: TransportLimits | None = None,
    ) -> None:
        self._origin = origin
        self._clock = clock
        self._tls_options = tls or TlsOptions()
        self._secrets = secrets
        self._limits = limits or TransportLimits()
        self._peer = f"{origin.host}:{origin.port}"
        self._proxy = proxy
        self._dialled = dialled(origin, proxy)
        access = None if proxy is None else ProxyAccess(proxy, origin, secrets=secrets, limits=self._limits)
        self._tunnelling = access if access is not None and access.tunnels else None
        self._encoder = HeadEncoder(origin.authority, access if self._tunnelling is None else None)
        self._context: ssl.SSLContext | None = None

    def prepare(self) -> None:
        """Look at what configuration gave now rather than at the first call: the proxy, the files of TLS.

        Raises:
            UsageError: One of them can't be used; the message names it and its field.
        """
        if self._proxy is not None and self._proxy.fault is not None:
            raise UsageError(self._proxy.fault)
        if self._origin.scheme == "https" and needs_files(self._tls_options):
            self._context = client_context(self._tls_options, self._secrets)

    def written_fields(self, request: Request) -> tuple[tuple[str, str], ...]:
        """Return the header fields of a request as they go over the wire; the credential's value is a mask."""
        return self._encoder.written_fields(request)

    def _opening_window(self, deadline_s: float, connect_timeout_s: float) -> tuple[float, str]:
        """Return until when a connection may be opened, and the phase in which time runs out then.

        Raises:
            DeadlineExceeded: That instant has passed.
        """
        now_s = self._clock.monotonic_s()
        until_s = min(now_s + connect_timeout_s, deadline_s)
        phase = "total" if until_s == deadline_s else "connect"
        if until_s <= now_s:
            raise self._not_opened(phase, connect_timeout_s)
        return until_s, phase

    def _not_opened(self, phase: str, connect_timeout_s: float) -> DeadlineExceeded:
        return failures.out_of_time(self._peer, phase, connect_timeout_s, Reach.NO)
