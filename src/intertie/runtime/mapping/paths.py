"""Paths into plain data: `billing_details.email`, `items[].sku`, `data[-1].id`, `"odd.key"`, and JSONPath for the rest.

A path is a list of steps: a name, a position `[n]`, or `[]` over every element of a list. Reading and writing agree:
what is written through a path is what the same path reads.

| step | reads | writes |
|---|---|---|
| `name`, `"odd.key"`, `["odd.key"]` | the member; `MISSING` where there is none | makes the object |
| `[2]`, `[-1]` | the element, from the end where negative | makes the list, nulls in the gaps; `[-1]` of none appends |
| `[]` or `[*]` | the rest of the path in every element, in order | aligned: element by element of the value |

`MISSING` (no such member) is not null (a member that is null): null is read and written as itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from intertie.core.plurals import plural
from intertie.runtime.mapping.contracts import MISSING, FieldPath
from intertie.runtime.mapping.errors import MappingSyntaxError

_NAME_RE = re.compile(r"""[^.\[\]"'\s*?(){}|,<>=][^.\[\]"'*?(){}|,<>=]*""")
_INDEX_RE = re.compile(r"\[\s*(-?\d+)\s*\]")
_EACH_RE = re.compile(r"\[\s*\*?\s*\]")
_QUOTED_RE = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'')
_ESCAPE_RE = re.compile(r"\\(.)")
_LARGEST_INDEX: Final = 9_999
"""A written `[n]` makes a list of n + 1, so that n is bounded."""
_LONGEST_PATH: Final = 1_000
_ODD: Final = 'quote an odd name (`"a*b".c`), or write a JSONPath, which begins with `$`'


