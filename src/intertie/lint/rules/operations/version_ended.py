from __future__ import annotations

from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Severity
from intertie.lint.around import Around
from intertie.lint.dates import ends_of_versions
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE508", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def version_ended(spec: Spec, around: Around) -> Iterator[Finding]:
    """A version that is still used has ended."""
    for version, day, end in ends_of_versions(spec):
        if end < around.today:
            yield Finding(
                day,
                f"`{version}` ended {plural((around.today - end).days, 'day')} ago, on {end}",
                "move to a later version, and remove it from `supported`",
            )
