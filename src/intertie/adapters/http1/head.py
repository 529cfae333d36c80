"""Heads of requests, ready for the wire: the one place that reveals a credential.

Source: RFC 9112 sections 3 to 6; RFC 9110 sections 5 (fields), 8.6 (Content-Length), 10.1.1 (Expect).
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from intertie._version import __version__
from intertie.adapters.http1.decoding import OFFERED
from intertie.adapters.http1.proxying import ProxyAccess
from intertie.core.errors import CredentialMissing, MappingError, Reach
from intertie.core.secret import MASK, Secret
from intertie.runtime.http import Credential, Headers, Request

LAST_CHUNK = b"0\r\n\r\n"

_ACCEPT_ENCODING = f"Accept-Encoding: {OFFERED}\r\n".encode()
_USER_AGENT = f"User-Agent: intertie/{__version__}\r\n".encode()
_TOKEN_RE = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_PROTOCOL_RE = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+(/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?\Z")
_OURS = frozenset(
    (
        "host",
        "content-length",
        "transfer-encoding",
        "te",
        "trailer",
        "expect",
        "upgrade",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",  # for the proxy's eyes: inside a tunnel it would reach the service
    )
)
"""Fields that frame the message or rule the connection: written here or not at all."""
_NOTED = _OURS | {"user-agent", "accept-encoding", "connection"}
_WANT_LENGTH = frozenset(("POST", "PUT", "PATCH"))
_MOST_CACHED = 1024
_MOST_ORDINARY = 64
"""Names of one operation's fields: a gateway hands on those of its callers too."""


class RequestHead(msgspec.Struct, frozen=True):
    """A head and what it means for the exchange.

    Attributes:
        data: Request line and fields, to the empty line.
        closes: The request says `Connection: close`.
        own_codings: The caller chose `Accept-Encoding`, so what comes back is the caller's to read.
    """

    data: bytes
    closes: bool
    own_codings: bool


class _Static(NamedTuple):
    """The fixed lines of an operation, checked, beside a credential's field of one name.

    Attributes:
        seen: Of the fields that we write or rule ourselves, those that stand in it.
        ordinary: Names of further fields that were looked at and are none of those: they need no second look.
    """

    lines: bytes
    seen: frozenset[str]
    closes: bool
    ordinary: set[str]


class _Usual:
    """What the heads of one operation have in common, ready to be joined, for as long as its credential is the same.

    Attributes:
        credential: The very object that `ending` was made of.
        target: The last one that was looked at.
        beginning, ending: Around the call's own fields; the first begins behind the target.
        ordinary: Names that need no look, of `_Static`.
        without_body: How a head ends where no body follows.
    """

    __slots__ = ("beginning", "closes", "credential", "ending", "method", "ordinary", "own_codings", "target",
                 "without_body")  # fmt: skip

    def __init__(self, request: Request, static: _Static, beginning: str, ending: str) -> None:
        self.method = request.method
        self.credential = request.credential
        self.target = request.target
        self.beginning = beginning
        self.ending = ending
        self.ordinary = static.ordinary
        self.closes = static.closes
        self.own_codings = "accept-encoding" in static.seen
        self.without_body = _framing(msgspec.structs.replace(request, body=None)).decode("ascii")


