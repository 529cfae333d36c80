"""What a mock received: the newest thousand requests, with everything secret masked before it is kept."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from itertools import islice
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from intertie.core.secret import MASK
from intertie.mockserver.messages import MockReply, MockRequest
from intertie.runtime.policies.auth.options import AuthOptions

KEPT = 1000
_LONGEST_VALUE = 2000
_MOST_HEADERS = 60
_SECRET_NAME_RE = re.compile(
    r"(?<![a-z])(?:authorization|cookie|token|secret|password|passwd|signature|credentials?|session)"
    r"|(?:api|access)[_-]?key|(?<![a-z])(?:key|sig|auth)\Z",
    re.IGNORECASE,
)
_HARMLESS = frozenset({"idempotency-key"})


class Received(msgspec.Struct, frozen=True):
    """One request and its answer.

    Attributes:
        at_s: UTC seconds.
        path: With its query, masked, and cut where it is longer than 2,000 characters.
        headers: Masked and cut; the first 60.
        fault: What went wrong on purpose, None where nothing did.
        reason: Why the answer is no plain one, None where it is.
    """

    at_s: float
    method: str
    path: str
    operation: str | None
    headers: Mapping[str, str]
    status: int
    delay_s: float
    fault: str | None
    body_bytes: int
    reason: str | None = None


class Masking:
    """What is secret in requests to one plan: the credential's own name, and names that say so."""

    def __init__(self, auth: AuthOptions, idempotency_headers: frozenset[str]) -> None:
        self._names = frozenset((auth.name.lower(),)) if auth.type != "none" else frozenset()
        self._harmless = _HARMLESS | idempotency_headers
        self._known: dict[str, bool] = {}
        self._open_targets: set[str] = set()

    def is_secret(self, name: str) -> bool:
        """Return whether the values of a header or parameter are masked."""
        known = self._known.get(name)
        if known is None:
            lower = name.lower()
            known = lower in self._names or (lower not in self._harmless and bool(_SECRET_NAME_RE.search(lower)))
            if len(self._known) < KEPT:
                self._known[name] = known
        return known

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the first 60 headers, secret values masked and long ones cut."""
        known, shown = self._known, {}
        for name, value in headers.items() if len(headers) <= _MOST_HEADERS else islice(headers.items(), _MOST_HEADERS):
            is_secret = known[name] if name in known else self.is_secret(name)
            shown[name] = MASK if is_secret else value if len(value) <= _LONGEST_VALUE else _cut(value)
        return shown

    def target(self, target: str) -> str:
        """Return path and query with secret values masked."""
        path, mark, query = target.partition("?")
        if not mark or target in self._open_targets:
            return target
        pairs = parse_qsl(query, keep_blank_values=True)
        if not any(self.is_secret(name) for name, _ in pairs):
            if len(self._open_targets) < KEPT and len(target) <= _LONGEST_VALUE:
                self._open_targets.add(target)
            return target
        masked = urlencode([(name, MASK if self.is_secret(name) else value) for name, value in pairs], safe="[]")
        return f"{path}?{masked.replace(quote(MASK), MASK)}"


class ReceivedLog:
    """A ring of the newest requests."""

    def __init__(self, masking: Masking) -> None:
        self.masking = masking
        self._ring: deque[Received] = deque(maxlen=KEPT)
        self.total = 0

    def add(self, request: MockRequest, reply: MockReply, at_s: float) -> Received:
        """Keep one request; return what is kept."""
        fault = reply.fault.kind.value if reply.fault else None
        entry = Received(
            at_s,
            request.method,
            _cut(self.masking.target(request.target)),
            reply.operation,
            self.masking.headers(request.headers),
            reply.status,
            reply.delay_s,
            fault,
            len(request.body),
            reply.reason,
        )
        self._ring.append(entry)
        self.total += 1
        return entry

    def clear(self) -> None:
        """Forget all."""
        self._ring.clear()
        self.total = 0

    def newest(self) -> list[Received]:
        """Return what is kept, oldest first."""
        return list(self._ring)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
