"""What the mock refuses, and what its refusals say."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from msgspec.structs import replace

from intertie.core.secret import Secret
from intertie.mockserver.problems import RULES
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import BodyPlan, ErrorAnswerPlan, HeaderPlan
from support.changing import changed
from support.mock_plans import CREATE, DEFS, LIST, VERSIONS, Bench, answers, header, operation, parameter, plan


def problem_of(reply):
    assert header(reply, "content-type") == "application/problem+json"
    document = json.loads(reply.body)
    assert document["status"] == reply.status
    assert document["type"].removeprefix("/__intertie/rules/") in RULES
    return document


# --- routes


def test_an_unknown_path_is_a_404_and_a_wrong_method_a_405():
    """Unknown paths and methods are refused, the latter with what is allowed."""
    bench = Bench()
    assert problem_of(bench.ask("GET", "/v1/refunds"))["title"] == "Unknown path"
    reply = bench.ask("PUT", "/v1/charges/ch_1")
    assert reply.status == 405
    assert header(reply, "Allow") == "GET, HEAD"
    problem_of(reply)


def test_paths_begin_with_the_base_path():
    """With a base path in the URL, paths outside of it are unknown."""
    bench = Bench(plan(LIST, base_path="/api/v3"))
    assert bench.ask("GET", "/api/v3/v1/charges").status == 200
    assert "/api/v3" in problem_of(bench.ask("GET", "/v1/charges"))["detail"]


def test_literal_segments_win_over_placeholders():
    """`/charges/search` is no charge of the id `search`."""
    one = operation("get", "GET", "/charges/{id}", response=answers("Charge"))
    search = operation("search", "GET", "/charges/search", response=answers("ChargeList"))
    bench = Bench(plan(one, search))
    assert bench.ask("GET", "/charges/search").operation == "search"
    assert bench.ask("GET", "/charges/x").operation == "get"
    assert bench.ask("GET", "/charges/a%2Fb").operation == "get"
    assert bench.ask("HEAD", "/charges/x").operation == "get"


# --- credentials


@pytest.mark.parametrize(
    ("sent", "status", "rule"),
    [
        (None, 401, "missing-credential"),
        ("", 401, "missing-credential"),
        ("sk_test", 401, "malformed-credential"),
        ("Basic c2s6", 401, "malformed-credential"),
        ("Bearer ", 401, "malformed-credential"),
        ("Bearer sk_test", 200, None),
        ("bearer sk_test", 200, None),
    ],
)
def test_a_header_credential_has_its_scheme(sent, status, rule):
    """A key with the declared scheme passes; all else is a 401 that names the spec's line."""
    reply = Bench().ask("GET", "/v1/charges", key=None, authorization=sent)
    assert reply.status == status
    if rule:
        document = problem_of(reply)
        assert document["type"].endswith(rule)
        assert document["rule"] == "payments.md:41"
        assert header(reply, "WWW-Authenticate") == 'Bearer realm="mock"'


def test_a_query_credential_and_a_body_credential_are_found():
    """A key is looked for where the spec puts it."""
    bench = Bench(plan(LIST, auth=AuthOptions("api_key", "query", "api_key", None, "env:K")))
    assert bench.ask("GET", "/v1/charges?api_key=1", key=None).status == 200
    assert bench.ask("GET", "/v1/charges", key=None).status == 401
    bench = Bench(plan(CREATE, auth=AuthOptions("api_key", "body", "token", None, "env:K")))
    assert bench.charge(key=None, body=b"amount=1&currency=eur&source=x&token=t").status == 200
    assert bench.charge(key=None, idempotency="k-2").status == 401


def test_basic_credentials_are_base64_of_user_and_password():
    """Basic authentication is read as RFC 7617 says."""
    bench = Bench(plan(LIST, auth=AuthOptions("basic", username="env:U", password="env:P")))
    good = b64encode(b"user:pass").decode()
    for sent, status in (
        (f"Basic {good}", 200),
        ("Basic !!!", 401),
        ("Basic " + b64encode(b"user").decode(), 401),
        (f"Bearer {good}", 401),
        (None, 401),
    ):
        assert bench.ask("GET", "/v1/charges", key=None, authorization=sent).status == status


def test_an_exact_credential_refuses_every_other_and_is_not_shown():
    """With a credential given, another one is a 401, and neither is in the answer."""
    bench = Bench(plan(LIST), credential=Secret("right-one"))
    assert bench.ask("GET", "/v1/charges", key="right-one").status == 200
    reply = bench.ask("GET", "/v1/charges", key="wrong-one")
    assert problem_of(reply)["type"].endswith("wrong-credential")
    assert b"right-one" not in reply.body
    assert b"wrong-one" not in reply.body


# --- versions


