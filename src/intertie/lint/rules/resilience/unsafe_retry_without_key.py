from __future__ import annotations

from collections.abc import Iterator, Mapping

from intertie.diagnostics import Applicability, Edit, Fix, Severity, SourceSpan
from intertie.lint.finding import Finding
from intertie.lint.replay import writes_sent_once
from intertie.lint.rule import rule
from intertie.lint.written import endpoint_section
from intertie.runtime.plan import Plan
from intertie.spec.model import Endpoint, Spec
from intertie.spec.tree import MappingNode, SequenceNode


@rule(code="TIE205", severity=Severity.INFO, since="0.1.0")
def unsafe_retry_without_key(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A write without an idempotency key is not retried if its outcome is unknown."""
    if spec.retry is None or plan.retry.max_attempts < 2:
        return
    for endpoint, method in writes_sent_once(spec, plan):
        key = _key_in_body(endpoint)
        if key:
            yield Finding(
                method.span,
                f"{method.value} is not retried after a timeout or a reset, although `{key}` in the body is the same "
                "on every attempt",
                "if the service recognizes a repeated request by it, write `idempotent: true`",
            )
            continue
        yield Finding(
            method.span,
            f"{method.value} has no idempotency key, so it is not retried after a timeout or a reset",
            'if the service supports one, add a header such as `Idempotency-Key` with the value "{uuid}"; '
            "if a repetition does no harm, write `idempotent: true`",
            fix=_with_key(spec, endpoint),
        )


def _key_in_body(endpoint: Endpoint) -> str | None:
    """Return the body's own member for an idempotency key, such as `idempotency_key`."""
    body = endpoint.request.body if endpoint.request else None
    properties = body.schema.value.json.get("properties") if body and body.schema else None
    names = properties if isinstance(properties, Mapping) else {}
    return next((str(name) for name in names if "idempoten" in str(name).lower()), None)


def _with_key(spec: Spec, endpoint: Endpoint) -> Fix | None:
    """Return the fix that adds the header to the endpoint's block; None where the block is not written line by line."""
    section = endpoint_section(spec, endpoint)
    for block in section.blocks if section else ():
        request, head = block.root.get("request"), block.root.entry("endpoint")
        if head is None or block.root.flow or (request is not None and not isinstance(request, MappingNode)):
            continue
        headers = request.get("headers") if request else None
        row = '- {name: Idempotency-Key, required: true, value: "{uuid}"}'
        if isinstance(headers, SequenceNode) and not headers.flow and headers.items:
            return _inserted(headers.span.line, f"{' ' * (headers.span.column - 1)}{row}\n", endpoint)
        if request is not None and headers is None and not request.flow and request.entries:
            indent = " " * (request.span.column - 1)
            return _inserted(request.span.line, f"{indent}headers:\n{indent}  {row}\n", endpoint)
        if request is None:
            indent = " " * (head.key.span.column - 1)
            return _inserted(head.key.span.line, f"{indent}request:\n{indent}  headers:\n{indent}    {row}\n", endpoint)
    return None


def _inserted(line: int, text: str, endpoint: Endpoint) -> Fix:
    place = SourceSpan(endpoint.span.path, line, 1, line, 1)
    return Fix("add Idempotency-Key", (Edit(place, text),), Applicability.UNSAFE)
