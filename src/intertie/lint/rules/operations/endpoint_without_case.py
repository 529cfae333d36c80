from __future__ import annotations

from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.core.plurals import plural
from intertie.diagnostics import Label, Severity
from intertie.lint.around import Around
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE530", severity=Severity.INFO, since="0.1.0")
def endpoint_without_case(spec: Spec, around: Around) -> Iterator[Finding]:
    """No case covers an endpoint."""
    there = [line.path for line in spec.cases if line.path and around.has_case(line.path.value)]
    called = {name for path in there for name in around.calls_in(path.value)}
    if not called:
        # Cases without a machine's steps call nothing: a person does.
        return
    names = [endpoint.name for endpoint in spec.endpoints if endpoint.name]
    operations = [snake_case(name.value) for name in names]
    reached = sum(operation in called for operation in operations)
    for name, operation in zip(names, operations, strict=True):
        if operation not in called:
            yield Finding(
                name.span,
                f"no case calls `{operation}`; cases call {reached} of {plural(len(spec.endpoints), 'endpoint')}",
                f"add a case with a step `call: {operation}`",
                related=tuple(Label(path.span, "a case") for path in there[:3]),
            )
