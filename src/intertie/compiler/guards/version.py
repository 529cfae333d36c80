"""Which version of the external API is asked for, and when versions end."""

from __future__ import annotations

from datetime import date

from intertie.compiler.build import Build, Chosen
from intertie.compiler.fate import How
from intertie.compiler.guards.half import Compiled, Half, guard_fields
from intertie.compiler.header_names import is_header_name
from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.wires.rest.requests.headers import sendable
from intertie.spec.model import Versioning


def compile_version(build: Build) -> tuple[VersionOptions | None, dict[str, str]]:
    """Return how a version is asked for, None where the spec does not say where it goes."""
    block, service = build.spec.versioning, build.spec.service
    stated = service.version if service else None
    strategy = _strategy(block) if block else None
    if block is None or strategy is None:
        if stated is not None or block is not None:
            place = stated.span if stated else block.head if block else build.spec.span
            build.leave_out("API version", "`versioning.strategy` is absent, so no version is sent", place)
        return None, {}
    current = _current(build, block)
    if current is None:
        build.leave_out("API version", "neither `versioning.current` nor `service.version` is given", block.head)
        return None, {}
    name = _name(build, block, strategy.value)
    if strategy.value == "header" and block.header is not None and not is_header_name(name.value):
        build.report("invalid-header", f"a header can't have the name `{name.value}`", block.header.span)
    for of, option in (("header", block.header), ("parameter", block.parameter)):
        if option is not None and strategy.value != ("query" if of == "parameter" else of):
            why = f"the strategy `{strategy.value}` does not read it"
            build.leave_out(f"versioning.{of}", why, option.span)
    if strategy.value == "header":
        _report_unsendable(build, block)
    supported = tuple(item.value for item in block.supported)
    if current.value not in supported:
        supported = (*supported, current.value)
    options = VersionOptions(strategy.value, name.value, current.value, supported, _deprecations(build, block))
    sources = {
        "strategy": strategy.source,
        "name": name.source,
        "current": current.source,
        "supported": str(block.supported[0].span) if block.supported else "default",
        "deprecations": str(block.deprecation_schedule[0][0].span) if block.deprecation_schedule else "default",
        "warn_days": "default",
    }
    return options, sources


def _report_unsendable(build: Build, block: Versioning) -> None:
    """Report versions that no header can carry: they would end in the middle of a call, or in a second header."""
    service = build.spec.service
    stated = (*block.supported, *((block.current,) if block.current else ()))
    for version in (*stated, *((service.version,) if service and service.version and not block.current else ())):
        try:
            sendable(version.value)
        except ValueError as reason:
            build.report("invalid-header", f"this version {reason}", version.span)


def _strategy(block: Versioning) -> Chosen[str] | None:
    if block.strategy is not None:
        return Chosen(block.strategy.value, str(block.strategy.span))
    if block.header is not None:
        return Chosen("header", str(block.header.span))
    if block.parameter is not None:
        return Chosen("query", str(block.parameter.span))
    return None


def _current(build: Build, block: Versioning) -> Chosen[str] | None:
    service = build.spec.service
    located = block.current or (service.version if service else None)
    if located is None and block.supported:
        located = block.supported[-1]
    return None if located is None else Chosen(located.value, str(located.span))


def _name(build: Build, block: Versioning, strategy: str) -> Chosen[str]:
    match strategy:
        case "header":
            return build.choose(block.header, "versioning.header")
        case "query":
            return build.choose(block.parameter, "versioning.parameter")
        case _:
            return Chosen("", "default")


def _deprecations(build: Build, block: Versioning) -> tuple[tuple[str, date], ...]:
    days: list[tuple[str, date]] = []
    for version, ends in block.deprecation_schedule:
        text = ends.value.strip()
        try:
            # A date with a time ends on its day.
            days.append((version.value, date.fromisoformat(text[:10] if "T" in text else text)))
        except ValueError:
            build.report("invalid-date", f"`{text}` is not a date, so `{version.value}` has no known end", ends.span)
    return tuple(days)


class VersionHalf(Half):
    """Which version is asked for, and when versions end."""

    stages = ("version",)
    plan_field = "version"
    fields = (
        *guard_fields(
            "versioning",
            How.ENFORCED,
            "stage version",
            "strategy=strategy current=current supported=supported",
            stage="version",
        ),
        *guard_fields("versioning", How.ENFORCED, "stage version", "deprecation_schedule"),
        *guard_fields(
            "versioning",
            How.ENFORCED,
            "stage version; reported beside another strategy",
            "header=name parameter=name",
            stage="version",
        ),
    )

    def compile(self, build: Build) -> Compiled:
        """Return the options that the spec gives."""
        return Compiled(*compile_version(build))


HALF = VersionHalf()
