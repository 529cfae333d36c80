"""HTTP messages as people may see them: credentials masked, control characters written out, everything bounded."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from intertie.core.answers import ServiceAnswer
from intertie.core.outside_text import shown
from intertie.runtime.bounds import BoundsError, decode_json
from intertie.runtime.masking.masker import Masker

MOST_FIELDS = 60
LONGEST_VALUE = 300
LONGEST_LINE = 1000
LONGEST_BODY = 10_000
_MOST_DECODED_BYTES = 64 * 1024
"""A longer body is masked as text: to take its data apart costs more than anybody reads."""
_MOST_VALUES = 5_000
"""So many values are masked one by one; a body with more is masked as text."""
_TAB = "    "


class ShownResponse(msgspec.Struct, frozen=True):
    """An answer as it may be printed and logged: masked, without control characters, cut.

    Attributes:
        status: HTTP status.
        headers: `(name, value)` pairs.
        body: Text of the body, of other data its size.
        body_bytes: How many bytes came.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    body_bytes: int

    @property
    def status_line(self) -> str:
        """The status with its usual phrase: what a service writes there is not kept."""
        from http import HTTPStatus  # noqa: PLC0415  # only people read it

        try:
            return f"HTTP {self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return f"HTTP {self.status}"

    def as_json(self) -> dict[str, object]:
        """Return it as data; the values of a repeated header stand in one text."""
        return {
            "status": self.status,
            "headers": self.fields(),
            "body": self.body,
            "body_bytes": self.body_bytes,
        }

    def fields(self) -> dict[str, str]:
        """Return header name -> value, those of a repeated one joined by a comma."""
        joined: dict[str, str] = {}
        for name, value in self.headers:
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
        return joined

    def __str__(self) -> str:
        """Return status line, headers and body as lines."""
        head = [self.status_line, *(f"{name}: {value}" for name, value in self.headers)]
        return "\n".join([*head, "", *self.body.splitlines()] if self.body else head)


def shown_response(response: ServiceAnswer, masker: Masker, *, most: int = LONGEST_BODY) -> ShownResponse:
    """Return an answer as people may see it.

    Args:
        response: As it came.
        masker: Of the integration; it knows the secrets that were resolved.
        most: Characters of the body to keep.
    """
    pairs = list(response.headers)
    body = shown_lines(body_text(response.body, masker), most=most)
    return ShownResponse(response.status, shown_fields(pairs, masker), body, len(response.body))


def shown_fields(pairs: Iterable[tuple[str, str]], masker: Masker) -> tuple[tuple[str, str], ...]:
    """Return header fields as people may see them."""
    every = list(pairs)
    kept = [
        (shown(name, most=LONGEST_VALUE), shown(value, most=LONGEST_VALUE))
        for name, value in masker.headers(every[:MOST_FIELDS])
    ]
    if len(every) > MOST_FIELDS:
        kept.append(("…", f"{len(every) - MOST_FIELDS} more"))
    return tuple(kept)


def body_text(body: bytes, masker: Masker, *, indent: int = 2) -> str:
    """Return a body as masked text: JSON with its credentials and personal fields masked, other data as its size.

    Args:
        body: As it went or came.
        masker: Of the integration.
        indent: Blanks for each level of JSON; -1 writes it on one line.
    """
    if len(body) <= _MOST_DECODED_BYTES and body.count(b",") <= _MOST_VALUES:
        try:
            data = masker.data(decode_json(body))
            return msgspec.json.format(msgspec.json.encode(data), indent=indent).decode()
        except (msgspec.DecodeError, UnicodeDecodeError, BoundsError):
            pass  # not JSON: masked as text where it is text
    try:
        return masker.text(body.decode())
    except UnicodeDecodeError:
        return f"({len(body)} bytes that are not text)"


def shown_lines(text: str, *, most: int) -> str:
    r"""Return a text with its line breaks kept, every line safe and of bounded length.

    >>> shown_lines("a\tb\r\n\x1b[1mc", most=100)
    'a    b\n\\x1b[1mc'
    """
    if len(text) > most:
        text = text[: most - 1] + "…"
    lines = text.replace("\r\n", "\n").replace("\t", _TAB).split("\n")
    return "\n".join(shown(line, most=LONGEST_LINE) for line in lines)