class HeadEncoder:
    """Encodes the heads of requests to one authority; remembers what it has checked before.

    Attributes:
        proxy: Passes the exchanges on, so that targets are whole URLs; None where there is none, or only a tunnel.
    """

    __slots__ = ("_before_target", "_good_names", "_line_end", "_static", "_usual", "proxy")

    def __init__(self, authority: str, proxy: ProxyAccess | None = None) -> None:
        authority = _ascii_authority(authority)
        self.proxy = proxy
        self._before_target = "" if proxy is None else f"http://{authority}"
        self._line_end = f" HTTP/1.1\r\nHost: {authority}\r\n"
        self._good_names: set[str] = set()
        self._static: dict[tuple[bytes, str | None], _Static] = {}
        self._usual: dict[bytes, _Usual] = {}

    def encode(self, request: Request) -> RequestHead:
        """Return the head of `request`; of one that differs from others in target, values and length, at once.

        Raises:
            MappingError: A method, target, name or value can't stand in a head; nothing was sent.
            CredentialMissing: The credential's text can't stand in a head.
        """
        usual = self._usual.get(request.static_head)
        if (
            usual is None
            or request.credential is not usual.credential
            or request.method != usual.method
            or request.upgrade is not None
            or request.expect_continue
        ):
            return self._encode(request)
        body, target = request.body, request.target
        if target != usual.target:
            if not _is_target(target):
                return self._encode(request)
            usual.target = target
        fields, ordinary = "", usual.ordinary
        for name, value in request.headers:
            if name not in ordinary or not (value.isascii() and value.isprintable()):
                return self._encode(request)
            fields = f"{fields}{name}: {value}\r\n"
        if type(body) is bytes:
            framing = f"Content-Length: {len(body)}\r\n\r\n"
        elif body is None:
            framing = usual.without_body
        else:
            return self._encode(request)
        text = f"{usual.method} {target}{usual.beginning}{fields}{usual.ending}{framing}"
        return RequestHead(text.encode("latin-1"), usual.closes, usual.own_codings)

    def _encode(self, request: Request) -> RequestHead:
        """Return the head of a request that is not like the one before, each part of it checked."""
        method, target, headers, credential = request.method, request.target, request.headers, request.credential
        if method not in self._good_names:
            self._check_name(method, "method", "method")
        secret_name: str | None = None
        secret_line = ""
        if credential is not None:
            if credential.location == "query":
                target = _with_query(target, credential)
            else:
                secret_name = credential.name.lower()
                secret_line = self._credential_line(credential)
        if not _is_target(target):
            raise MappingError(
                "the request's target is not a percent-encoded path that begins with '/'; nothing was sent",
                path="target",
            )
        static = self._static.get((request.static_head, secret_name)) or self._read_static(
            request.static_head, secret_name
        )
        seen, closes = static.seen, static.closes
        lines: list[str] = []
        for name, value in headers:
            if name not in static.ordinary:
                lower = self._looked_at(name, static, secret_name)
                if lower == "connection":
                    closes = closes or "close" in value.lower()
                if lower in _NOTED:
                    seen = seen | {lower}
                # The credential's own field is ours alone: a second one would leave the choice to the service.
                if lower == secret_name:
                    continue
            lines.append(f"{name}: {value}\r\n")
        fields = "".join(lines)
        if fields.count("\r") != len(lines) or fields.count("\n") != len(lines) or "\0" in fields:
            raise _bad_value(headers)
        where = f"{self._before_target}{target}" if target != "*" else self._before_target or target
        try:
            parts = [
                f"{method} {where}{self._line_end}".encode("ascii"),
                static.lines,
                f"{fields}{secret_line}".encode("latin-1"),
            ]
        except UnicodeEncodeError:
            raise _bad_value(headers) from None
        if self.proxy is not None:
            parts.append(self.proxy.authorization())
        own_codings = "accept-encoding" in seen
        if not own_codings:
            parts.append(_ACCEPT_ENCODING)
        if "user-agent" not in seen:
            parts.append(_USER_AGENT)
        if request.upgrade is not None:
            parts.append(_upgrade_lines(request.upgrade, seen))
        parts.append(_framing(request))
        usual = self._usual.get(request.static_head)
        is_kept = usual is not None and usual.credential is credential and usual.method == method
        if not is_kept and self.proxy is None and request.upgrade is None and target == request.target:
            self._keep_usual(request, static, secret_line)
        return RequestHead(b"".join(parts), closes, own_codings)

    def _keep_usual(self, request: Request, static: _Static, secret_line: str) -> None:
        beginning = f"{self._line_end}{static.lines.decode('latin-1')}"
        ending = secret_line
        if "accept-encoding" not in static.seen:
            ending += _ACCEPT_ENCODING.decode("ascii")
        if "user-agent" not in static.seen:
            ending += _USER_AGENT.decode("ascii")
        if len(self._usual) >= _MOST_CACHED:
            self._usual.clear()
        self._usual[request.static_head] = _Usual(request, static, beginning, ending)

    def _looked_at(self, name: str, static: _Static, secret_name: str | None) -> str:
        """Return a field's name in lower case, checked; note it where the next one needs no look."""
        lower = name.lower()
        if lower in _NOTED:
            _refuse_ours(lower)
        if name not in self._good_names:
            self._check_name(name, "header name", f"headers.{name}" if name.isprintable() else "headers")
        if lower not in _NOTED and lower != secret_name and len(static.ordinary) < _MOST_ORDINARY:
            static.ordinary.add(name)
        return lower

    def raise_refusal(self, headers: Headers) -> None:
        """Raise what a 407 is where a proxy passes exchanges on; else it is the service's own answer.

        Raises:
            AuthError: The proxy wants another credential of us.
        """
        if self.proxy is not None:
            error = self.proxy.refused(headers.all("proxy-authenticate"))
            error.reached = Reach.YES  # what was sent has left our hands, and an answer came
            raise error

    def written_fields(self, request: Request) -> tuple[tuple[str, str], ...]:
        """Return the fields of the head of `request`, in order; the credential's value is a mask."""
        credential = request.credential
        masked = None if credential is None or credential.location != "header" else credential.name.lower()
        if credential is not None:
            # Its text is not needed, so it is not read.
            kept = None if masked is None else msgspec.structs.replace(credential, secret=Secret("-"))
            request = msgspec.structs.replace(request, credential=kept)
        lines = self.encode(request).data.decode("latin-1").split("\r\n")[1:-2]
        pairs = ((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
        scheme = f"{credential.scheme} " if credential is not None and credential.scheme else ""
        return tuple((name, f"{scheme}{MASK}" if name.lower() == masked else value) for name, value in pairs)

    def _check_name(self, name: str, what: str, path: str) -> None:
        if not _TOKEN_RE.match(name) or name == "CONNECT":
            raise MappingError(
                f"a {what} of the request has characters that none may have; nothing was sent", path=path
            )
        # Names come from the spec, but a gateway hands on those of its callers too: don't let them pile up.
        if len(self._good_names) >= _MOST_CACHED:
            self._good_names.clear()
        self._good_names.add(name)

    def _credential_line(self, credential: Credential) -> str:
        name = credential.name
        if name not in self._good_names:
            self._check_name(name, "credential's header name", "credential")
        text = credential.secret.reveal()
        if "\r" in text or "\n" in text or "\0" in text or not _is_latin1(text):
            raise CredentialMissing(
                f"the secret {credential.secret!r} has a character that a header can't carry (a line break, perhaps); "
                "store it again without it"
            )
        return f"{name}: {credential.scheme} {text}\r\n" if credential.scheme else f"{name}: {text}\r\n"

    def _read_static(self, static: bytes, secret_name: str | None) -> _Static:
        """Check the fixed lines once: complete lines, none of ours, without the credential's own field."""
        if static and (b"\0" in static or not static.endswith(b"\r\n") or static.startswith(b"\r\n")):
            raise MappingError(
                "the fixed headers of the operation are not whole lines; nothing was sent", path="headers"
            )
        kept: list[bytes] = []
        seen: set[str] = set()
        closes = False
        for line in static.split(b"\r\n")[:-1]:
            name, colon, value = line.partition(b":")
            text = name.decode("latin-1")
            if not colon or b"\r" in value or b"\n" in value or not _TOKEN_RE.match(text):
                raise MappingError(
                    "a fixed header of the operation is not `Name: value`; nothing was sent", path="headers"
                )
            lower = text.lower()
            _refuse_ours(lower)
            if lower in _NOTED:
                seen.add(lower)
            if lower == "connection":
                closes = b"close" in value.lower()
            if lower != secret_name:
                kept.append(line + b"\r\n")
        known = _Static(b"".join(kept), frozenset(seen), closes, set())
        if len(self._static) >= _MOST_CACHED:
            self._static.clear()
        self._static[static, secret_name] = known
        return known


def encode_head(request: Request, authority: str) -> bytes:
    """Return the head of one request to `authority`; see `HeadEncoder` for many.

    >>> print(encode_head(Request("GET", "/v1"), "api.example.com").decode().splitlines()[1])
    Host: api.example.com
    """
    return HeadEncoder(authority).encode(request).data


def encode_chunk(data: bytes) -> bytes:
    r"""Return one chunk of a chunked body (RFC 9112 section 7.1); nothing for no data, which would end the body.

    >>> encode_chunk(b"hello"), encode_chunk(b"")
    (b'5\r\nhello\r\n', b'')
    """
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


def _ascii_authority(authority: str) -> str:
    """Return an authority as it goes over the wire: an international name in its ASCII form (RFC 3490 section 4.1).

    >>> _ascii_authority("bücher.example:8443")
    'xn--bcher-kva.example:8443'
    """
    if authority.isascii():
        return authority
    host, colon, port = authority.partition(":")
    try:
        return f"{host.encode('idna').decode()}{colon}{port}"
    except UnicodeError:
        return authority  # no name at all: resolving it fails first, with a message of its own


def _is_target(target: str) -> bool:
    """Return whether a target is a percent-encoded path, or the `*` of OPTIONS."""
    return target.startswith(("/", "*")) and target.isascii() and target.isprintable() and " " not in target


def _framing(request: Request) -> bytes:
    body = request.body
    if body is None:
        return b"Content-Length: 0\r\n\r\n" if request.method in _WANT_LENGTH else b"\r\n"
    expect = b"Expect: 100-continue\r\n" if request.expect_continue else b""
    if isinstance(body, bytes):
        return b"Content-Length: %d\r\n%b\r\n" % (len(body), expect)
    return b"Transfer-Encoding: chunked\r\n%b\r\n" % expect


def _upgrade_lines(protocol: str, seen: frozenset[str]) -> bytes:
    """Return the fields that ask for another protocol on this connection (RFC 9110 section 7.8)."""
    if not _PROTOCOL_RE.match(protocol) or "connection" in seen:
        raise MappingError(
            "a request that switches protocols has a name like 'websocket' for it, and no `Connection` of its own; "
            "nothing was sent",
            path="upgrade",
        )
    return b"Connection: Upgrade\r\nUpgrade: %b\r\n" % protocol.encode("ascii")


def _with_query(target: str, credential: Credential) -> str:
    mark = "&" if "?" in target else "?"
    return f"{target}{mark}{quote(credential.name, safe='')}={quote(credential.secret.reveal(), safe='')}"


def _refuse_ours(lower_name: str) -> None:
    if lower_name in _OURS:
        raise MappingError(
            f"the header '{lower_name}' is written by the transport and can't be set; nothing was sent",
            path=f"headers.{lower_name}",
        )


def _bad_value(headers: tuple[tuple[str, str], ...]) -> MappingError:
    for name, value in headers:
        if any(mark in value for mark in "\r\n\0") or not _is_latin1(value):
            return MappingError(
                f"the value for the header '{name}' has a character that a header can't carry "
                "(a line break, NUL or a letter beyond Latin-1); nothing was sent",
                path=f"headers.{name}",
            )
    return MappingError("the request's head has a character that it can't carry; nothing was sent", path="headers")


def _is_latin1(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
