from __future__ import annotations

import pytest

from intertie.runtime.wires.rest.expected_types import expected_types
from support.spec_builder import compiled, endpoint, findings_of, plan_of, spec

UUID_KEY = {"headers": [{"name": "Idempotency-Key", "required": True, "value": "{uuid}"}]}


@pytest.mark.parametrize(
    ("method", "more", "safe"),
    [
        ("GET", {}, True),
        ("PUT", {}, True),
        ("DELETE", {}, True),
        ("POST", {}, False),
        ("PATCH", {}, False),
        ("POST", {"request": UUID_KEY}, True),
        ("POST", {"idempotent": True}, True),
        ("POST", {"request": {"headers": [{"name": "X-Request-Id", "value": "{uuid}"}]}}, False),
        ("POST", {"request": {"headers": [{"name": "Idempotency-Key", "required": True}]}}, False),
    ],
)
def test_replay_safety(method, more, safe):
    """Safe and idempotent methods, an idempotency key or `idempotent: true` make a replay safe; nothing else does."""
    operation = plan_of(endpoints=(endpoint("Do", "/x", method, **more),)).operations["do"]
    assert operation.replay_safe is safe


def test_the_idempotency_header_is_named_and_is_a_stage():
    """The key's header stands on the operation and in its stages."""
    operation = plan_of(endpoints=(endpoint("Do", "/x", "POST", request=UUID_KEY),)).operations["do"]
    assert operation.idempotency_header == "Idempotency-Key"
    assert operation.wire.headers[0].is_idempotency_key
    assert "idempotency_key" in [stage.stage for stage in operation.stages]


def test_half_filled_endpoints_are_left_out():
    """An endpoint without path or method is told and skipped; the rest compiles."""
    result = compiled(spec(endpoints=(endpoint("Whole"), endpoint("Half", None, "GET"))))
    assert list(result.plan.operations) == ["whole"]
    assert [finding.name for finding in result.diagnostics] == ["incomplete-endpoint"]


def test_no_endpoint_is_a_plan_without_operations():
    """A draft with nothing to call still has a plan, and says so."""
    result = compiled(spec(endpoints=()))
    assert (dict(result.plan.operations), [finding.name for finding in result.diagnostics]) == ({}, ["no-operations"])


@pytest.mark.parametrize("path", ["https://x.example/a", "/a/../b", "/a b", "/a/{id", "/a#b", "/a?x={y}"])
def test_paths_that_cannot_be_sent_are_errors(path):
    """Host, dot segments, spaces and open braces are no path."""
    assert findings_of(endpoints=(endpoint("Do", path),)) == ["invalid-endpoint-path"]


def test_a_path_without_its_slash_gets_it():
    """`things` is `/things`."""
    assert plan_of(endpoints=(endpoint("Do", "things"),)).operations["do"].wire.path == "/things"


def test_parameters_have_openapi_styles():
    """Styles and explode default as OpenAPI says, by place."""
    given = [
        {"name": "ids", "in": "query", "type": "array"},
        {"name": "id", "in": "path", "type": "string"},
        {"name": "X-A", "in": "header", "type": "string"},
        {"name": "f", "in": "query", "style": "deepObject"},
        {"name": "p", "in": "query", "style": "pipeDelimited"},
        {"name": "q", "in": "query", "explode": False},
    ]
    operation = plan_of(endpoints=(endpoint("Do", "/x/{id}", request={"parameters": given}),)).operations["do"]
    assert [(p.name, p.location, p.style, p.explode, p.required) for p in operation.wire.parameters] == [
        ("ids", "query", "form", True, False),
        ("id", "path", "simple", False, True),
        ("X-A", "header", "simple", False, False),
        ("f", "query", "deepObject", True, False),
        ("p", "query", "pipeDelimited", False, False),
        ("q", "query", "form", False, False),
    ]


def test_a_parameter_schema_has_all_it_says():
    """Type, bounds, enum, pattern and default are what a value must be."""
    given = {
        "name": "n", "in": "query", "type": "integer", "minimum": 1, "maximum": 9, "enum": [1, 5], "default": 5,
    }  # fmt: skip
    parameter = (
        plan_of(endpoints=(endpoint("Do", request={"parameters": [given]}),)).operations["do"].wire.parameters[0]
    )
    assert parameter.schema.json == {"type": "integer", "minimum": 1, "maximum": 9, "enum": [1, 5]}
    assert (parameter.default, parameter.has_default) == (5, True)


