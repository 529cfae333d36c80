"""Request headers: literals, patterns, and what the caller gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from intertie.runtime.inputs.scalars import scalar_text
from intertie.runtime.wires.rest.plan import HeaderPlan

_PATTERN_RE = re.compile(r"\{(uuid|timestamp|env:[A-Za-z_]\w*|[A-Za-z_][\w.-]*)\}")
_UNSAFE_RE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")


class Sources(NamedTuple):
    """Where the values of patterns come from.

    Attributes:
        new_uuid: A fresh UUID.
        now: The current instant in UTC.
        environ: Text of an environment variable by its name; raises `CredentialMissing` where there is none.
    """

    new_uuid: Callable[[], str]
    now: Callable[[], datetime]
    environ: Callable[[str], str]


class PatternHeader(Struct, frozen=True):
    """A header whose value has `{…}` in it.

    Attributes:
        parts: Literal texts and pattern names in turn, the first and last literal.
        inputs: Names of the input fields it needs.
    """

    plan: HeaderPlan
    parts: tuple[str, ...]
    inputs: tuple[str, ...]

    def value(self, given: Mapping[str, object], key: str | None, sources: Sources) -> str | None:
        """Return the value; None where an input field it needs is not given.

        Args:
            given: The call's input.
            key: Idempotency key, for the header that is one.
            sources: Of the other patterns.

        Raises:
            ValueError: A field is no scalar, or holds what a header can't.
            CredentialMissing: An environment variable is not set.
        """
        written = list(self.parts)
        for index in range(1, len(written), 2):
            name = written[index]
            if name == "uuid":
                is_key = self.plan.is_idempotency_key and key is not None
                written[index] = key if is_key and key is not None else sources.new_uuid()
            elif name == "timestamp":
                written[index] = timestamp(sources.now())
            elif name.startswith("env:"):
                written[index] = sources.environ(name[4:])
            else:
                value = given.get(name)
                if value is None:
                    return None
                written[index] = scalar_text(value)
        return sendable("".join(written))


def pattern_of(plan: HeaderPlan) -> PatternHeader | None:
    """Return the header's pattern, None where its value is a literal (or the caller's).

    >>> pattern_of(HeaderPlan("X-Request-Id", "req-{uuid}", required=True)).parts
    ('req-', 'uuid', '')
    """
    if plan.value is None:
        return None
    parts = tuple(_PATTERN_RE.split(plan.value))
    if len(parts) == 1:
        return None
    inputs = tuple(name for name in parts[1::2] if name not in ("uuid", "timestamp") and not name.startswith("env:"))
    return PatternHeader(plan, parts, inputs)


def timestamp(instant: datetime) -> str:
    """Return an instant in UTC as headers have it, to the millisecond: `2026-11-24T09:00:00.000Z`."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sendable(text: str) -> str:
    """Return the value of a header that can be sent.

    Raises:
        ValueError: It holds a line break, another control character or one outside Latin-1 (RFC 9110 section 5.5).
    """
    if _UNSAFE_RE.search(text):
        raise ValueError(
            "can't be sent in a header: line breaks, control characters and other than Latin-1 are refused"
        )
    return text.strip(" \t")


def head_line(name: str, value: str) -> bytes:
    """Return one encoded header line."""
    return f"{name}: {value}\r\n".encode("latin-1")
