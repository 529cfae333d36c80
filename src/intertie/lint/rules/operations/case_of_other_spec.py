from __future__ import annotations

from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.diagnostics import Severity
from intertie.lint.around import Around
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE549", severity=Severity.WARNING, since="0.1.0")
def case_of_other_spec(spec: Spec, around: Around) -> Iterator[Finding]:
    """A case calls none of this spec's operations."""
    ours = {snake_case(endpoint.name.value) for endpoint in spec.endpoints if endpoint.name}
    for line in spec.cases if ours else ():
        if line.path is None or not around.has_case(line.path.value):
            continue
        called = around.calls_in(line.path.value)
        if called and not called & ours:
            names = listed(f"`{name}`" for name in sorted(called)[:3])
            yield Finding(
                line.path.span, f"the case calls {names}, which this spec does not have", "name the right case"
            )
