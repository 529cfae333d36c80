"""Statuses and error codes as people write them: ranges, reason phrases, several at once, a status beside a code."""

from __future__ import annotations

import re

from msgspec.structs import replace

from intertie.core.patterns import later
from intertie.diagnostics import Edit, Fix
from intertie.spec import codes
from intertie.spec.fields import Located
from intertie.spec.model import ErrorRow
from intertie.spec.source import Findings
from intertie.spec.tree import Node, ScalarNode, SequenceNode
from intertie.spec.yaml_nodes import shorten

_STATUS_RE = re.compile(r"[1-5](?:\d\d|xx)\Z", re.IGNORECASE)
_RANGE_RE = later(r"([1-5]\d\d)\s*[-\u2013]\s*([1-5]\d\d)\Z")
_SEVERAL_RE = later(r"\s*(?:[,;|/]|\bor\b|\band\b)\s*")
_LISTED_RE = later(r"\s*[,|]\s*")
_BEFORE_RE = later(r"(?P<status>[1-5](?:\d\d|xx))\s*(?P<mark>[/:(\u2013\u2014-]?)\s*(?P<rest>[A-Za-z].*?)\)?\Z")
_BEHIND_RE = later(r"(?P<rest>[A-Za-z].*?)\s*(?P<mark>[/:(])\s*(?:HTTP\s*)?(?P<status>[1-5]\d\d)\)?\Z")
_CODE_RE = re.compile(r"[A-Za-z_][\w.-]*\Z|\d+\Z")
_OWN_RE = later(r".*[_.]|[A-Z]{3,}[A-Z0-9]*\Z|[A-Za-z]*[a-z][A-Z]")
_MOST = 100
"""Statuses that one range may hold."""
_LONGEST = 200
"""Characters of a code, or of several. What is longer is none in other words, and is not tried in all its parts."""


def statuses_of(text: str) -> tuple[str, ...] | None:
    """Return the statuses that a text states in other words, None where it is a plain status or none.

    >>> statuses_of("500-599"), statuses_of("200 OK"), statuses_of("502-503"), statuses_of("503")
    (('5xx',), ('200',), ('502', '503'), None)
    """
    text = text.strip()
    if len(text) > _LONGEST or _STATUS_RE.match(text):
        return None
    span = _RANGE_RE().match(text)
    if span is not None:
        return _between(int(span.group(1)), int(span.group(2)))
    several = _SEVERAL_RE().split(text)
    if len(several) > 1 and all(_STATUS_RE.match(part) for part in several):
        return tuple(dict.fromkeys(part.lower() for part in several))
    named = _BEFORE_RE().match(text)
    return (named.group("status").lower(),) if named is not None and not named.group("mark") else None


def codes_of(text: str) -> tuple[str, ...] | None:
    """Return the codes that an error row is for, None where its text is one code as it stands.

    Of a status and the provider's own code, the latter says more; a reason phrase behind a status says nothing.

    >>> codes_of("500, 502"), codes_of("429 / rate_limited"), codes_of("`ratelimited` (429)"), codes_of("404 Not Found")
    (('500', '502'), ('rate_limited',), ('ratelimited',), ('404',))
    >>> codes_of("card_declined"), codes_of("invalid request"), codes_of("E-12/34")
    (None, None, None)
    """
    if len(text) > _LONGEST:
        return None
    plain = text.replace("`", "").strip()
    if not plain or _STATUS_RE.match(plain):
        return None if plain == text.strip() else (plain,)
    span = _RANGE_RE().match(plain)
    if span is not None:
        return _between(int(span.group(1)), int(span.group(2)))
    several = _SEVERAL_RE().split(plain)
    if len(several) > 1 and all(_STATUS_RE.match(part) for part in several):
        return tuple(dict.fromkeys(several))
    for pattern in (_BEFORE_RE, _BEHIND_RE):
        match = pattern().match(plain)
        if match is not None:
            return (_more_telling(match, own=pattern is _BEHIND_RE or match.group("mark") in ("/", ":")),)
    listed = _LISTED_RE().split(plain)
    if len(listed) > 1 and all(_CODE_RE.match(part) for part in listed):
        return tuple(dict.fromkeys(listed))
    return (plain,) if plain != text.strip() and _CODE_RE.match(plain) else None