class Each:
    """The step `[]`. One value: `EACH`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "[]"


EACH: Final = Each()
Step = str | int | Each


@lru_cache(maxsize=2048)
def parse_path(text: str) -> FieldPath:
    """Return the compiled path.

    >>> parse_path("items[].sku").read({"items": [{"sku": "a"}, {"sku": "b"}]})
    ['a', 'b']
    >>> target: dict[str, object] = {}
    >>> parse_path("customer.email").write(target, "ada@shop.example"); target
    {'customer': {'email': 'ada@shop.example'}}

    Raises:
        MappingSyntaxError: With the offset of the first character that can't be read.
    """
    stripped = text.strip()
    if not stripped:
        raise MappingSyntaxError("a path can't be empty: write a field name such as `customer.email`")
    if len(stripped) > _LONGEST_PATH:
        raise MappingSyntaxError(f"a path has at most {_LONGEST_PATH} characters")
    if not stripped.startswith("$"):
        return _compiled(text, _steps(text, text.index(stripped[0])))
    if stripped == "$":
        return StepPath(text, ())
    try:
        # `$.a.b[0]` says no more than `a.b[0]`, which can be written too.
        steps = _steps(stripped, 2 if stripped.startswith("$.") else 1)
    except MappingSyntaxError:
        from intertie.runtime.mapping.json_path import JsonPath  # noqa: PLC0415  # a library that few specs need

        return JsonPath(text)
    return _compiled(text, steps)


def _compiled(text: str, steps: tuple[Step, ...]) -> FieldPath:
    if len(steps) == 1 and isinstance(steps[0], str):
        return NamePath(text, steps[0])
    return StepPath(text, steps)


def _steps(text: str, start: int) -> tuple[Step, ...]:
    steps: list[Step] = []
    at, end = start, len(text.rstrip())
    expects_name = True
    while at < end:
        if text[at] == "[":
            step, at = _bracket(text, at)
        elif expects_name:
            step, at = _name(text, at, end)
        else:
            raise MappingSyntaxError(f"expected `.` or `[`, found `{text[at]}`", at)
        steps.append(step)
        expects_name = False
        if at < end and text[at] == ".":
            at += 1
            expects_name = True
            if at >= end or text[at] == "[":
                raise MappingSyntaxError("a `.` must be followed by a field name", at - 1)
    if not steps:
        raise MappingSyntaxError("the path names no field", start)
    return tuple(steps)


def _bracket(text: str, at: int) -> tuple[Step, int]:
    if match := _EACH_RE.match(text, at):
        return EACH, match.end()
    if match := _INDEX_RE.match(text, at):
        index = int(match.group(1))
        if abs(index) > _LARGEST_INDEX:
            raise MappingSyntaxError(f"a position is at most {_LARGEST_INDEX}", at + 1)
        return index, match.end()
    if (match := _QUOTED_RE.match(text, at + 1)) and text[match.end() : match.end() + 1] == "]":
        return _unquoted(match), match.end() + 1
    raise MappingSyntaxError("inside `[ ]` stands nothing, a position such as `0` or `-1`, or a quoted key", at + 1)


def _name(text: str, at: int, end: int) -> tuple[str, int]:
    if text[at] in "\"'":
        match = _QUOTED_RE.match(text, at)
        if not match:
            raise MappingSyntaxError("the quoted key is not closed", at)
        return _unquoted(match), match.end()
    match = _NAME_RE.match(text, at, end)
    if not match:
        raise MappingSyntaxError(f"expected a field name, found `{text[at]}`: {_ODD}", at)
    if match.end() < end and text[match.end()] not in ".[":
        raise MappingSyntaxError(f"a field name can't have `{text[match.end()]}` in it: {_ODD}", match.end())
    return match.group().rstrip(), match.end()


def _unquoted(match: re.Match[str]) -> str:
    return _ESCAPE_RE.sub(r"\1", match.group(1) if match.group(1) is not None else match.group(2))


class NamePath:
    """A path of one name: what most mapping rows have."""

    __slots__ = ("depth", "name", "steps", "text")

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.steps: tuple[Step, ...] = (name,)
        self.depth = 0

    def read(self, source: object) -> object:
        """Return the member, `MISSING` where there is none."""
        # The exact type first: an instance check against an abstract class takes longer than the lookup.
        if type(source) is dict or isinstance(source, Mapping):
            return source.get(self.name, MISSING)
        return MISSING

    read_aligned = read

    def write(self, target: dict[str, object], value: object) -> None:
        """Set the member."""
        target[self.name] = value

    def __repr__(self) -> str:
        return f"NamePath({self.text})"


class StepPath:
    """A path of any steps; of none, it is the whole source.

    Attributes:
        depth: How many `[]` it has: how deeply its value is a list of lists.
    """

    __slots__ = ("depth", "steps", "text")

    def __init__(self, text: str, steps: tuple[Step, ...]) -> None:
        self.text = text
        self.steps = steps
        self.depth = sum(step is EACH for step in steps)

    def read(self, source: object) -> object:
        """Return what is there; null for an element of a `[]` that lacks the rest of the path: positions hold."""
        found = _read(source, self.steps)
        return nulled(found, self.depth) if self.depth else found

    def read_aligned(self, source: object) -> object:
        """Return what is there, with `MISSING` in the places of elements that lack the rest of the path."""
        return _read(source, self.steps)

    def write(self, target: dict[str, object], value: object) -> None:
        """Put `value` there, making objects and lists on the way.

        Under `[]`, a list is written element by element (`MISSING` elements are skipped); any other value goes into
        every element that is there already, or into the one that is made.

        Raises:
            ValueError: Something on the way is neither object nor list, or a position from the end does not exist.
        """
        if not self.steps:
            if not isinstance(value, Mapping):
                raise ValueError(f"`{self.text}` is the whole object and can't be set to {type(value).__name__}")
            target.update(value)
            return
        _write(target, self.steps, 0, value, self.text)

    def __repr__(self) -> str:
        return f"StepPath({self.text})"


def nulled(value: object, depth: int) -> object:
    """Return a list of lists `depth` deep with null in place of `MISSING`."""
    if depth and isinstance(value, list):
        return [nulled(element, depth - 1) if element is not MISSING else None for element in value]
    return value


def _read(source: object, steps: tuple[Step, ...]) -> object:
    found = source
    for position, step in enumerate(steps):
        if isinstance(step, str):
            if type(found) is not dict and not isinstance(found, Mapping):
                return MISSING
            found = found.get(step, MISSING)
        elif isinstance(step, int):
            if not isinstance(found, list) or not -len(found) <= step < len(found):
                return MISSING
            found = found[step]
        else:
            if not isinstance(found, list):
                return MISSING
            rest = steps[position + 1 :]
            return [_read(element, rest) for element in found] if rest else list(found)
        if found is MISSING:
            return MISSING
    return found


def _write(container: object, steps: tuple[Step, ...], at: int, value: object, text: str) -> None:
    # Objects that are there already, one by one: most of a path is that.
    while at + 1 < len(steps) and type(container) is dict and isinstance(steps[at], str):
        below = container.get(steps[at])
        if below is None:
            break
        container, at = below, at + 1
    step = steps[at]
    last = at + 1 == len(steps)
    if isinstance(step, str):
        members = _object(container, text)
        if last:
            members[step] = value
        else:
            if (child := members.get(step)) is None:
                child = members[step] = _made_for(steps[at + 1])
            _write(child, steps, at + 1, value, text)
        return
    elements = _list(container, text)
    if isinstance(step, int):
        index = _place(elements, step, text)
        if last:
            elements[index] = value
            return
        if (child := elements[index]) is None:
            child = elements[index] = _made_for(steps[at + 1])
        _write(child, steps, at + 1, value, text)
        return
    values = value if isinstance(value, list) else [value] * (len(elements) or 1)
    for index, part in enumerate(values):
        if index == len(elements):
            elements.append(None)
        if last:
            if part is not MISSING:
                elements[index] = part
            continue
        if (child := elements[index]) is None:
            child = elements[index] = _made_for(steps[at + 1])
        if part is not MISSING:
            _write(child, steps, at + 1, part, text)


def _made_for(step: Step) -> object:
    return {} if isinstance(step, str) else []


def _object(container: object, text: str) -> dict[str, object]:
    if isinstance(container, dict):
        return container
    raise ValueError(f"`{text}` can't be written: {_kind(container)} stands where an object is needed")


def _list(container: object, text: str) -> list[object]:
    if isinstance(container, list):
        return container
    raise ValueError(f"`{text}` can't be written: {_kind(container)} stands where a list is needed")


def _place(elements: list[object], index: int, text: str) -> int:
    if index < 0:
        if not elements and index == -1:
            elements.append(None)
        if -index > len(elements):
            raise ValueError(f"`{text}` can't be written: the list has {plural(len(elements), 'element')}")
        return index
    elements.extend([None] * (index + 1 - len(elements)))
    return index


def _kind(value: object) -> str:
    return "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else "a single value"
