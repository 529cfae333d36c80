"""A source read into plain data, within limits: never the network, never another file, never more than fits."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
from msgspec import Struct

from intertie.core.errors import UsageError
from intertie.diagnostics import Severity, SourceSpan
from intertie.importers.curl_words import is_curl
from intertie.importers.losses import Ledger
from intertie.importers.plain import mapping, word
from intertie.importers.strangers import ACCEPTED, other_language, stranger
from intertie.spec import codes
from intertie.spec.source import Findings
from intertie.spec.tree import plain
from intertie.spec.workspace import MAX_REFERENCE_BYTES, Unreadable, check_text, read_text
from intertie.spec.yaml_nodes import Allowance
from intertie.spec.yaml_text import read_yaml

_MAX_VALUES = 1_500_000
_MAX_DEPTH = 200


class SourceText(Struct, frozen=True):
    """What was given: its text, and what it is called. `path` is None for stdin and for a command line."""

    text: str
    name: str
    path: Path | None = None


class ReadSource(Struct, frozen=True):
    """A source and what it is: `openapi3`, `swagger2`, `postman`, `har` or `curl`. `data` is empty for curl."""

    kind: str
    text: str
    name: str
    data: dict[str, object]
    path: Path | None = None


def load_source(given: str, stdin: str | None = None) -> SourceText:
    """Return the text of a source.

    Args:
        given: A file, `-` for `stdin`, or a curl command itself.
        stdin: Text of the standard input where `given` is `-`.

    Raises:
        UsageError: It can't be read.
    """
    if given == "-":
        return SourceText(_checked(stdin or "", "stdin"), "stdin")
    if re.match(r"\s*curl(?:\.exe)?\s", given) and not Path(given).exists():
        return SourceText(_checked(given, "the command"), "a curl command")
    path = Path(given)
    try:
        return SourceText(read_text(path, most=MAX_REFERENCE_BYTES), path.name, path)
    except Unreadable as error:
        raise UsageError(f"{given} can't be imported: {error.reason}") from None


def read_source(source: SourceText, ledger: Ledger) -> ReadSource:
    """Return the source as data with its kind; duplicate keys and tags in it are noted as lost.

    Raises:
        UsageError: It is none of the kinds that can be imported, or broken; the message says where.
    """
    text = source.text
    if not text.strip():
        raise UsageError(f"{source.name} is empty; expected {ACCEPTED}")
    if (
        is_curl(text)
        and not text.lstrip().startswith("{")
        and not re.search(r"^(openapi|swagger)\W", text, re.MULTILINE)
    ):
        return ReadSource("curl", text, source.name, {}, source.path)
    other = other_language(text)
    if other is not None:
        raise UsageError(f"{source.name} is {other}; expected {ACCEPTED}")
    data = _data(text, source, ledger)
    return ReadSource(_kind(data, source.name), text, source.name, data, source.path)


def _checked(text: str, name: str) -> str:
    try:
        return check_text(text, most=MAX_REFERENCE_BYTES)
    except Unreadable as error:
        raise UsageError(f"{name} can't be imported: {error.reason}") from None


def read_mapping(source: SourceText) -> dict[str, object]:
    """Return a file of YAML as plain data.

    Raises:
        UsageError: It is broken; the message says where.
    """
    return mapping(_yaml(source.text, source.name, Ledger()))


def _data(text: str, source: SourceText, ledger: Ledger) -> dict[str, object]:
    data = _json(text, source.name) if text.lstrip()[:1] in ("{", "[") else _yaml(text, source.name, ledger)
    if not isinstance(data, dict):
        raise UsageError(f"{source.name} is not an API description; expected {ACCEPTED}")
    if _depth(data) > _MAX_DEPTH:
        raise UsageError(f"{source.name} is nested deeper than {_MAX_DEPTH} levels")
    return data


def _json(text: str, name: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        # JSON with comments or trailing commas is YAML, or a mistake that its reader places better.
        if "\n" not in text.strip():
            raise UsageError(f"{name} is not valid JSON: {error}") from None
    return _yaml(text, name, Ledger())


def _yaml(text: str, name: str, ledger: Ledger) -> object:
    findings = Findings()
    # Places are worked out for findings only: until then the offset stands in the line's place.
    node = read_yaml(text, lambda start, _end: SourceSpan(name, start, 1, start, 1), findings, Allowance(_MAX_VALUES))
    for found in findings.all():
        line = text.count("\n", 0, found.span.line) + 1
        named = re.search(r"`(.*?)`", found.message)
        if found.code == codes.DUPLICATE_KEY.code:
            ledger.lose("duplicate-key", named[1] if named else "further keys", f"line {line}")
        elif found.code == codes.YAML_TAG.code:
            ledger.lose("yaml-tag", named[1] if named else "further tags", f"line {line}")
        elif found.severity is Severity.ERROR:
            raise UsageError(f"{name} can't be read: line {line}: {found.message}")
    return plain(node) if node is not None else None


def _kind(data: dict[str, object], name: str) -> str:
    version = word(data.get("openapi"))
    if version.startswith("3."):
        return "openapi3"
    if word(data.get("swagger")).startswith("2"):
        return "swagger2"
    info = mapping(data.get("info"))
    if "item" in data and (info or "_postman_id" in data):
        return "postman"
    if isinstance(data.get("collection"), dict) and "item" in mapping(data["collection"]):
        return "postman"
    if isinstance(mapping(data.get("log")).get("entries"), list):
        return "har"
    raise UsageError(f"{name} {stranger(data)}")


def _depth(data: object) -> int:
    """Return how deep collections are nested; one shared by many aliases is looked at once a level."""
    level: list[object] = [data]
    depth = 0
    while level and depth <= _MAX_DEPTH:
        inner: dict[int, object] = {}
        for value in level:
            children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            inner.update((id(child), child) for child in children if isinstance(child, dict | list))
        level = list(inner.values())
        depth += 1
    return depth
