from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from intertie.core.plurals import plural
from intertie.diagnostics import Severity
from intertie.lint.around import Around
from intertie.lint.dates import ends_of_versions
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE509", severity=Severity.WARNING, since="0.1.0")
def version_ends_soon(spec: Spec, around: Around) -> Iterator[Finding]:
    """A version that is still used ends within 90 days."""
    for version, day, end in ends_of_versions(spec):
        if timedelta(0) <= end - around.today <= timedelta(days=90):
            yield Finding(
                day,
                f"`{version}` ends in {plural((end - around.today).days, 'day')}, on {end}",
                "move to a later version before that day",
            )
