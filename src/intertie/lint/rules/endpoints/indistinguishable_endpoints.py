from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.paths import request_shape
from intertie.lint.planned import planned_rest
from intertie.lint.rule import rule
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.wires.rest.plan import rest_wire
from intertie.runtime.wires.rest.requests.fixed_parts import FixedPart, telling_apart
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE305", severity=Severity.WARNING, since="0.1.0")
def indistinguishable_endpoints(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """Two endpoints can't be told apart by their requests."""
    alike: dict[tuple[str, str], list[tuple[OperationPlan, Located[str]]]] = {}
    for endpoint, operation, wire in planned_rest(spec, plan):
        path = endpoint.endpoint.path if endpoint.endpoint else None
        if path is not None and not endpoint.graphql:
            alike.setdefault((wire.method, request_shape(path.value)), []).append((operation, path))
    for group in alike.values():
        parts = telling_apart(operation for operation, _ in group)
        first_of: dict[frozenset[FixedPart], Located[str]] = {}
        for operation, path in group:
            first = first_of.setdefault(frozenset(parts[operation.id]), path)
            if first is not path:
                yield Finding(
                    path.span,
                    f"another endpoint is also {rest_wire(operation).method} {path.value}",
                    "merge the endpoints, or give each a fixed header or parameter of its own",
                    related=(Label(first.span, "the first"),),
                )