def test_undeclared_placeholders_are_required_path_parameters():
    """A placeholder that nothing declares must come from the caller."""
    parameters = plan_of(endpoints=(endpoint("Do", "/a/{b}/{c}"),)).operations["do"].wire.parameters
    assert [(p.name, p.location, p.required) for p in parameters] == [("b", "path", True), ("c", "path", True)]


def test_where_a_parameter_goes_is_guessed_from_the_path():
    """Without `in`, a name of the path is there, any other in the query."""
    given = [{"name": "id", "type": "string"}, {"name": "q", "type": "string"}]
    operation = plan_of(endpoints=(endpoint("Do", "/x/{id}", request={"parameters": given}),)).operations["do"]
    assert [p.location for p in operation.wire.parameters] == ["path", "query"]


@pytest.mark.parametrize(
    "header", [{"name": "Host", "value": "x"}, {"name": "A B", "value": "x"}, {"name": "X", "value": "a\r\nB: c"}]
)
def test_headers_that_cannot_be_sent_are_errors(header):
    """Names and values that would break the message, or that the transport owns, are refused."""
    assert findings_of(endpoints=(endpoint("Do", request={"headers": [header]}),)) == ["invalid-header"]


def test_bodies_have_their_codec():
    """The content type chooses the codec; the data format stands in for it."""
    for content_type, codec in (
        ("application/x-www-form-urlencoded", "form"),
        ("multipart/form-data", "multipart"),
        ("application/vnd.api+json", "json"),
        ("text/plain", "text"),
        ("application/pdf", "binary"),
    ):
        made = endpoint("Do", "/x", "POST", request={"body": {"content_type": content_type}})
        body = plan_of(endpoints=(made,)).operations["do"].wire.body
        assert (body.content_type, body.codec) == (content_type, codec)
    made = endpoint("Do", "/x", "POST", request={"body": {"schema": {"type": "object"}}})
    assert plan_of(endpoints=(made,)).operations["do"].wire.body.content_type == "application/json"
    assert plan_of(endpoints=(endpoint("Do", "/x", "POST"),)).operations["do"].wire.body is None


def test_a_content_type_header_is_the_body_s():
    """`Content-Type` among the headers is the body's type, sent once."""
    request = {"headers": [{"name": "Content-Type", "value": "application/json; v=2"}], "body": {"schema": {}}}
    operation = plan_of(endpoints=(endpoint("Do", "/x", "POST", request=request),)).operations["do"]
    assert (operation.wire.body.content_type, operation.wire.headers) == ("application/json; v=2", ())


def test_responses_have_statuses_errors_and_mode():
    """Success statuses, error answers and the validation mode land in the plan."""
    response = {
        "success": {"status": ["200", "201"], "content_type": "application/json", "schema": {"type": "object"}},
        "errors": {"429": {"retry_after": "X-Wait"}, "5XX": {"description": "down"}, "default": {}},
    }
    operation = plan_of(endpoints=(endpoint("Do", response=response),), validation={"responses": "strict"}).operations[
        "do"
    ]
    assert operation.wire.response.statuses.written == ("200", "201")
    assert [error.status for error in operation.wire.response.errors] == ["429", "5xx", "default"]
    assert operation.wire.response.errors[0].retry_after_header == "X-Wait"
    assert operation.result.validate == "strict"
    assert plan_of().operations["get_thing"].wire.response.statuses.written == ("2xx",)
    bad = endpoint("Do", response={"success": {"status": ["ok"]}, "errors": {"700": {}}})
    assert findings_of(endpoints=(bad,)) == ["invalid-status", "invalid-status"]


def test_schemas_that_do_not_compile_are_errors():
    """A schema with a broken pattern or type is told at its place."""
    broken = endpoint("Do", response={"success": {"schema": {"type": "strin"}}})
    assert findings_of(endpoints=(broken,)) == ["uncompilable-schema"]
    outside = endpoint("Do", response={"success": {"schema": {"$ref": "https://x.example/s.json"}}})
    assert findings_of(endpoints=(outside,)) == ["uncompilable-schema"]


def test_targets_are_seconds():
    """Latency targets come through."""
    operation = plan_of(endpoints=(endpoint("Do", performance={"p50": 0.08, "p99": 0.7}),)).operations["do"]
    assert (operation.targets.p50_s, operation.targets.p95_s, operation.targets.p99_s) == (0.08, None, 0.7)


