"""Operations with one method and path: the one that a request means is found by its header, query or body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from intertie.mockserver.messages import Answer, MockRequest
from intertie.mockserver.problems import problem
from intertie.mockserver.wires.rest.operations import MockOperation
from intertie.runtime.inputs.scalars import scalar_text
from intertie.runtime.plan import OperationPlan
from intertie.runtime.wires.rest.requests.fixed_parts import FixedPart, telling_apart


class Twins:
    """Some operations with one method and path, those with most to check first."""

    def __init__(self, operations: Iterable[OperationPlan]) -> None:
        self._parts = telling_apart(operations)

    def chosen(
        self, operations: Mapping[str, MockOperation], query: Mapping[str, list[str]], request: MockRequest
    ) -> str | None:
        """Return the id of the first operation whose fixed parts the request has, None where it has those of none.

        Args:
            operations: By id.
            query: Of the request, decoded.
            request: With its headers and body.
        """
        bodies: dict[str, object] = {}
        for name, parts in self._parts.items():
            if any(part.location == "body" for part in parts):
                body = operations[name].read_body(request)
                bodies[name] = None if isinstance(body, Answer) else body
            if all(_has(request, query, bodies.get(name), part) for part in parts):
                return name
        return None

    def refusal(self, spec_path: str) -> Answer:
        """Return the answer to a request that has the fixed parts of none."""
        known = "; ".join(
            f"{name} by {' and '.join(map(str, parts)) or 'nothing'}" for name, parts in sorted(self._parts.items())
        )
        detail = f"several endpoints of {spec_path} have this path, and this request is none of them: {known}"
        return problem(404, "unknown-path", detail, place=f"{spec_path}:1")


def _has(request: MockRequest, query: Mapping[str, list[str]], body: object, part: FixedPart) -> bool:
    if part.location == "header":
        values = [request.headers[part.name]] if part.name in request.headers else []
    elif part.location == "query":
        values = query.get(part.name, [])
    else:
        member = body.get(part.name) if isinstance(body, Mapping) else None
        values = [] if member is None or isinstance(member, Mapping | list) else [scalar_text(member)]
    return bool(values) if part.value is None else part.value in values
