from __future__ import annotations

from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.core.member_names import INTEGRATION_MEMBERS
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE347", severity=Severity.WARNING, since="0.1.0")
def operation_hidden_by_attribute(spec: Spec) -> Iterator[Finding]:
    """The id of an operation is also an attribute of the client."""
    for endpoint in spec.endpoints:
        operation = snake_case(endpoint.name.value) if endpoint.name else ""
        if endpoint.name and operation in INTEGRATION_MEMBERS:
            yield Finding(
                endpoint.name.span,
                f"`api.{operation}` is an attribute of the client, so it is not this operation",
                f'add a word to the heading, or call the operation as `api.operations["{operation}"]`',
            )
