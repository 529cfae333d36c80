from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.cases.asserted import assertions_of
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case
from intertie.spec.cases.places import is_as_written, part_of
from intertie.spec.yaml_nodes import shorten


@rule(code="TIE704", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def unreadable_assertion(case: Case) -> Iterator[Finding]:
    """An assertion can't be read."""
    for asserted in assertions_of(case):
        trouble = asserted.trouble
        if trouble is not None:
            span = part_of(case.source, asserted.node, trouble.start, max(trouble.end, trouble.start + 1))
            sure = trouble.instead is not None and is_as_written(case.source, asserted.node)
            yield Finding(
                span,
                f"`{shorten(asserted.node.text)}` can't be read: {trouble}",
                trouble.help,
                severity=None if asserted.is_certain else Severity.WARNING,
                fix=write(str(trouble.instead), span, safe=True) if sure else None,
            )
