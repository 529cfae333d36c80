"""The version of the external API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from intertie.runtime.guard import Attempt, EventKind, Guard, Line, Quick, Site
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.version.options import STAGE
from intertie.runtime.wording import listed

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.policies.version.policy import VersionPolicy


class VersionGuard(Guard):
    """Tells callers when what they ask for ends; what the service announces itself is noticed without versions too."""

    name = "version"
    stage = STAGE
    events = (
        EventKind("version", "debug", ("version", "strategy"), "the request asks for an API version"),
        EventKind("warn", "warning", ("message",), "the version or the resource ends"),
    )

    def policy(self, site: Site, handle: None) -> VersionPolicy:
        """Return the general path."""
        from intertie.runtime.policies.version.policy import VersionPolicy  # noqa: PLC0415  # calls alone need it

        return VersionPolicy(site.plan.version, site.surroundings.clock)

    def quick(self, site: Site, handle: None) -> Quick:
        """Look at the day only where a version ends at all; its callers are warned on the general path."""
        from intertie.runtime.policies.version.notices import NAMES, first_notices_s  # noqa: PLC0415  # calls alone need it

        options = site.plan.version
        if options is None:
            return Quick(unusual_headers=NAMES)
        warned_from_s, current, utc_s = first_notices_s(options), options.current, site.surroundings.clock.utc_s
        if not warned_from_s:
            return Quick(unusual_headers=NAMES, taken=("version",))

        def take(attempt: Attempt) -> bool | None:
            due_s = warned_from_s.get(attempt.version or current)
            return None if due_s is not None and utc_s() >= due_s else True

        return Quick(take, unusual_headers=NAMES, taken=("version",))

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return the version, and when versions end."""
        version = plan.version
        if version is None:
            return None
        options: dict[str, object] = {"strategy": version.strategy, "current": version.current}
        if version.name:
            options["name"] = version.name
        options["supported"] = list(version.supported)
        if version.deprecations:
            options["deprecations"] = {name: day.isoformat() for name, day in version.deprecations}
        return options

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say which version, where, and what ends."""
        where = f"{options['strategy']} {options['name']}" if "name" in options else "the path"
        others = [version for version in options["supported"] if version != options["current"]]
        more = f"; a call may ask for {listed(others)}" if others else ""
        yield f"{options['current']} in {where}{more}", sources["current"]
        for version, day in options.get("deprecations", {}).items():
            yield f"{version} ends on {day}", sources["deprecations"]
