"""Request headers: literals, patterns, the caller's, parameters."""

from __future__ import annotations

import pytest

from intertie.core.errors import CredentialMissing, InvalidInput
from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.wires.rest.plan import HeaderPlan
from intertie.runtime.wires.rest.requests.builder import RequestBuilder
from support.mapped_operations import UUID, answer_plan, body_plan, build, operation_plan, parameter_plan


def header(name, value, *, required=False, key=False):
    return HeaderPlan(name, value, required, key)


def test_literals_are_encoded_once():
    """Literal headers, Accept and Content-Type stand in the static head, in every request of the operation."""
    operation = operation_plan("POST", headers=(header("X-Team", "shop"),), body=body_plan())
    builder = RequestBuilder(operation, None, "")
    sources = {"new_uuid": str, "now": str, "environ": str}
    first, second = (builder.build({"a": 1}, **sources) for _ in range(2))
    assert first.static_head == b"Accept: application/json\r\nX-Team: shop\r\nContent-Type: application/json\r\n"
    assert first.static_head is second.static_head
    assert first.headers == ()


def test_no_content_type_without_a_body():
    """A request without a body says nothing about one."""
    assert b"Content-Type" not in build(operation_plan(), {}).static_head


@pytest.mark.parametrize(
    ("streaming", "accept"),
    [("sse", b"text/event-stream"), ("ndjson", b"application/x-ndjson"), ("chunks", b"application/json")],
)
def test_accept_follows_the_answer(streaming, accept):
    """What is asked for is what the spec declares."""
    assert build(operation_plan(streaming=streaming), {}).static_head == b"Accept: " + accept + b"\r\n"


def test_a_declared_accept_header_stands():
    """The spec's own Accept is not doubled."""
    operation = operation_plan(headers=(header("accept", "text/csv"),))
    assert build(operation, {}).static_head == b"accept: text/csv\r\n"
    assert build(operation_plan(response=answer_plan(content_type=None)), {}).static_head == b""


def test_patterns_are_filled_for_each_request():
    """UUIDs, instants, input fields and environment variables."""
    operation = operation_plan(
        headers=(
            header("X-Request-Id", "req-{uuid}"),
            header("X-At", "{timestamp}"),
            header("X-Tenant", "{tenant}/{region}"),
            header("X-From", "{env:SHOP}"),
            header("X-Json", '{"a": 1}'),
        )
    )
    request = build(operation, {"tenant": "t", "region": 5}, environ=lambda name: f"<{name}>")
    assert request.headers == (
        ("X-Request-Id", f"req-{UUID}"),
        ("X-At", "2026-11-24T09:00:00.250Z"),
        ("X-Tenant", "t/5"),
        ("X-From", "<SHOP>"),
    )
    assert b'X-Json: {"a": 1}' in request.static_head


def test_an_input_field_of_a_pattern_is_optional_unless_required():
    """Without its field an optional header is left out, a required one refused by the field's name."""
    assert build(operation_plan(headers=(header("X-T", "{tenant}"),)), {}).headers == ()
    with pytest.raises(InvalidInput, match=r"`tenant` is required \(for the header X-T\)") as refused:
        build(operation_plan(headers=(header("X-T", "{tenant}", required=True),)), {"tenant": None})
    assert refused.value.field == "tenant"


def test_a_pattern_field_does_not_pass_into_the_body():
    """A field that a header names is no unknown field of the body."""
    operation = operation_plan("POST", headers=(header("X-T", "{tenant}"),), body=body_plan())
    assert build(operation, {"tenant": "t", "a": 1}).body == b'{"a":1}'


def test_a_missing_environment_variable_is_a_missing_credential():
    """The variable's name is told."""
    with pytest.raises(CredentialMissing, match="env:SHOP"):
        build(operation_plan(headers=(header("X-From", "{env:SHOP}"),)), {})


def test_the_idempotency_key_is_the_one_given():
    """The call's key stands in place of `{uuid}`; other patterns get fresh ones; without a key it is fresh too."""
    operation = operation_plan(
        headers=(header("Idempotency-Key", "{uuid}", required=True, key=True), header("X-Request-Id", "{uuid}"))
    )
    assert build(operation, {}, idempotency_key="k-1").headers == (("Idempotency-Key", "k-1"), ("X-Request-Id", UUID))
    assert build(operation, {}).headers[0] == ("Idempotency-Key", UUID)


def test_the_key_a_caller_gives_by_name_is_found():
    """Whoever stores or replays the call can ask for the caller's key."""
    operation = operation_plan(headers=(header("Idempotency-Key", "{uuid}", key=True),))
    builder = RequestBuilder(operation, None, "")
    assert builder.idempotency_key_in({"idempotency_key": "mine"}) == "mine"
    assert builder.idempotency_key_in({}) is None
    assert RequestBuilder(operation_plan(), None, "").idempotency_key_in({"idempotency_key": "x"}) is None


def test_a_callers_header_wins_over_the_literal():
    """The literal is sent unless the caller gives another, and never twice."""
    operation = operation_plan(headers=(header("X-Team", "shop"), header("X-Other", "o")))
    request = build(operation, {"X-Team": "mine"})
    assert request.headers == (("X-Team", "mine"),)
    assert request.static_head == b"Accept: application/json\r\nX-Other: o\r\n"
    assert build(operation, {"x_team": None}).static_head.startswith(b"Accept: application/json\r\nX-Team: shop")


def test_a_required_header_without_a_value_comes_from_the_caller():
    """It is refused by its name where it is missing."""
    operation = operation_plan(headers=(header("X-User", None, required=True), header("X-Hint", None)))
    with pytest.raises(InvalidInput, match=r"`X-User` is required \(header\)"):
        build(operation, {})
    assert build(operation, {"x_user": 5}).headers == (("X-User", "5"),)


def test_header_parameters():
    """A parameter `in: header` is validated and written in style simple."""
    operation = operation_plan(
        parameters=(parameter_plan("X-Ids", "header", {"type": "array", "items": {"type": "integer"}}),)
    )
    assert build(operation, {"X-Ids": [1, 2]}).headers == (("X-Ids", "1,2"),)
    assert build(operation, {"x_ids": "1,2"}).headers == (("X-Ids", "1,2"),)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0b", "a\x7fb", "日本"])
def test_no_value_breaks_out_of_its_header(value):
    """Line breaks, control characters and other than Latin-1 are refused wherever the value comes from."""
    by_name = operation_plan(headers=(header("X-User", None),))
    pattern = operation_plan(headers=(header("X-T", "{tenant}"),))
    parameter = operation_plan(parameters=(parameter_plan("X-P", "header"),))
    for operation, name in ((by_name, "X-User"), (pattern, "tenant"), (parameter, "X-P")):
        with pytest.raises(InvalidInput, match="can't be sent in a header") as refused:
            build(operation, {name: value})
        assert refused.value.field == name
    with pytest.raises(InvalidInput, match="can't be sent in a header"):
        build(operation_plan(headers=(header("K", "{uuid}", key=True),)), {}, idempotency_key=value)


def test_the_version_header():
    """The version asked for stands in the static head."""
    versions = VersionOptions("header", "Stripe-Version", "2024-06-20", ("2023-10-16", "2024-06-20"))
    assert build(operation_plan(), {}, version=versions).static_head.endswith(b"Stripe-Version: 2024-06-20\r\n")
    older = build(operation_plan(), {}, version=versions, asked="2023-10-16")
    assert older.static_head.endswith(b"Stripe-Version: 2023-10-16\r\n")
