"""Versions of the external API: unsupported ones are refused, those that end say so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from intertie.mockserver.messages import Answer, MockRequest
from intertie.mockserver.problems import place_of, problem
from intertie.runtime.plan import OperationPlan
from intertie.runtime.policies.version.options import VersionOptions


class VersionRule:
    """The plan's versions, as a service keeps them. A request that names none gets the current one."""

    def __init__(self, options: VersionOptions | None) -> None:
        self._options = options
        self._supported = frozenset((options.current, *options.supported)) if options else frozenset()
        self._notices = {version: _notice(day, options) for version, day in options.deprecations} if options else {}

    def asked(self, request: MockRequest, query: Mapping[str, list[str]], in_path: str | None) -> str | None:
        """Return the version that a request asks for, None where it names none."""
        options = self._options
        if options is None:
            return None
        if options.strategy == "header":
            return request.headers.get(options.name.lower()) or None
        if options.strategy == "query":
            return next(iter(query.get(options.name, ())), None)
        return in_path

    def broken_by(self, version: str | None, operation: OperationPlan) -> Answer | None:
        """Return the refusal of an unsupported version, None where it passes."""
        if version is None or self._options is None or version in self._supported:
            return None
        return self.refusal(version, operation)

    def refusal(self, version: str, operation: OperationPlan) -> Answer:
        """Return the refusal of a version."""
        place = place_of(operation, "version", "supported", "current")
        known = ", ".join(sorted(self._supported))
        return problem(
            400, "unsupported-version", f"version `{version[:40]}` is not supported; supported are {known} ({place})",
            place=place, operation=operation.id, field=self._options.name or "path" if self._options else None,
        )  # fmt: skip

    def notice(self, version: str | None) -> tuple[tuple[str, str], ...]:
        """Return the headers that announce the end of a version.

        Source: RFC 9745 (`Deprecation`), RFC 8594 (`Sunset`).
        """
        if self._options is None or not self._notices:
            return ()
        return self._notices.get(version or self._options.current, ())


def _notice(day: object, options: VersionOptions) -> tuple[tuple[str, str], ...]:
    end = datetime.combine(day, datetime.min.time(), UTC)  # type: ignore[arg-type]  # a date, by VersionOptions
    begun = end - timedelta(days=options.warn_days)
    return (("Deprecation", f"@{int(begun.timestamp())}"), ("Sunset", format_datetime(end, usegmt=True)))
