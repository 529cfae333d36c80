from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity, SourceSpan
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE408", severity=Severity.WARNING, since="0.1.0")
def retried_status_fails(spec: Spec) -> Iterator[Finding]:
    """The retry policy lists a status that the error mapping fails at once."""
    rows = {row.external_code.value.strip().lower(): row for row in spec.error_mapping if row.external_code}
    failing: dict[str, list[Located[str]]] = {}
    for status in spec.retry.retry_on if spec.retry else ():
        text = status.value.strip().lower()
        code = text if text in rows else f"{text[:1]}xx"
        if code in rows:
            failing.setdefault(code, []).append(status)
    for code, statuses in failing.items():
        action = rows[code].action
        if action and action.value == "fail":
            listing = listed(f"`{status.value}`" for status in statuses)
            yield Finding(
                action.span,
                f"{listing} in `retry_on` {'is' if len(statuses) == 1 else 'are'} not retried: this row says `fail`",
                "write `action: retry`, or remove the status from `retry_on`",
                related=(Label(_together(statuses), "a status to retry"),),
            )


def _together(statuses: list[Located[str]]) -> SourceSpan:
    """Return the place of all of them where they stand on one line, else of the first."""
    first, last = statuses[0].span, statuses[-1].span
    return first.to(last) if first.line == last.end_line else first
