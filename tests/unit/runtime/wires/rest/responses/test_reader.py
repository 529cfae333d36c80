"""Error codes found."""

from __future__ import annotations

import json

import pytest

from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import ErrorAnswerPlan
from intertie.runtime.wires.rest.responses import ErrorReading, ResponseReader
from support.mapped_operations import answer, answer_plan, operation_plan


def reader(path=None, errors=()):
    operation = operation_plan(response=answer_plan(errors=errors))
    return ResponseReader(operation, ErrorMappingOptions(error_code_path=path))


def codes(body, status=400, content_type="application/json", **known):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return reader(**known).error_codes(answer(raw, content_type, status))


def declared(status, schema):
    return ErrorAnswerPlan(status, None, CompiledSchema(schema), None)


def test_codes_of_aws_lose_their_namespace_wherever_they_are_read():
    """By path, by the declared schema, which may have a reason beside it, and in the usual places."""
    body = {
        "__type": "com.amazon.coral#ResourceNotFoundException",
        "reason": "fieldValidationFailed",
        "Message": "gone",
    }
    schema = {"properties": {name: {"type": "string"} for name in ("__type", "reason", "Message")}}
    for known in ({"path": "__type"}, {"errors": (declared("400", schema),)}, {}):
        found = codes(body, **known)
        assert (found.external_code, found.message) == ("ResourceNotFoundException", "gone")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": {"code": "card_declined", "type": "card_error", "message": "no"}}, "card_declined", "no"),
        ({"error": {"type": "invalid_request_error", "message": "m"}}, "invalid_request_error", "m"),
        ({"error": {"code": 403, "errors": [{"reason": "rateLimitExceeded"}]}}, "403", None),
        ({"errors": [{"message": "m", "extensions": {"code": "UNAUTHENTICATED"}}]}, "UNAUTHENTICATED", "m"),
        ({"errors": [{"code": "E1", "detail": "d"}]}, "E1", "d"),
        ({"errors": ["first", "second"]}, None, "first"),
        ({"error": "invalid_grant", "error_description": "expired"}, "invalid_grant", "expired"),
        ({"fault": {"faultstring": "quota", "detail": {"errorcode": "policies.Quota"}}}, "policies.Quota", "quota"),
        ({"code": 20003, "message": "Authenticate"}, "20003", "Authenticate"),
        ({"Code": "Throttling", "Message": "slow"}, "Throttling", "slow"),
        ({"__type": "com.amazon.coral#ThrottlingException"}, "ThrottlingException", None),
        ([{"errorCode": "NOT_FOUND", "message": "gone"}], "NOT_FOUND", "gone"),
        ({"errcode": 40001}, "40001", None),
        ({"error": True, "code": None, "type": ""}, None, None),
        ({"ok": False, "error": "ratelimited"}, "ratelimited", "ratelimited"),
        ({}, None, None),
        ([], None, None),
        ("text", None, None),
        (None, None, None),
    ],
)
def test_the_usual_places(body, code, message):
    """Code and message are found where the well-known providers put them."""
    reading = codes(body)
    assert (reading.external_code, reading.message) == (code, message)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            {"type": "https://shop.example/problems/out-of-stock", "title": "Out of stock", "detail": "d"},
            "out-of-stock",
        ),
        ({"type": "about:blank", "title": "Not Found"}, "Not Found"),
        ({"type": "urn:shop:closed"}, "closed"),
        ({"type": "https://x.example/p", "code": "E9"}, "E9"),
        ({"title": "T"}, "T"),
        ({"type": "https://x.example/"}, "x.example"),
    ],
)
def test_problem_documents(body, code):
    """A problem's `type` is its code, unless a code stands beside it or it says nothing."""
    assert codes(body, content_type="application/problem+json").external_code == code


def test_the_specs_own_path_comes_first():
    """`error_code_path` beats the usual places; where it finds nothing they are asked."""
    body = {"error": {"code": "usual"}, "info": {"reasons": [{"id": "own"}]}}
    assert codes(body, path="info.reasons[0].id").external_code == "own"
    assert codes({"error": {"code": "usual"}}, path="info.reasons[0].id").external_code == "usual"


def test_a_declared_error_schema_says_where_code_and_message_are():
    """The most specific declared status is read: code, class, default."""
    nested = {
        "properties": {"failure": {"properties": {"errorCode": {"type": "string"}, "description": {"type": "string"}}}}
    }
    listed = {"properties": {"problems": {"type": "array", "items": {"properties": {"code": {"type": "string"}}}}}}
    errors = (declared("404", nested), declared("4xx", listed), declared("default", {"properties": {"reason": {}}}))
    body = {"failure": {"errorCode": "A", "description": "said"}, "problems": [{"code": "B"}], "reason": "C"}
    assert codes(body, 404, errors=errors).external_code == "A"
    assert codes(body, 404, errors=errors).message == "said"
    assert codes(body, 409, errors=errors).external_code == "B"
    assert codes(body, 500, errors=errors).external_code == "C"


def test_an_error_that_can_not_be_read_has_no_code():
    """Broken JSON and HTML pages are no trouble."""
    assert codes(b"{broken") == ErrorReading(None, None, None)
    assert codes(b"<html>", content_type="text/html").external_code is None
    assert codes(b"").data is None
    assert codes(b"\x00", content_type="image/png").external_code is None


def test_a_recursive_error_schema_is_read_to_an_end():
    """A schema that refers to itself is no trouble."""
    loop = {
        "$ref": "#/$defs/E",
        "$defs": {"E": {"properties": {"code": {"type": "string"}, "cause": {"$ref": "#/$defs/E"}}}},
    }
    assert codes({"cause": {"code": "in"}, "code": "out"}, errors=(declared("400", loop),)).external_code == "out"
