"""Versions of the external API: which is asked for, which may be, and when they end."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing.change import Found, Impact
from intertie.comparing.rule import rule
from intertie.comparing.sides import Pair
from intertie.comparing.words import listed, shown
from intertie.core.plurals import plural
from intertie.runtime.policies.version.options import VersionOptions


@rule("version", risky="always: the service answers by another version's rules", plan=("version.current",))
def version(pair: Pair) -> Iterator[Found]:
    """Which version of the external API is asked for."""
    old, new = pair.old.plan.version, pair.new.plan.version
    versions = (old.current if old else None, new.current if new else None)
    if versions[0] != versions[1]:
        told = [f"version {each}" if each else "no version" for each in versions]
        ends = _end(new, versions[1])
        reason = f"calls ask for {told[1]} instead of {told[0]}{f'; it ends on {ends}' if ends else ''}"
        yield Found(Impact.RISKY, "versioning.current", *versions, reason, pair.at("versioning", "current"))


@rule(
    "version-place",
    risky="always: a service that looks elsewhere answers by its default version",
    plan=("version.strategy", "version.name"),
)
def version_place(pair: Pair) -> Iterator[Found]:
    """Where the version goes."""
    old, new = pair.old.plan.version, pair.new.plan.version
    if old is None or new is None:
        return
    places = [f"{each.strategy} {each.name}" for each in (old, new)]
    if places[0] != places[1]:
        reason = f"the version goes into {places[1]} instead of {places[0]}"
        at = pair.at("versioning", "strategy")
        yield Found(Impact.RISKY, "versioning.strategy", places[0], places[1], reason, at)


@rule(
    "version-supported",
    breaking="one is removed: a call that asks for it is refused",
    safe="one is added",
    plan=("version.supported",),
)
def version_supported(pair: Pair) -> Iterator[Found]:
    """Which versions a call may ask for."""
    old, new = _supported(pair.old.plan.version), _supported(pair.new.plan.version)
    lost, won = [each for each in old if each not in new], [each for each in new if each not in old]
    if not lost and not won:
        return
    told = [f"a call that asks for {listed(lost)} is refused"] if lost else []
    told += [f"a call may ask for {listed(won)}"] if won else []
    impact = Impact.BREAKING if lost else Impact.SAFE
    at = pair.at("versioning", "supported")
    yield Found(impact, "versioning.supported", shown(old), shown(new), " and ".join(told), at)


@rule(
    "version-end",
    risky="sooner, or a day where none was",
    safe="later, or no day any more",
    plan=("version.deprecations", "version.warn_days"),
)
def version_end(pair: Pair) -> Iterator[Found]:
    """The day each version ends."""
    old, new = pair.old.plan.version, pair.new.plan.version
    before = dict(old.deprecations) if old else {}
    after = dict(new.deprecations) if new else {}
    for name in sorted({*before, *after}):
        days = (before.get(name), after.get(name))
        if days[0] == days[1]:
            continue
        sooner = days[1] is not None and (days[0] is None or days[1] < days[0])
        reason = f"version {name} ends {_on(days[1])} instead of {_on(days[0])}"
        impact = Impact.RISKY if sooner else Impact.SAFE
        at = pair.at("versioning", "deprecation_schedule")
        yield Found(impact, f"versioning.deprecation_schedule.{name}", shown(days[0]), shown(days[1]), reason, at)
    if old and new and old.warn_days != new.warn_days:
        reason = f"callers are warned {plural(new.warn_days, 'day')} before a version ends, instead of {old.warn_days}"
        impact = Impact.RISKY if new.warn_days < old.warn_days else Impact.SAFE
        texts = (str(old.warn_days), str(new.warn_days))
        yield Found(impact, "versioning: days of warning", *texts, reason, pair.at("versioning"))


def _supported(options: VersionOptions | None) -> tuple[str, ...]:
    return options.supported if options else ()


def _end(options: VersionOptions | None, name: str | None) -> str | None:
    return shown(dict(options.deprecations).get(name)) if options and name else None


def _on(day: object) -> str:
    return f"on {day}" if day is not None else "on no declared day"


RULES = (version, version_place, version_supported, version_end)
