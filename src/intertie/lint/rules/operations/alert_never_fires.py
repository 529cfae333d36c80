from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity, SourceSpan
from intertie.lint.alert_bounds import why_never
from intertie.lint.alerts import alert_comparisons
from intertie.lint.finding import Finding
from intertie.lint.mends import source_text, write
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE517", severity=Severity.ERROR, since="0.1.0", judges="spec")
def alert_never_fires(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The condition of an alert can never be true."""
    for span, compared in alert_comparisons(spec):
        why = why_never(compared, plan)
        if why:
            percent = compared.metric == "error_rate" and compared.operator in (">", ">=") and compared.right.isdigit()
            at = source_text(spec, span).rfind(compared.right)
            place = _part(span, at, len(compared.right))
            yield Finding(
                span,
                f"`{compared.name} {compared.operator} {compared.right}` is never true: {why}",
                f"did you mean `{compared.right}%`?" if percent else "choose a value that can be reached",
                fix=write(f"{compared.right}%", place, safe=False) if percent and at >= 0 else None,
            )


def _part(span: SourceSpan, start: int, length: int) -> SourceSpan:
    column = span.column + start
    return SourceSpan(span.path, span.line, column, span.line, column + length)
