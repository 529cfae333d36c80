"""What the compiler misses where the parser has said why: told once, at the place the author has to mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intertie.compiler.codes import CODES
from intertie.diagnostics import Diagnostic, Severity, SourceSpan
from intertie.lint.written import is_written, sections
from intertie.spec import codes
from intertie.spec.fields import Block
from intertie.spec.model import Spec

_LACKING = frozenset(
    CODES[name].code
    for name in (
        "incomplete-endpoint", "incomplete-mapping-row", "incomplete-auth", "incomplete-pagination",
        "incomplete-error-row",
    )
)  # fmt: skip
"""Findings that a block lacks something, at the block's head."""


def told_once(spec: Spec, parsed: Iterable[Diagnostic], compiled: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the compiler's findings but those that only repeat what the parser has found.

    What is unfilled or could not be read is absent to the compiler; the parser has told of it. A schema that is no JSON
    Schema does not compile either. A mapping row for an endpoint that is not there is used by none.
    """
    parsed, compiled = list(parsed), list(compiled)
    reasons = [d.span for d in parsed if d.code == codes.UNFILLED.code or d.severity is Severity.ERROR]
    bad_schema = any(d.code == codes.INVALID_SCHEMA.code for d in parsed)
    no_endpoint = {d.span.line for d in compiled if d.code == CODES["unknown-endpoint"].code}
    heads = {block.head: block.span for block in _blocks(spec)}
    for finding in compiled:
        match finding.name:
            case "no-base-url":
                repeats = is_written(spec, "service", "base_url") or is_written(spec, "service", "environments")
            case "no-operations":
                repeats = _has_endpoint_headings(spec)
            case "missing-fallback":
                repeats = is_written(spec, "fallback_behavior", "strategy")
            case "uncompilable-schema":
                repeats = bad_schema
            case "unused-mapping-row":
                repeats = finding.span.line in no_endpoint
            case _:
                whole = heads.get(finding.span, finding.span)
                repeats = finding.code in _LACKING and any(_inside(reason, whole) for reason in reasons)
        if not repeats:
            yield finding


def without_absences(parsed: Iterable[Diagnostic], ruled: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the rules' findings but those that miss what may stand in a block that is no YAML."""
    broken = {d.span.path for d in parsed if d.code == codes.YAML_SYNTAX.code}
    yield from (finding for finding in ruled if finding.name not in _ABSENCES or finding.span.path not in broken)


_ABSENCES = frozenset({
    "missing-id", "missing-type", "missing-name", "missing-total-timeout", "throttling-without-limits",
    "incomplete-credential", "incomplete-grant", "alert-on-open-without-breaker", "circuit-break-without-breaker",
    "retry-action-without-retries", "unused-schema", "unmapped-declared-error", "cache-fallback-without-reads",
    "queue-fallback-without-writes", "default-fallback-without-response", "cache-without-ttl",
    "outage-without-fallback", "hard-stop-without-limit", "budget-alert-without-limit", "missing-pricing-model",
    "missing-sandbox", "model-without-price", "retry-after-without-header", "open-breaker-without-fallback",
})  # fmt: skip


def _has_endpoint_headings(spec: Spec) -> bool:
    return any(section.name == "api endpoints" and section.subsections for section in sections(spec))


def _blocks(value: object) -> Iterator[Block]:
    """Yield every block of a model, outer before inner."""
    if isinstance(value, tuple):
        for item in value:
            yield from _blocks(item)
    elif isinstance(value, Spec | Block):
        if isinstance(value, Block):
            yield value
        for name in value.__struct_fields__:
            yield from _blocks(getattr(value, name))


def _inside(span: SourceSpan, whole: SourceSpan) -> bool:
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    return (whole.line, whole.column) <= start and end <= (whole.end_line, whole.end_column)
