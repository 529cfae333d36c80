"""Options of guards that are one operation's own, or that no other rule weighs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeGuard

from msgspec import Struct

from intertie.comparing.change import Found, Impact
from intertie.comparing.direction import field_of_option, is_stricter
from intertie.comparing.rule import rule
from intertie.comparing.sides import Pair
from intertie.comparing.words import seconds, shown


@rule(
    "guard-option",
    risky="the guard lets less through, or in another way; or there is one where none was",
    safe="the guard lets more through, or is gone",
    plan=("operations.guards", "guards"),
)
def guard_option(pair: Pair) -> Iterator[Found]:
    """Options of an operation's own guards."""
    for name, option, old, new in _differences(pair.old.plan.guards, pair.new.plan.guards):
        impact, subject, reason, path = _judged(name, option, old, new)
        yield Found(impact, subject, _words(option, old), _words(option, new), reason, pair.at(*path))
    for each in pair.operations:
        for name, option, old, new in _differences(each.old.guards, each.new.guards):
            impact, subject, reason, path = _judged(name, option, old, new)
            yield each.found(impact, subject, (_words(option, old), _words(option, new)), reason, each.at(*path))


def _differences(old: Mapping[str, Struct], new: Mapping[str, Struct]) -> Iterator[tuple[str, str, object, object]]:
    """Yield (guard, option, old value, new value) of what differs, None where the guard is off.

    Of a guard that comes or goes, only the options that a field of the spec becomes: they are what switched it on.
    """
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        known = before if before is not None else after
        for option in known.__struct_fields__ if known is not None else ():
            values = (getattr(before, option, None), getattr(after, option, None))
            came_or_went = before is None or after is None
            if values[0] != values[1] and not (came_or_went and field_of_option(name, option) is None):
                yield name, option, *values


def _judged(guard: str, option: str, old: object, new: object) -> tuple[Impact, str, str, tuple[str, ...]]:
    field = field_of_option(guard, option)
    path = () if field is None else tuple(field.path.removeprefix("endpoints[].").split("."))
    subject = ".".join(path) or f"{guard}: {option}"
    told = f"{_words(option, new) or 'no bound'} instead of {_words(option, old) or 'no bound'}"
    if field is None or not field.stricter or not _is_bound(old) or not _is_bound(new):
        return Impact.RISKY, subject, f"{subject} is {told}: calls are guarded in another way", path
    if is_stricter(field.path, old, new):
        return Impact.RISKY, subject, f"{subject} is {told}: less is let through, so calls wait or are refused", path
    return Impact.SAFE, subject, f"{subject} is {told}: more is let through", path


def _is_bound(value: object) -> TypeGuard[float | None]:
    return value is None or (isinstance(value, int | float) and type(value) is not bool)


def _words(option: str, value: object) -> str | None:
    return seconds(value) if option.endswith("_s") and isinstance(value, int | float) else shown(value)


RULES = (guard_option,)