def _between(first: int, last: int) -> tuple[str, ...] | None:
    if first % 100 == 0 and last == first + 99:
        return (f"{first // 100}xx",)
    return tuple(str(status) for status in range(first, last + 1)) if 0 < last - first < _MOST else None


def _more_telling(match: re.Match[str], *, own: bool) -> str:
    status, rest = match.group("status").lower(), match.group("rest").strip()
    if not _CODE_RE.match(rest) or _is_reason(status, rest):
        return status
    return rest if own or _OWN_RE().match(rest) else status


def _is_reason(status: str, words: str) -> bool:
    """Return whether words are the beginning of the status's reason phrase (RFC 9110 section 15)."""
    from http import HTTPStatus  # noqa: PLC0415  # most error rows hold a plain code

    try:
        phrase = HTTPStatus(int(status)).phrase if status.isdigit() else ""
    except ValueError:
        return False
    return _letters(phrase).startswith(_letters(words))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]+", "", text.lower())


def settle_statuses(items: tuple[Located[str], ...], findings: Findings) -> tuple[Located[str], ...]:
    """Return a list of statuses with each in the plain form; what is read otherwise is said."""
    settled: list[Located[str]] = []
    for item in items:
        meant = statuses_of(item.value)
        if meant is None:
            settled.append(item)
            continue
        shown = ", ".join(meant)
        findings.add(
            codes.ALIAS_USED, item.span, f"`{shorten(item.value)}` is read as {shown}", help=f"write {shown}",
            fix=Fix(f"write {shown}", (Edit(item.span, shown),)) if len(meant) == 1 else None,
        )  # fmt: skip
        settled += [Located(status, item.span, item.key_span, item.text) for status in meant]
    return tuple(settled)


def one_text(node: Node) -> Node:
    """Return a list of codes as the text that `settle_error_rows` takes apart again."""
    items = node.items if isinstance(node, SequenceNode) else ()
    texts = [item.text.strip() for item in items if isinstance(item, ScalarNode)]
    if len(texts) != len(items) or not all(_CODE_RE.match(text) for text in texts):
        return node
    if len(texts) < 2 and not all(_STATUS_RE.match(text) for text in texts):
        return node  # a placeholder of the template looks so
    listed = ", ".join(texts)
    if not listed:
        return node
    return ScalarNode(node.span, listed, listed, quoted=True)


def settle_error_rows(rows: tuple[ErrorRow, ...], findings: Findings) -> tuple[ErrorRow, ...]:
    """Return error rows with one code each; what is read otherwise than it is written is said."""
    settled: list[ErrorRow] = []
    for row in rows:
        code = row.external_code
        meant = codes_of(code.value) if code is not None else None
        if code is None or meant is None:
            settled.append(row)
            continue
        _say(code, meant, findings)
        settled += [replace(row, external_code=Located(each, code.span, code.key_span, code.text)) for each in meant]
    return tuple(settled)


def _say(code: Located[str], meant: tuple[str, ...], findings: Findings) -> None:
    shown = shorten(code.value.replace("`", ""))
    if len(meant) > 1:
        message = f"`{shown}` is read as a row for each: {', '.join(meant)}"
        findings.add(codes.ALIAS_USED, code.span, message, help="give each a row of its own")
    elif shown != meant[0]:
        findings.add(
            codes.ALIAS_USED, code.span, f"`{shown}` is read as `{meant[0]}`", help=f"write `{meant[0]}`",
            fix=Fix(f"write {meant[0]}", (Edit(code.span, meant[0]),)),
        )  # fmt: skip
