"""Mapping rows: what callers give and get under which names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from intertie.comparing.change import Found, Impact, Places
from intertie.comparing.places import place_of
from intertie.comparing.rule import rule
from intertie.comparing.sides import OperationPair, Pair
from intertie.comparing.words import shown
from intertie.diagnostics import SourceSpan
from intertie.runtime.plan import MappingRow
from intertie.spec.model import InboundRow, OutboundRow, Spec

_SpecRow = InboundRow | OutboundRow
_Both = tuple[MappingRow | None, MappingRow | None]


@rule(
    "inbound-row",
    breaking="one is removed: its field is missing from every result",
    safe="one is added",
    plan=("operations.inbound.write",),
)
def inbound_row(pair: Pair) -> Iterator[Found]:
    """Which fields a result has."""
    for each, old, new in _pairs(pair, inbound=True):
        if old is not None and new is not None:
            continue
        row = new or old
        name = row.write.text if row else ""
        if new is None:
            impact, reason = Impact.BREAKING, f"results have no `{name}` any more"
        else:
            impact, reason = Impact.SAFE, f"results have `{name}` too"
        yield _alone(pair, each, (old, new), impact, reason, inbound=True)


@rule(
    "inbound-value",
    breaking="it is read from another place, transformed otherwise, or no longer filled where it is absent",
    risky="another default fills it; or it is required: an answer without it fails the call",
    safe="a default fills it where there was none",
    plan=("operations.inbound.read", "operations.inbound.transform", "operations.inbound.required",
          "operations.inbound.default", "operations.inbound.has_default"),
)  # fmt: skip
def inbound_value(pair: Pair) -> Iterator[Found]:
    """What a field of a result holds."""
    for each, old, new in _pairs(pair, inbound=True):
        if old is None or new is None:
            continue
        name = new.write.text
        if old.read.text != new.read.text:
            reason = f"`{name}` is read from `{new.read.text}` instead of `{old.read.text}`"
            yield _part(pair, each, new, "external_field", Impact.BREAKING, old.read.text, new.read.text, reason)
        if _transform(old) != _transform(new):
            told = [_transform(row) or "nothing" for row in (old, new)]
            reason = f"`{name}` is made by {told[1]} instead of {told[0]}: another value, perhaps another type"
            yield _part(pair, each, new, "transform", Impact.BREAKING, _transform(old), _transform(new), reason)
        if old.required != new.required:
            reason = f"an answer without `{new.read.text}` fails the call" if new.required else (
                f"`{name}` is missing from a result where the answer lacks it; such a call failed"
            )  # fmt: skip
            impact = Impact.RISKY if new.required else Impact.BREAKING
            yield _part(pair, each, new, "required", impact, shown(old.required), shown(new.required), reason)
        yield from _defaults(pair, each, old, new, f"`{name}` is missing from results where the answer lacks it")


@rule(
    "outbound-row",
    breaking="one is removed: what callers give under its name is refused or goes elsewhere; a required one is added",
    safe="one is added that a call may leave out",
    plan=("operations.outbound.read",),
)
def outbound_row(pair: Pair) -> Iterator[Found]:
    """Which fields a call may give."""
    for each, old, new in _pairs(pair, inbound=False):
        if old is not None and new is not None:
            continue
        row = new or old
        name = row.read.text if row else ""
        if new is None:
            impact = Impact.BREAKING
            reason = f"`{name}` is no longer mapped: a call that gives it is refused, or sends it under that name"
        elif new.required and not new.has_default:
            impact, reason = Impact.BREAKING, f"a call without `{name}` fails"
        else:
            impact, reason = Impact.SAFE, f"a call may give `{name}`, sent as `{new.write.text}`"
        yield _alone(pair, each, (old, new), impact, reason, inbound=False)


@rule(
    "outbound-value",
    breaking="it is required, or no longer filled where a call lacks it",
    risky="it goes to another field, is transformed otherwise, or another default is sent",
    safe="it may be left out; a default is sent where there was none",
    plan=("operations.outbound.write", "operations.outbound.transform", "operations.outbound.required",
          "operations.outbound.default", "operations.outbound.has_default"),
)  # fmt: skip
def outbound_value(pair: Pair) -> Iterator[Found]:
    """What is sent of a field that a call gives."""
    for each, old, new in _pairs(pair, inbound=False):
        if old is None or new is None:
            continue
        name = new.read.text
        if old.write.text != new.write.text:
            reason = f"`{name}` is sent as `{new.write.text}` instead of `{old.write.text}`"
            yield _part(pair, each, new, "external_field", Impact.RISKY, old.write.text, new.write.text, reason)
        if _transform(old) != _transform(new):
            reason = (
                f"`{name}` is sent through {_transform(new) or 'nothing'} instead of {_transform(old) or 'nothing'}"
            )
            yield _part(pair, each, new, "transform", Impact.RISKY, _transform(old), _transform(new), reason)
        if old.required != new.required:
            impact = Impact.BREAKING if new.required else Impact.SAFE
            reason = f"a call without `{name}` fails" if new.required else f"a call may leave `{name}` out"
            yield _part(pair, each, new, "required", impact, shown(old.required), shown(new.required), reason)
        yield from _defaults(pair, each, old, new, f"nothing is sent for `{name}` where a call lacks it")


def _pairs(pair: Pair, *, inbound: bool) -> Iterator[tuple[OperationPair, MappingRow | None, MappingRow | None]]:
    """Yield the rows of both versions that are one, by the name on our side and then by both names."""
    for each in pair.operations:
        old, new = (one.inbound if inbound else one.outbound for one in (each.old, each.new))
        own: Callable[[MappingRow], str] = (lambda row: row.write.text) if inbound else (lambda row: row.read.text)
        yield from ((each, before, after) for before, after in _matched(old, new, own))


def _matched(old: Sequence[MappingRow], new: Sequence[MappingRow], own: Callable[[MappingRow], str]) -> Iterator[_Both]:
    left, right = list(old), list(new)
    for name in (lambda row: (row.read.text, row.write.text), own):
        for row in list(left):
            match = next((other for other in right if name(other) == name(row)), None)
            if match is not None:
                left.remove(row)
                right.remove(match)
                yield row, match
    yield from ((row, None) for row in left)
    yield from ((None, row) for row in right)


def _defaults(pair: Pair, each: OperationPair, old: MappingRow, new: MappingRow, missing: str) -> Iterator[Found]:
    before, after = _default(old), _default(new)
    if before == after:
        return
    if after is None:
        impact, reason = Impact.BREAKING, f"{missing}; {before} filled it"
    elif before is None:
        impact, reason = Impact.SAFE, f"{after} is taken where it is absent"
    else:
        impact, reason = Impact.RISKY, f"{after} instead of {before} is taken where it is absent"
    yield _part(pair, each, new, "default", impact, before, after, reason)


def _default(row: MappingRow) -> str | None:
    return (shown(row.default) or "null") if row.has_default else None


def _transform(row: MappingRow) -> str | None:
    return row.transform.text if row.transform is not None else None


def _text(row: MappingRow | None) -> str | None:
    if row is None:
        return None
    by = f" by {_transform(row)}" if row.transform is not None else ""
    return f"{row.read.text} → {row.write.text}{by}{', required' if row.required else ''}"


def _alone(pair: Pair, each: OperationPair, rows: _Both, impact: Impact, reason: str, *, inbound: bool) -> Found:
    row = rows[1] or rows[0]
    if row is None:
        msg = "a row that neither version has"
        raise AssertionError(msg)
    name = row.write.text if inbound else row.read.text
    subject = f"{'inbound' if inbound else 'outbound'} {name}"
    return Found(impact, subject, _text(rows[0]), _text(rows[1]), reason, _places(pair, row, ""), each.name)


def _part(
    pair: Pair, each: OperationPair, row: MappingRow, field: str, impact: Impact, old: str | None, new: str | None,
    reason: str,
) -> Found:  # fmt: skip
    # The name on our side stands for the row: it is the same in both versions.
    inbound = any(row is one for one in each.new.inbound)
    subject = f"{'inbound' if inbound else 'outbound'} {row.write.text if inbound else row.read.text}, {field}"
    return Found(impact, subject, old, new, reason, _places(pair, row, field), each.name)


def _places(pair: Pair, row: MappingRow, field: str) -> Places:
    return _place(pair.old.spec, row, field), _place(pair.new.spec, row, field)


def _place(spec: Spec, row: MappingRow, field: str) -> SourceSpan:
    """Return the place of a row in a spec: that of both its names, else of one on either side, else of its list."""
    names = {row.read.text.strip(), row.write.text.strip()}
    rows: tuple[_SpecRow, ...] = (*spec.inbound, *spec.outbound)
    for needed in (2, 1):
        for each in rows:
            held = {one.value.strip() for one in (each.external_field, each.internal_field) if one is not None}
            if len(held & names) >= min(needed, len(names)):
                return place_of(each, field)
    return place_of(spec, "inbound")


RULES = (inbound_row, inbound_value, outbound_row, outbound_value)
