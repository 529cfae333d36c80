"""What need not be sorted is placed as if it were: the usual requests take shortcuts, and nobody can tell."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from intertie.core.errors import IntertieError
from intertie.runtime.plan import OperationPlan
from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.wires.rest.plan import HeaderPlan
from intertie.runtime.wires.rest.requests.builder import RequestBuilder
from support.mapped_operations import NOW, UUID, body_plan, mapping_row, operation_plan, parameter_plan

NAMES = ("a", "b", "c", "Idempotency-Key", "idempotency_key", "X-Trace", "x_trace", "id", "body")
VALUES = st.none() | st.integers(0, 9) | st.sampled_from(["text", "", "two\nlines", {"a": 1}, [1], 1.5])
GIVEN = st.dictionaries(st.sampled_from(NAMES) | st.integers(0, 1), VALUES, max_size=4)
KEY = HeaderPlan("Idempotency-Key", "{uuid}", required=True, is_idempotency_key=True)
HEADERS = st.lists(
    st.sampled_from(
        [
            KEY,
            HeaderPlan("Idempotency-Key", None, required=True, is_idempotency_key=True),
            HeaderPlan("Idempotency-Key", "k-{uuid}", required=True, is_idempotency_key=True),
            HeaderPlan("X-Request-Id", "{uuid}", required=True),
            HeaderPlan("X-Trace", None, required=False),
            HeaderPlan("X-For", "{a}", required=False),
            HeaderPlan("Content-Type", "{uuid}", required=True, is_idempotency_key=True),
        ]
    ),
    max_size=2,
    unique_by=lambda plan: plan.name,
)
BODIES = st.sampled_from(
    [
        None,
        body_plan("application/json", {"type": "object", "properties": {"a": {"type": "integer"}}}, required=False),
        body_plan(
            "application/json", {"type": "object", "properties": {"a": {}, "b": {}}, "additionalProperties": False}
        ),
        body_plan("application/json", {"type": "object", "properties": {"id": {}, "X-Trace": {}}}),
        body_plan(
            "application/json", {"type": "object", "required": ["k"], "properties": {"k": {"const": "v"}, "a": {}}}
        ),
        body_plan("application/json", {"type": "array"}),
        body_plan("application/json", None),
        body_plan("text/plain", None, required=False),
        body_plan("application/x-www-form-urlencoded", {"type": "object"}),
    ]
)
PARAMETERS = st.sampled_from(
    [(), (parameter_plan("id"),), (parameter_plan("X-Trace", "header"),), (parameter_plan("a"), parameter_plan("c"))]
)
ROWS = st.sampled_from(
    [(), (mapping_row("a", "b"),), (mapping_row("a.a", "c"),), (mapping_row("a", "id"), mapping_row("b", "x.y"))]
)
VERSIONS = st.sampled_from(
    [None, VersionOptions("header", "Idempotency-Key", "2", ("1", "2")), VersionOptions("query", "v", "2", ("1", "2"))]
)


def outcome(builder: RequestBuilder, given: Any, key: str | None) -> object:
    """The request, or the refusal in words."""
    try:
        found = builder.idempotency_key_in(given)
        made = builder.build(
            given, idempotency_key=found or key, new_uuid=lambda: UUID, now=lambda: NOW, environ=lambda name: name
        )
    except IntertieError as refused:
        return type(refused), str(refused)
    return found, made


@settings(max_examples=500, deadline=None)
@given(HEADERS, BODIES, PARAMETERS, ROWS, VERSIONS, GIVEN, st.sampled_from([None, "key", "bad\nkey", "  padded "]))
@example([KEY], BODIES.elements[1], (), (), None, {"a": 1, "b": {"c": 2}}, "key")
@example([KEY], BODIES.elements[2], (), (), None, {"a": 1, "zzz": 2}, "key")
@example([], BODIES.elements[1], (), (), None, {1: 2}, None)
def test_requests_are_the_same_without_the_shortcuts(
    headers: Any, body: Any, parameters: Any, rows: Any, version: Any, given: Any, key: str | None
) -> None:
    """The same bytes in the same places, or the same words."""
    parts: dict[str, Any] = {"headers": tuple(headers), "parameters": parameters, "outbound": rows}
    operation: OperationPlan = operation_plan("POST", body=body, **parts)
    quick, plain = RequestBuilder(operation, version, ""), RequestBuilder(operation, version, "")
    plain._only_body = plain._only_key = None
    assert outcome(quick, given, key) == outcome(plain, given, key)