def test_an_unsupported_version_is_refused_and_an_ending_one_announced():
    """A version the spec does not have is a 400; one with an end says so in `Deprecation` and `Sunset`."""
    bench = Bench(plan(LIST, version=VERSIONS))
    document = problem_of(bench.ask("GET", "/v1/charges", stripe_version="1999-01-01"))
    assert document["status"] == 400
    assert document["rule"] == "payments.md:300"
    old = bench.ask("GET", "/v1/charges", stripe_version="2023-10-16")
    assert header(old, "Sunset") == "Wed, 30 Jun 2027 00:00:00 GMT"
    assert header(old, "Deprecation") == "@1806537600"
    assert header(bench.ask("GET", "/v1/charges"), "Sunset") is None


@pytest.mark.parametrize("path", ["/charges", "/v1/charges", "/{version}/charges"])
def test_a_version_in_the_path_is_its_first_segment(path):
    """Whether the endpoint's path names the version or not, every supported one is found there."""
    bench = Bench(
        plan(
            operation("list", "GET", path, response=answers("ChargeList")),
            version=VersionOptions("url", "", "v1", ("v1", "v2")),
        )
    )
    assert bench.ask("GET", "/v1/charges").status == 200
    assert bench.ask("GET", "/v2/charges").status == 200
    assert problem_of(bench.ask("GET", "/v3/charges"))["type"].endswith("unsupported-version")
    assert bench.ask("GET", "/v1/other").status == 404


def test_a_version_in_the_query_is_checked():
    """Strategy `query` reads the declared parameter."""
    bench = Bench(plan(LIST, version=VersionOptions("query", "api-version", "1", ("1", "2"))))
    assert bench.ask("GET", "/v1/charges?api-version=2").status == 200
    assert bench.ask("GET", "/v1/charges?api-version=3").status == 400


# --- headers and parameters


def test_a_required_header_must_be_there():
    """The idempotency key that the spec requires is asked for, with its line."""
    document = problem_of(Bench().charge(idempotency=None))
    assert (document["status"], document["field"], document["rule"]) == (400, "Idempotency-Key", "payments.md:104")


def test_a_declared_422_is_the_status_of_invalid_input():
    """400 is for invalid input unless the endpoint declares 422."""
    op = changed(CREATE, response=answers("Charge", ErrorAnswerPlan("422", None, None, None)))
    assert Bench(plan(op)).charge(body=b"amount=0&currency=eur&source=x").status == 422
    assert Bench(plan(op)).charge(idempotency=None).status == 422
    assert Bench().charge(body=b"amount=0&currency=eur&source=x").status == 400


ARRAY = {"type": "array", "items": {"type": "integer"}}
OBJECT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}


@pytest.mark.parametrize(
    ("made", "good", "bad"),
    [
        (parameter("n", "query", "integer", required=True), "?n=12", "?n=twelve"),
        (parameter("n", "query", "integer", required=True), "?n=-3&n=4", ""),
        (parameter("n", "query", "number"), "?n=1.5e3", "?n=1,5"),
        (parameter("n", "query", "boolean"), "?n=true", "?n=yes"),
        (parameter("n", "query", {"type": "string", "enum": ["a", "b"]}), "?n=a", "?n=c"),
        (parameter("n", "query", {"type": "integer", "maximum": 100}), "?n=100", "?n=101"),
        (parameter("n", "query", {"type": "string", "format": "date"}), "?n=2026-11-24", "?n=24.11.2026"),
        (parameter("n", "query", ARRAY), "?n=1&n=2", "?n=1&n=x"),
        (parameter("n", "query", ARRAY), "?n[]=1", "?n[]=x"),
        (parameter("n", "query", ARRAY, explode=False), "?n=1,2", "?n=1,x"),
        (parameter("n", "query", ARRAY, style="pipeDelimited", explode=False), "?n=1%7C2", "?n=1,2"),
        (parameter("n", "query", ARRAY, style="spaceDelimited", explode=False), "?n=1%202", "?n=1,2"),
        (parameter("n", "query", OBJECT, style="deepObject", explode=True), "?n[a]=1&n[b]=x", "?n[b]=x"),
        (parameter("n", "query", OBJECT), "?a=1", "?a=x"),
        (parameter("n", "query", OBJECT, explode=False), "?n=a,1,b,x", "?n=b,x"),
        (parameter("n", "query", {"type": ["integer", "null"]}), "?n=null", "?n=x"),
    ],
)
def test_query_parameters_are_read_in_their_style(made, good, bad):
    """Each style is parsed and judged by its schema."""
    bench = Bench(plan(operation("find", "GET", "/find", parameters=(made,), response=answers("ChargeList"))))
    assert bench.ask("GET", f"/find{good}").status == 200
    document = problem_of(bench.ask("GET", f"/find{bad}"))
    assert document["status"] == 400
    assert document["field"] == "n"