@pytest.mark.parametrize(
    ("pagination", "names"),
    [
        ({"style": "cursor", "cursor_parameter": "after", "cursor_path": "data[-1].id", "items_path": "data"}, []),
        ({"cursor_parameter": "after", "cursor_path": "next"}, []),
        ({"style": "cursor"}, ["incomplete-pagination", "incomplete-pagination"]),
        ({"style": "page"}, ["incomplete-pagination"]),
        ({"style": "link", "items_path": ""}, []),
        ({"items_path": "x"}, ["incomplete-pagination"]),
        ({"style": "page", "page_parameter": "p", "items_path": "a["}, ["invalid-field-path"]),
    ],
)
def test_pagination_has_what_its_style_needs(pagination, names):
    """What the next page is found by must be there and readable."""
    assert findings_of(endpoints=(endpoint("Do", pagination=pagination),)) == names


@pytest.mark.parametrize(
    ("sections", "word"),
    [
        ({"endpoints": (endpoint("Do", grpc={"reflection": True}),)}, "gRPC"),
        ({"endpoints": (endpoint("Do", graphql={"document": "{ a }"}),)}, "GraphQL"),
        ({"endpoints": (endpoint("Do", websocket={}),)}, "WebSocket"),
        ({"endpoints": (endpoint("Do"),), "integration_type": {"protocol": "WebSocket"}}, "WebSocket"),
    ],
)
def test_what_cannot_be_called_says_why(sections, word):
    """Operations of other protocols are in the plan, refused with one reason, and listed as not enforced."""
    result = compiled(spec(**sections))
    assert word in result.plan.operations["do"].unsupported
    assert [finding.name for finding in result.diagnostics] == ["unsupported-feature"]
    assert any("refused" in item.why for item in result.plan.not_enforced)


def test_what_is_called_in_part_says_what_is_left_out():
    """XML, event streams and asynchronous jobs are called, and the plan says what is not done."""
    plan = plan_of(
        endpoints=(
            endpoint("Feed", streaming="sse"),
            endpoint("Job", asynchronous={"poll_every": "2s"}),
            endpoint("Xml", "/x", "POST", request={"body": {"content_type": "application/xml"}}),
        )
    )
    assert all(operation.unsupported is None for operation in plan.operations.values())
    assert [item.what for item in plan.not_enforced] == [
        "streaming sse of feed",
        "asynchronous of job",
        "XML body of xml",
    ]


def test_life_cycle_is_warned_of():
    """A draft in production, a deprecated and a retired spec say so in the plan."""
    production = {"environments": {"production": "https://a.example"}}
    draft = compiled(spec(front_matter={"status": "draft"}, service=production), environment="production").plan
    assert draft.warnings
    assert plan_of(front_matter={"status": "deprecated"}).warnings
    assert plan_of(front_matter={"status": "retired"}).status == "retired"
    assert plan_of().status == "draft"


def test_identity_of_the_plan():
    """Id, service and title come from the front matter, else from what names the service."""
    plan = plan_of(front_matter={"id": "INT-7", "name": "Acme Pay", "service": "Acme Pay"})
    assert (plan.id, plan.service, plan.title, str(plan.key)) == ("INT-7", "acme-pay", "Acme Pay", "INT-7@default")
    assert plan_of(service={"name": "made", "base_url": "https://a.example"}).id == "made"


@pytest.mark.parametrize(
    ("data_format", "success", "expected"),
    [
        (None, {}, ()),
        (None, {"schema": {"type": "object"}}, ("application/json",)),
        ("JSON", {}, ()),
        ("XML", {"schema": {"type": "object"}}, ("application/xml",)),
        ("Binary", {"schema": {"type": "string"}}, ("application/octet-stream",)),
        ("Binary", {"content_type": "image/*"}, ("image/*",)),
        ("JSON", {"content_type": "*/*", "schema": {"type": "object"}}, ("*/*",)),
        (None, {"content_type": "application/x-amz-json-1.1", "schema": {}}, ("application/x-amz-json-1.1",)),
    ],
)
def test_an_answer_promises_a_media_type_where_the_spec_describes_it(data_format, success, expected):
    """What it declares, else the data format where it has a schema; nothing where it says nothing."""
    sections = {"integration_type": {"data_format": data_format}} if data_format else {}
    plan = plan_of(endpoints=(endpoint("Get", response={"success": {"status": [200], **success}}),), **sections)
    assert expected_types(plan.operations["get"]) == expected


def test_a_stream_promises_its_own_type_or_the_declared_one():
    """Events come as events, or as what the endpoint says."""
    declared = {"success": {"content_type": "application/json"}}
    made = plan_of(endpoints=(endpoint("A", streaming="sse"), endpoint("B", streaming="ndjson", response=declared)))
    assert expected_types(made.operations["a"]) == ("text/event-stream",)
    assert expected_types(made.operations["b"]) == ("application/x-ndjson", "application/json")
