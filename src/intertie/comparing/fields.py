"""Fields of the spec that differ and that no other change points at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from intertie.comparing.change import Change, Impact, Places
from intertie.comparing.sides import Pair
from intertie.comparing.words import shown
from intertie.diagnostics import SourceSpan
from intertie.spec.fields import Block, Kind, Located, declared_fields
from intertie.spec.model import Endpoint, Spec

KIND = "other-field"
_SECTIONS = tuple(name for name in Spec.__struct_fields__ if name not in {
    "path", "content_hash", "document", "span", "endpoints", "related_schemas",
})  # fmt: skip
_REASON = "it says another thing; what that does to a call, if anything, is told by the other changes"


class _Leaf(Struct, frozen=True):
    """A value with the places that it has, or would have, in both files."""

    path: str
    old: str | None
    new: str | None
    at: Places
    whole: Places


def other_fields(pair: Pair, told: Sequence[Change]) -> Iterator[Change]:
    """Yield the differences of the specs whose places none of the changes `told` has."""
    places = ([change.old_place for change in told], [change.new_place for change in told])
    for leaf, operations in _leaves(pair):
        if leaf.old == leaf.new or any(_covers(seen, at) for seen, at in zip(places, leaf.whole, strict=True)):
            continue
        yield Change(KIND, Impact.SAFE, leaf.path, leaf.old, leaf.new, _REASON, *leaf.at, operations)


def _leaves(pair: Pair) -> Iterator[tuple[_Leaf, tuple[str, ...]]]:
    old, new = pair.old.spec, pair.new.spec
    for name in _SECTIONS:
        for leaf in _values(getattr(old, name), getattr(new, name), name, pair.at(name)):
            yield leaf, ()
    for each in pair.operations:
        if isinstance(each.old_block, Endpoint) and isinstance(each.new_block, Endpoint):
            for leaf in _blocks(each.old_block, each.new_block, each.name):
                yield leaf, (each.name,)


def _blocks(old: Block, new: Block, path: str) -> Iterator[_Leaf]:
    for key, (attribute, info) in declared_fields(type(old)).items():
        # Schemas are compared part by part, where they are used.
        if info.kind is not Kind.SCHEMA:
            at = (old.head, new.head)
            yield from _values(getattr(old, attribute), getattr(new, attribute), f"{path}.{key}", at)


def _values(old: object, new: object, path: str, missing: Places) -> Iterator[_Leaf]:
    if isinstance(old, Block) and isinstance(new, Block):
        yield from _blocks(old, new, path)
    elif isinstance(old, tuple) and isinstance(new, tuple) and _named_items(old) + _named_items(new):
        before, after = dict(_named_items(old)), dict(_named_items(new))
        for name in dict.fromkeys((*before, *after)):
            yield from _values(before.get(name), after.get(name), f"{path}.{name}", missing)
    else:
        spans = (_span(old), _span(new))
        at = (spans[0] or missing[0], spans[1] or missing[1])
        yield _Leaf(path, _text(old), _text(new), at, at)


def _named_items(items: tuple[object, ...]) -> list[tuple[str, object]]:
    """Return the blocks of a list, or the entries of a mapping, by what names each; nothing for a list of values."""
    found: list[tuple[str, object]] = []
    for number, item in enumerate(items, start=1):
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], Located):
            found.append((str(item[0].value), item[1]))
        elif isinstance(item, Block):
            first = next((value for value in _attributes(item) if isinstance(value, Located)), None)
            found.append((str(first.value) if first is not None else str(number), item))
    return found


def _attributes(block: Block) -> Iterator[object]:
    names = [attribute for attribute, _ in declared_fields(type(block)).values()]
    yield from (getattr(block, name) for name in (*names, "path", "what") if hasattr(block, name))


def _text(value: object) -> str | None:
    if isinstance(value, Located):
        return shown(value.value)
    if isinstance(value, Block):
        return "; ".join(_all_text(value)) or "empty"
    if isinstance(value, tuple):
        return ", ".join(text for each in value if (text := _text(each)) is not None) or None
    return None if value is None else shown(value)


def _all_text(block: Block) -> Iterator[str]:
    for key, (attribute, _) in declared_fields(type(block)).items():
        text = _text(getattr(block, attribute))
        if text is not None:
            yield f"{key} {text}"


def _span(value: object) -> SourceSpan | None:
    if isinstance(value, Located | Block):
        return value.span
    if isinstance(value, tuple):
        spans = sorted(span for each in value if (span := _span(each)) is not None)
        return spans[0].to(spans[-1]) if spans else None
    return None


def _covers(places: Iterable[SourceSpan], at: SourceSpan) -> bool:
    """Return whether a change stands at a place, in it or around it."""
    start, end = (at.line, at.column), (at.end_line, at.end_column)
    for place in places:
        other_start, other_end = (place.line, place.column), (place.end_line, place.end_column)
        inside = start <= other_start and other_end <= end
        around = other_start <= start and end <= other_end
        if inside or around:
            return True
    return False
