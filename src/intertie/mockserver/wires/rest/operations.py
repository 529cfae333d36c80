"""One operation of the mock: everything that can be prepared before a request comes."""

from __future__ import annotations

from collections.abc import Mapping

from intertie.mockserver.generation.merging import References
from intertie.mockserver.messages import Answer, MockRequest
from intertie.mockserver.problems import place_of, problem
from intertie.mockserver.wires.rest.bodies import read_body
from intertie.mockserver.wires.rest.coercion import coerced
from intertie.mockserver.wires.rest.parameters import ParameterRule
from intertie.mockserver.wires.rest.resources import ResourceAnswers
from intertie.mockserver.wires.rest.samples import SuccessAnswers
from intertie.runtime.mapping.contracts import MISSING
from intertie.runtime.plan import OperationPlan
from intertie.runtime.wires.rest.plan import HeaderPlan, rest_wire

_TEXT_CODECS = frozenset({"form", "multipart", "xml"})


class MockOperation:
    """The rules that a request to one operation must keep, and what makes its answers."""

    def __init__(
        self,
        plan: OperationPlan,
        success: SuccessAnswers,
        resource: ResourceAnswers | None,
    ) -> None:
        wire = rest_wire(plan)
        self.plan = plan
        self._body = wire.body
        self.success = success
        self.resource = resource
        self.idempotency_header = (plan.idempotency_header or "").lower()
        declared = {error.status for error in wire.response.errors}
        # 400 unless the endpoint says that it answers invalid input with 422.
        self.invalid_status = 422 if "422" in declared else 400
        rules = [ParameterRule(parameter) for parameter in wire.parameters]
        self._in_target = [rule for rule in rules if rule.plan.location != "header"]
        self._in_headers = [rule for rule in rules if rule.plan.location == "header"]
        self._required_headers = [header for header in wire.headers if header.required]
        body_schema = wire.body.schema if wire.body else None
        self._body_references = References(body_schema.json) if body_schema else None

    def check_target(self, path_values: Mapping[str, str], query: Mapping[str, list[str]]) -> Answer | None:
        """Return the refusal of path or query, None where they pass. The same for the same target."""
        for rule in self._in_target:
            refused = rule.broken_by(rule.read(path_values, query, {}), self.plan, self.invalid_status)
            if refused is not None:
                return refused
        return None

    def check_headers(self, request: MockRequest) -> Answer | None:
        """Return the refusal of a missing or broken header, None where all pass."""
        for header in self._required_headers:
            if not request.headers.get(header.name.lower()):
                return self._missing_header(header)
        for rule in self._in_headers:
            refused = rule.broken_by(rule.read({}, {}, request.headers), self.plan, self.invalid_status)
            if refused is not None:
                return refused
        return None

    def _missing_header(self, header: HeaderPlan) -> Answer:
        stage = "idempotency_key" if header.is_idempotency_key else "request_validation"
        place = place_of(self.plan, stage, "header", header.name)
        return problem(
            self.invalid_status, "missing-header", f"header {header.name} is required ({place})",
            place=place, operation=self.plan.id, field=header.name,
        )  # fmt: skip

    def read_body(self, request: MockRequest) -> object | Answer:
        """Return the decoded body, None where there is none, or the refusal of its form."""
        plan = self._body
        if plan is None:
            return None
        return read_body(plan, self.plan, request.headers.get("content-type"), request.body, self.invalid_status)

    def check_body(self, body: object, *, credential_field: str | None) -> tuple[object, Answer | None]:
        """Return the body as the schema types it, and its refusal where it breaks the schema.

        Args:
            body: Decoded; None where the request has none.
            credential_field: A field that carries the credential and is no part of the data, None where there is none.
        """
        plan = self._body
        if plan is None or plan.schema is None or self._body_references is None or body is None:
            return body, None
        if credential_field is not None and isinstance(body, Mapping):
            body = {name: value for name, value in body.items() if name != credential_field}
        if plan.codec in _TEXT_CODECS:
            body = coerced(body, plan.schema.json, self._body_references)
        if plan.schema.is_valid(body):
            return body, None
        path, rule = plan.schema.first_error(body) or ("$", "schema")
        place = place_of(self.plan, "request_validation", "body", "schema")
        return body, problem(
            self.invalid_status, "invalid-body", f"the body breaks {rule} at {path} ({place})",
            place=place, operation=self.plan.id, field=path,
        )  # fmt: skip

    def given(self, path_values: Mapping[str, str], query: Mapping[str, list[str]], body: object) -> dict[str, object]:
        """Return what a request gives by name: fields of the body, parameters of the query, values of the path."""
        values: dict[str, object] = dict(body) if isinstance(body, Mapping) else {}
        for rule in self._in_target:
            value = rule.read(path_values, query, {})
            if value is not MISSING:
                values[rule.plan.name] = value
        return values
