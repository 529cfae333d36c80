"""Speaking to a proxy: asking it for a tunnel, and saying who we are. Bytes in, decisions out; no sockets.

A service behind TLS is reached through a tunnel (`CONNECT`): the proxy sees its name and nothing else. One on plain
HTTP is asked for by its whole URL, and the proxy passes every exchange on. Our credential for the proxy goes to the
proxy alone.

Source: RFC 9110 sections 9.3.6 (CONNECT) and 11.7 (proxy authentication); RFC 9112 section 3.2.2 (absolute form);
RFC 7617 (Basic).
"""

from __future__ import annotations

import base64
import re

from intertie._version import __version__
from intertie.adapters.http1.addresses import Dialled
from intertie.adapters.http1.limits import TransportLimits
from intertie.core.errors import AuthError, CallError, ConnectError, CredentialMissing, TokenRefused
from intertie.core.outside_text import shown
from intertie.runtime.plan import Origin, ProxyOptions
from intertie.runtime.surroundings import SecretStore

_STATUS_LINE_RE = re.compile(rb"HTTP/1\.[01] ([1-9]\d\d)(?: ([^\r\n\0]*))?\Z")
_SCHEME_RE = re.compile(r"(?:^|,)\s*([A-Za-z][\w-]*)(?=\s|$|,)")
_SHOWN_REASON = 80


def dialled(origin: Origin, proxy: ProxyOptions | None) -> Dialled:
    """Return what connections are opened to: the proxy where there is one."""
    if proxy is None:
        return Dialled(origin.host, origin.port, f"{origin.host}:{origin.port}")
    return Dialled(proxy.host, proxy.port, f"the proxy {proxy.authority}", "the proxy", "the proxy's URL")


class ProxyAccess:
    """How the connections of one transport get through its proxy.

    Attributes:
        peer: The proxy in messages.
        tunnels: Whether the service is reached through a tunnel rather than by absolute URLs.
    """

    def __init__(
        self, options: ProxyOptions, origin: Origin, *, secrets: SecretStore | None, limits: TransportLimits
    ) -> None:
        self._options = options
        self._secrets = secrets
        self._limits = limits
        host = f"[{origin.host}]" if ":" in origin.host else origin.host
        self._target = f"{host}:{origin.port}"
        self.peer = f"the proxy {options.authority}"
        self.tunnels = origin.scheme == "https"

    def authorization(self) -> bytes:
        """Return the line that says who we are, nothing where the proxy is not told.

        Raises:
            CredentialMissing: A reference resolves to nothing, or to what Basic can't carry.
        """
        options = self._options
        if options.username is None and options.password is None:
            return b""
        username = self._resolved(options.username)
        if ":" in username:
            raise CredentialMissing(
                f"{shown(options.username or '')}: a user name for {self.peer} can't have a colon; ask for another one"
            )
        text = f"{username}:{self._resolved(options.password)}"
        return b"Proxy-Authorization: Basic %b\r\n" % base64.b64encode(text.encode())

    def tunnel(self) -> Tunnel:
        """Return the exchange that opens a tunnel to the service."""
        target = self._target.encode("ascii", "replace")  # the compiler lets nothing else through
        request = b"CONNECT %b HTTP/1.1\r\nHost: %b\r\nUser-Agent: intertie/%b\r\n%b\r\n" % (
            target, target, __version__.encode(), self.authorization(),
        )  # fmt: skip
        return Tunnel(self, request, self._target, self._limits)

    def refused(self, challenges: list[str]) -> AuthError:
        """Return what a 407 is: our configuration's fault, which no further attempt changes."""
        schemes = [scheme for text in challenges for scheme in _SCHEME_RE.findall(text)]
        if schemes and "basic" not in (scheme.lower() for scheme in schemes):
            asked = shown(", ".join(dict.fromkeys(schemes)), most=_SHOWN_REASON)
            return TokenRefused(
                f"{self.peer} asks for {asked} (407), and only Basic is spoken here; let it accept Basic, or put a "
                "local proxy that knows the other one before it"
            )
        given = self._options.password or self._options.username
        if given is None:
            return CredentialMissing(
                f"{self.peer} asks for a user and a password (407); name them in `proxy.username` and "
                "`proxy.password`, or in the URL of the variable"
            )
        return TokenRefused(f"{self.peer} refuses the user or the password of {shown(given)} (407); correct them there")

    def _resolved(self, reference: str | None) -> str:
        if reference is None:
            return ""
        if self._secrets is None:
            raise CredentialMissing(f"{shown(reference)} needs a secret store, and there is none here")
        return self._secrets.resolve(reference).reveal()


class Tunnel:
    """One CONNECT: send `request`, feed what comes until it says that the tunnel stands.

    Attributes:
        request: What to send.
    """

    def __init__(self, access: ProxyAccess, request: bytes, target: str, limits: TransportLimits) -> None:
        self._access = access
        self._target = target
        self._limits = limits
        self._buffer = bytearray()
        self._searched = 0
        self._informational = 0
        self.request = request

    def feed(self, data: bytes) -> bool:
        """Take in what came from the proxy; return whether the tunnel stands.

        Raises:
            ConnectError: It is refused, or what came is no answer; `reached` is `no`.
            AuthError: The proxy asks for a credential (407).
        """
        if not data:
            raise self._broken("closed the connection instead of opening a tunnel")
        buffer = self._buffer
        buffer += data
        if not (buffer.startswith(b"HTTP/1.") or b"HTTP/1.".startswith(buffer)):
            raise self._broken("answered with something that is not HTTP; is it an HTTP proxy?")
        while True:
            end = buffer.find(b"\r\n\r\n", self._searched)
            if end > self._limits.max_head_bytes or (end < 0 and len(buffer) > self._limits.max_head_bytes):
                raise self._broken(f"answered with a head of more than {self._limits.max_head_bytes:,} bytes")
            if end < 0:
                self._searched = max(len(buffer) - 3, 0)
                return False
            head = bytes(buffer[:end])
            del buffer[: end + 4]
            self._searched = 0
            if self._is_final(head):
                break
        if buffer:
            # The service does not speak first in TLS: what is here came from the proxy and would be taken for its.
            raise self._broken("sent something before the tunnel was used")
        return True

    def _is_final(self, head: bytes) -> bool:
        """Return whether a head opens the tunnel; False for an interim one."""
        line, *fields = head.split(b"\r\n")
        found = _STATUS_LINE_RE.match(line)
        if found is None:
            raise self._broken("answered with something that is not HTTP; is it an HTTP proxy?")
        status = int(found[1])
        if 200 <= status < 300:
            return True
        if status < 200 and status != 101:
            self._informational += 1
            if self._informational > self._limits.max_informational:
                raise self._broken(f"sent more than {self._limits.max_informational} interim answers")
            return False
        if status == 407:
            raise self._access.refused(_challenges(fields))
        reason = shown((found[2] or b"").decode("latin-1").strip(), most=_SHOWN_REASON)
        raise ConnectError(
            f"{self._access.peer} did not connect us to {self._target}: {status}{' ' if reason else ''}{reason}; "
            f"{_advice(status)}"
        )

    def _broken(self, what: str) -> CallError:
        return ConnectError(f"{self._access.peer} {what}")


def _challenges(fields: list[bytes]) -> list[str]:
    found = (line.partition(b":") for line in fields)
    return [value.decode("latin-1") for name, _, value in found if name.strip().lower() == b"proxy-authenticate"]


def _advice(status: int) -> str:
    if status in (401, 403):
        return "does it allow this host?"
    if status in (405, 501):
        return "it does not know CONNECT: is it a proxy?"
    return "can it reach the service?"
