"""Plain data as YAML lines that every YAML reader understands alike, and that nobody takes for a placeholder."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator

from msgspec import Struct

from intertie.spec.scalars import plain_value
from intertie.spec.template import template_placeholders

_PLAIN_RE = re.compile(r"[A-Za-z/$_](?:[\w ./$@()+;,'*=<>~^%&{}?-]|:(?=[\w/]))*", re.ASCII)
_WORDS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null"})
"""Words that YAML 1.1 reads as something else, or that a reader of specs does."""
_BRACKET_RE = re.compile(r"\[[^\[\]\n]*\]")
_FLOW_RE = re.compile(r"[,?\[\]{}]")
"""What ends a plain text within brackets."""
_ESCAPED_RE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_FOLD_AT = 100
_WIDTH = 110


class Placeholder(str):
    """A placeholder of the template, written as it stands there."""

    __slots__ = ()


class Noted(Struct, frozen=True):
    """A value with a comment beside it, on its first line."""

    value: object
    comment: str


def yaml_lines(data: dict[str, object], indent: int = 0) -> list[str]:
    """Return a mapping as YAML in block style, without an end of line.

    >>> yaml_lines({"name": "on", "items": [{"id": 1, "tags": []}], "version": "1.0"})
    ['name: "on"', 'items:', '  - id: 1', '    tags: []', 'version: "1.0"']
    >>> yaml_lines({"required": ["id", "name"]})
    ['required: [id, name]']
    """
    return [line for key, value in data.items() for line in _entry(_key(key), value, indent)]


def scalar_text(value: object) -> str:
    r"""Return a single value as it is written on one line.

    >>> [scalar_text(value) for value in ("a b", "1.10", "x: y", True, None, 1.5, "[one|two]")]
    ['a b', '"1.10"', '"x: y"', 'true', 'null', '1.5', '"\\x5Bone|two]"']
    """
    if isinstance(value, Placeholder):
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    text = str(value)
    return text if _is_plain(text) else _quoted(text)


def _entry(head: str, value: object, indent: int) -> Iterator[str]:
    """Yield the lines of `head: value`."""
    pad = " " * indent
    value, note = _apart(value)
    if isinstance(value, dict) and (reference := _reference(value, len(pad) + len(head) + len(note))):
        yield f"{pad}{head}: {reference}{note}"
    elif isinstance(value, dict) and value:
        yield f"{pad}{head}:{note}"
        yield from yaml_lines(value, indent + 2)
    elif isinstance(value, list) and (flow := _flow(value, len(pad) + len(head) + len(note))):
        yield f"{pad}{head}: {flow}{note}"
    elif isinstance(value, list) and value:
        yield f"{pad}{head}:{note}"
        for item in value:
            yield from _item(item, indent + 2)
    elif isinstance(value, dict | list):
        yield f"{pad}{head}: {'{}' if isinstance(value, dict) else '[]'}{note}"
    elif isinstance(value, str) and not note and _is_foldable(value):
        yield f"{pad}{head}: >-"
        yield from _folded(value, indent + 2)
    else:
        yield f"{pad}{head}: {scalar_text(value)}{note}"


def _item(value: object, indent: int) -> Iterator[str]:
    pad = " " * indent
    value, note = _apart(value)
    if isinstance(value, dict) and value:
        lines = yaml_lines(value, indent + 2)
        yield f"{pad}- {lines[0][indent + 2 :]}{note}"
        yield from lines[1:]
    elif isinstance(value, list) and value:
        lines = [line for item in value for line in _item(item, indent + 2)]
        yield f"{pad}- {lines[0][indent + 2 :]}{note}"
        yield from lines[1:]
    elif isinstance(value, dict | list):
        yield f"{pad}- {'{}' if isinstance(value, dict) else '[]'}{note}"
    else:
        yield f"{pad}- {scalar_text(value)}{note}"


def _reference(value: dict[str, object], before: int) -> str | None:
    """Return a lone `$ref` in braces, None where the value is anything else, or the line would be too long.

    >>> _reference({"$ref": "#/components/schemas/A"}, 10), _reference({"$ref": "#/a", "type": "object"}, 10)
    ("{$ref: '#/components/schemas/A'}", None)
    """
    target = value.get("$ref")
    if len(value) > 1 or not isinstance(target, str):
        return None
    quoted = _quoted(target)
    return f"{{$ref: {quoted}}}" if before + len(quoted) + 12 <= _WIDTH + 10 else None


def _flow(items: list[object], before: int) -> str | None:
    """Return a list of short values in brackets, None where it would be too long, or look like a placeholder.

    >>> _flow([200, "5xx", "a, b"], 10), _flow(["timeout"], 10), _flow([{}], 10)
    ('[200, "5xx", "a, b"]', None, None)
    """
    if any(isinstance(item, dict | list | Noted | Placeholder) for item in items):
        return None
    parts = [_quoted(item) if isinstance(item, str) and _FLOW_RE.search(item) else scalar_text(item) for item in items]
    flow = ", ".join(parts)
    is_short = before + len(flow) + 4 <= _FOLD_AT
    return f"[{flow}]" if items and is_short and flow not in template_placeholders() else None


def _apart(value: object) -> tuple[object, str]:
    """Return a value and the comment that ends its first line."""
    return (value.value, f"  # {' '.join(value.comment.split())}") if isinstance(value, Noted) else (value, "")


def _key(key: object) -> str:
    text = str(key)
    if re.fullmatch(r"[1-5](?:\d\d|xx)", text):
        return f"'{text}'"
    return text if _is_plain(text) and len(text) < 200 else _quoted(text)


def _is_plain(text: str) -> bool:
    return (
        _PLAIN_RE.fullmatch(text) is not None
        and text[-1] not in " '"
        and " #" not in text
        and text.lower() not in _WORDS
        and "  " not in text
        and text[0] not in "<=>"
        and isinstance(plain_value(text), str)
    )


def _quoted(text: str) -> str:
    """Return a text in double quotes; an opening bracket that could look unfilled is written as an escape."""
    if re.fullmatch(r"(?:\.{1,2}/[\w./%~-]*)?#/[\w/~.$%-]*", text, re.ASCII):
        return f"'{text}'"
    quoted = json.dumps(text, ensure_ascii=False)
    quoted = _ESCAPED_RE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
    return quoted.replace("[", "\\x5B") if _BRACKET_RE.search(text) else quoted


def _is_foldable(text: str) -> bool:
    return (
        len(text) > _FOLD_AT
        and "[" not in text
        and "  " not in text
        and text == text.strip()
        and text.isprintable()
        and max(map(len, text.split(" "))) < _WIDTH - 20
    )


def _folded(text: str, indent: int) -> Iterator[str]:
    pad = " " * indent
    for line in textwrap.wrap(text, max(_WIDTH - indent, 40), break_long_words=False, break_on_hyphens=False):
        yield pad + line


def _number(value: float) -> str:
    text = repr(value)
    # A float of more than 40 characters, and one without end, would be read as text: JSON knows none.
    return text if isinstance(plain_value(text), int | float) else json.dumps(text)
