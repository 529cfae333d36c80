from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.planned import first_error, planned
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.runtime.mapping import MISSING, FieldPath
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE410", severity=Severity.WARNING, since="0.1.0")
def default_breaks_answer(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The default response lacks fields that callers expect."""
    fallback = spec.fallback_behavior
    if (
        plan.fallback is None
        or plan.fallback.strategy != "default"
        or fallback is None
        or fallback.default_response is None
    ):
        return
    answer = fallback.default_response
    for endpoint, operation in planned(spec, plan):
        name = endpoint.name.value if endpoint.name else operation.id
        if operation.inbound:
            missing = [
                row.write.text for row in operation.inbound if row.required and not _has(answer.value, row.write)
            ]
            if missing:
                listing = listed(f"`{each}`" for each in missing)
                yield Finding(
                    answer.span,
                    f"the default response has no {listing}, which {name} always returns",
                    "add what is missing",
                )
                return
            continue
        broken = first_error(operation.result.schema, answer.value) if operation.result.schema else None
        if broken:
            yield Finding(
                answer.span, f"the default response breaks {broken} of {name}", "write a value that the schema accepts"
            )
            return


def _has(answer: object, path: FieldPath) -> bool:
    return isinstance(answer, dict) and path.read(answer) is not MISSING
