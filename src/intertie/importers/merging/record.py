"""What the last import wrote, kept in a comment at the end of the spec: the base of the next merge."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from msgspec import Struct

_RECORD_RE = re.compile(r"(?:\r?\n)*<!-- intertie import record\b.*?-->[ \t]*(?:\r?\n)?", re.DOTALL)
_COMMENT_RE = re.compile(r"(?:^|\s)#\s?(.*)$")
_HEAD = "intertie import record: what the source said, so that the next import knows what people have changed"
_SAFE = "/{}.~!$&'()*+,;@:[]|?"


class Record(Struct, frozen=True):
    """The base of a merge.

    Attributes:
        source: What the source is called.
        options: Of the command line, that the next import takes too unless it is told otherwise.
        units: Unit (`GET /v1/charges`, `schema Charge`, `service`, …) -> piece -> digest of its text.
    """

    source: str
    options: tuple[str, ...]
    units: Mapping[str, Mapping[str, str]]


def digest(data: object, lines: Sequence[str]) -> str:
    """Return what tells one content from another: its values and its comments count, its layout does not.

    Args:
        data: Plain values; the order of keys does not count.
        lines: As written, for the comments.
    """
    comments = [match[1].strip() for line in lines if (match := _COMMENT_RE.search(line))]
    text = json.dumps([data, comments], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:8]


def record_text(record: Record) -> str:
    """Return the comment that holds a record."""
    lines = [f"<!-- {_HEAD}", f"source: {quote(record.source, safe=_SAFE)}"]
    if record.options:
        lines.append(f"options: {quote(shlex.join(record.options), safe=_SAFE + ' ')}")
    for unit, pieces in record.units.items():
        said = " ".join(f"{quote(name, safe=_SAFE)}={value}" for name, value in pieces.items())
        lines.append(f"{quote(unit, safe=_SAFE + ' ')} = {said}")
    return "\n".join([*lines, "-->"]) + "\n"


def read_record(text: str) -> Record | None:
    """Return the record of a spec, None where it was not imported."""
    found = _RECORD_RE.search(text)
    if found is None:
        return None
    source = ""
    options: tuple[str, ...] = ()
    units: dict[str, dict[str, str]] = {}
    for line in found[0].strip().splitlines()[1:-1]:
        unit, separator, said = line.rstrip().partition(" = ")
        if separator:
            pairs = (pair.rpartition("=") for pair in said.split())
            units[unquote(unit)] = {unquote(name): value for name, _, value in pairs}
        elif line.startswith("source: "):
            source = unquote(line.removeprefix("source: ").strip())
        elif line.startswith("options: "):
            options = tuple(shlex.split(unquote(line.removeprefix("options: "))))
    return Record(source, options, units)


def without_record(text: str) -> str:
    """Return a spec without its record, and without the blank lines before it."""
    found = _RECORD_RE.search(text)
    if found is None:
        return text
    before, after = text[: found.start()], text[found.end() :]
    after = after if after.strip() else ""
    end = "\r\n" if found[0].startswith("\r") else "\n"
    return f"{before}{end}{after}" if before else after


def with_record(text: str, record: Record) -> str:
    """Return a spec that has no record with one at its end, in the spec's own line ends."""
    made = record_text(record)
    if "\r\n" in text:
        made = made.replace("\n", "\r\n")
    end = "\r\n" if "\r\n" in text else "\n"
    separator = end if text.endswith(("\n", "\r")) else end * 2
    return text + separator + made