@pytest.mark.parametrize(
    ("made", "good", "bad"),
    [
        (parameter("n", "path", "integer", required=True), "12", "twelve"),
        (parameter("n", "path", ARRAY, required=True), "1,2", "1,x"),
        (parameter("n", "path", ARRAY, required=True, style="label", explode=True), ".1.2", ".1.x"),
        (parameter("n", "path", ARRAY, required=True, style="matrix", explode=True), ";n=1;n=2", ";n=x"),
        (parameter("n", "path", ARRAY, required=True, style="matrix", explode=False), ";n=1,2", ";n=x,1"),
        (parameter("n", "path", OBJECT, required=True, explode=True), "a=1,b=x", "b=x"),
    ],
)
def test_path_parameters_are_read_in_their_style(made, good, bad):
    """Values of the path are judged by their schema."""
    bench = Bench(plan(operation("find", "GET", "/find/{n}", parameters=(made,), response=answers("ChargeList"))))
    assert bench.ask("GET", f"/find/{good}").status == 200
    assert bench.ask("GET", f"/find/{bad}").status == 400


def test_header_parameters_are_judged():
    """A declared header parameter is required and typed."""
    made = parameter("X-Page", "header", "integer", required=True)
    bench = Bench(
        plan(
            operation(
                "find",
                "GET",
                "/find",
                parameters=(made,),
                headers=(HeaderPlan("X-Api", None, required=True),),
                response=answers("ChargeList"),
            )
        )
    )
    assert bench.ask("GET", "/find", x_page="2", x_api="a").status == 200
    assert problem_of(bench.ask("GET", "/find", x_page="two", x_api="a"))["type"].endswith("invalid-header")
    assert problem_of(bench.ask("GET", "/find", x_api="a"))["field"] == "X-Page"
    assert problem_of(bench.ask("GET", "/find", x_page="1"))["field"] == "X-Api"


# --- bodies

JSON_OP = changed(
    CREATE,
    headers=(),
    idempotency_header=None,
    body=BodyPlan(
        "application/json", "json", CompiledSchema({"$ref": "#/$defs/ChargeRequest", "$defs": DEFS}), required=True
    ),
)
GOOD = b'{"amount": 5, "currency": "eur", "source": "tok"}'


@pytest.mark.parametrize(
    ("content_type", "body", "status", "rule"),
    [
        ("application/json", GOOD, 200, None),
        ("application/json; charset=utf-8", GOOD, 200, None),
        ("application/vnd.x+json", GOOD, 200, None),
        ("text/plain", GOOD, 415, "wrong-content-type"),
        (None, GOOD, 415, "wrong-content-type"),
        ("application/json", b"", 400, "missing-body"),
        ("application/json", b'{"amount": ', 400, "malformed-body"),
        ("application/json", b"[" * 100_000, 400, "malformed-body"),
        ("application/json", b'{"amount": 0, "currency": "eur", "source": "tok"}', 400, "invalid-body"),
        ("application/json", b'{"amount": 5, "currency": "eur"}', 400, "invalid-body"),
    ],
)
def test_json_bodies_are_judged(content_type, body, status, rule):
    """Type, syntax and schema of a JSON body, each with its own rule; the value is not repeated."""
    reply = Bench(plan(JSON_OP)).charge(body=body, content_type=content_type)
    assert reply.status == status
    if rule:
        assert problem_of(reply)["type"].endswith(rule)
        assert b"tok" not in reply.body


def test_form_bodies_nest_by_brackets():
    """`metadata[order_id]` is a member of `metadata`; numbers become numbers."""
    bench = Bench()
    assert bench.charge(body=b"amount=5&currency=eur&source=x&metadata[order_id]=o-1").status == 200
    assert bench.charge(idempotency="2", body=b"amount=five&currency=eur&source=x").status == 400


def test_xml_bodies_are_read_and_document_types_refused():
    """XML elements become fields; a DTD is no body that is read."""
    op = changed(JSON_OP, body=replace(JSON_OP.wire.body, content_type="application/xml", codec="xml"))
    bench = Bench(plan(op))
    assert (
        bench.charge(
            content_type="application/xml", body=b"<c><amount>5</amount><currency>eur</currency><source>x</source></c>"
        ).status
        == 200
    )
    for hostile in ("<c/>".encode("utf-16"), b"<a>" * 100_000, b"<a>" * 50_000 + b"</a>" * 50_000):
        assert bench.charge(content_type="application/xml", body=hostile).status == 400
    bomb = b'<!DOCTYPE c [<!ENTITY a "b">]><c><amount>5</amount></c>'
    assert problem_of(bench.charge(content_type="application/xml", body=bomb))["type"].endswith("malformed-body")


def test_multipart_bodies_are_read():
    """The parts of a multipart body are fields."""
    op = changed(JSON_OP, body=replace(JSON_OP.wire.body, content_type="multipart/form-data", codec="multipart"))
    body = (
        b"".join(
            b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % part
            for part in ((b"amount", b"5"), (b"currency", b"eur"), (b"source", b"x"))
        )
        + b"--b--\r\n"
    )
    assert Bench(plan(op)).charge(content_type="multipart/form-data; boundary=b", body=body).status == 200
    assert Bench(plan(op)).charge(content_type="multipart/form-data; boundary=c", body=body).status == 400
