"""Bodies that the mock takes and gives: any media type of one structure, charsets of the web, and none beyond bounds."""

from __future__ import annotations

import json

import pytest

from intertie.core.media_types import agree
from intertie.mockserver.profiles import Behaviour, ForcedAnswer, Profile
from intertie.mockserver.wires.rest.multipart import UnreadableBody, read_parts
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.expected_types import expected_types
from intertie.runtime.wires.rest.plan import BodyPlan
from support.changing import answers_of
from support.mock_plans import Bench, header, operation, plan

RECURSIVE = {
    "$ref": "#/$defs/T",
    "$defs": {"T": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/T"}}, {"type": "string"}]}},
}
OBJECT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}


def taking(content_type, codec, schema=None) -> Bench:
    """A mock whose one operation takes a body."""
    body = BodyPlan(content_type, codec, CompiledSchema(schema) if schema is not None else None, required=True)
    return Bench(plan(operation("put_it", "POST", "/x", body=body)))


def detail(reply) -> str:
    return json.loads(reply.body)["detail"]


@pytest.mark.parametrize(
    ("declared", "codec", "content_type", "body"),
    [
        ("application/json", "json", "application/x-amz-json-1.1", b'{"a": "1"}'),
        ("application/x-amz-json-1.1", "json", "text/json", b'{"a": "1"}'),
        ("application/json", "json", "application/json; charset=utf-16", '{"a": "ö"}'.encode("utf-16")),
        ("application/json", "json", "application/json", b'\xef\xbb\xbf{"a": "1"}'),
        ("application/xml", "xml", "text/xml", b"<x><a>1</a></x>"),
        ("application/soap+xml", "xml", "application/xml", b"<x><a>1</a></x>"),
        ("application/x-www-form-urlencoded", "form", "application/x-www-form-urlencoded; charset=latin1", b"a=\xf6"),
    ],
)
def test_one_structure_is_one_media_type(declared, codec, content_type, body):
    """What the client would agree on, the mock does."""
    assert taking(declared, codec, OBJECT).ask("POST", "/x", body=body, content_type=content_type).status == 200


@pytest.mark.parametrize("content_type", ["text/html", "json", "*/*", "text/plain", "application/octet-stream"])
def test_another_media_type_is_a_415(content_type):
    """A request says what it is: a word that is no media type is none."""
    reply = taking("application/json", "json").ask("POST", "/x", body=b"{}", content_type=content_type)
    assert reply.status == 415


@pytest.mark.parametrize(
    ("codec", "content_type", "body", "says"),
    [
        ("json", "application/json", b"[" * 500 + b"]" * 500, "nested more than 200 deep"),
        ("json", "application/json", b"[" + b"[]," * 700_000 + b"[]]", "more than 1,000,000 values"),
        ("json", "application/json; charset=punycode", b"[]", "`punycode` is not one that the web uses"),
        ("json", "application/json", b'"\xff"', "it is no JSON"),
        ("json", "application/json", b"1" * 100_000, "it is no JSON"),
        ("form", "application/x-www-form-urlencoded", b"a=1&" * 10_000, "more than 10,000 fields"),
        ("form", "application/x-www-form-urlencoded", b"a[b][c][d][e]=1&" * 9_000, "more than 30,000 nested names"),
        ("form", "application/x-www-form-urlencoded; charset=idna", b"a=1", "`idna` is not one"),
        ("multipart", "multipart/form-data; boundary=b", b"\r\n--b" * 10_001, "more than 10,000 parts"),
        ("multipart", "multipart/form-data", b"--b\r\n", "names no boundary"),
        ("xml", "application/xml", b"<a>" * 500 + b"</a>" * 500, "nested more than 200 deep"),
        ("xml", "application/xml", b"<a>" + b"<b/>" * 400_001 + b"</a>", "more than 200,000 elements"),
        ("xml", "application/xml", b'<?xml version="1.0" encoding="undefined"?><a>1</a>', "no well-formed XML"),
        ("text", "text/plain; charset=undefined", b"x", "`undefined` is not one"),
        ("text", "text/plain", b"\xff", "its bytes are no utf-8"),
    ],
)
def test_a_body_beyond_the_bounds_is_a_400(codec, content_type, body, says):
    """Never a 500, whatever the schema; the detail says which bound."""
    reply = taking(content_type.partition(";")[0], codec, RECURSIVE).ask(
        "POST", "/x", body=body, content_type=content_type
    )
    assert reply.status == 400
    assert says in detail(reply)


def test_odd_form_names_are_names():
    """Digits that are no index, indices without end, brackets without end."""
    form = "application/x-www-form-urlencoded"
    for body in ("a[²]=1", "a[" + "9" * 5000 + "]=1", "a" + "[b]" * 100_000 + "=1", "a[]=1&a[b]=2&a=3"):
        assert (
            taking(form, "form", {"type": "object"}).ask("POST", "/x", body=body.encode(), content_type=form).status
            == 200
        )


def test_bytes_are_judged_as_bytes():
    """The length is counted in octets; any bytes are a binary body."""
    bench = taking("image/png", "binary", {"type": "string", "format": "binary", "maxLength": 4})
    assert bench.ask("POST", "/x", body=b"\x89PNG", content_type="image/png").status == 200
    reply = bench.ask("POST", "/x", body=b"\x89PNG\r", content_type="image/png")
    assert reply.status == 400
    assert "maxLength 4" in detail(reply)


@pytest.mark.parametrize(
    ("content_type", "codec", "schema"),
    [
        ("image/png", "binary", {"type": "string", "format": "binary"}),
        ("application/octet-stream", "binary", {"type": "object", "properties": {"a": {"type": "string"}}}),
        ("image/*", "binary", {"type": "string", "minLength": 3}),
        ("*/*", "json", {"type": "object"}),
        (None, "binary", {"type": "string", "format": "binary"}),
        (None, "json", {"type": "object"}),
        ("application/vnd.api+json", "json", {"type": "object"}),
        ("multipart/mixed", "multipart", {"type": "string"}),
    ],
)
def test_what_the_mock_gives_is_what_its_client_takes(content_type, codec, schema):
    """Binary answers are served for any schema, and under a type that can stand on a message."""
    made = answers_of(["200"], content_type, codec, CompiledSchema(schema))
    op = operation("get_it", "GET", "/x", response=made)
    reply = Bench(plan(op)).ask("GET", "/x")
    assert (reply.status, bool(reply.body)) == (200, True)
    sent = header(reply, "Content-Type")
    assert "*" not in sent
    assert all(agree(each, sent) for each in expected_types(op))


@pytest.mark.parametrize(
    ("declared", "codec", "body", "sent"),
    [
        ("application/json", "json", "<html>down</html>", "text/plain; charset=utf-8"),
        ("application/vnd.api+json", "json", {"a": 1}, "application/vnd.api+json"),
        ("text/csv", "text", "a,b", "text/csv"),
        ("text/csv", "text", {"a": 1}, "application/json"),
    ],
)
def test_a_forced_body_has_the_declared_type_where_it_can_be_of_it(declared, codec, body, sent):
    """A text in the place of JSON is what it looks like: a broken service."""
    made = answers_of(["200"], declared, codec, None)
    forced = Profile("forced", Behaviour(responses=(ForcedAnswer(status=200, body=body, has_body=True),)))
    reply = Bench(plan(operation("get_it", "GET", "/x", response=made)), profile=forced).ask("GET", "/x")
    assert header(reply, "Content-Type") == sent


@pytest.mark.parametrize(
    ("content_type", "body", "parts"),
    [
        (
            'multipart/form-data; boundary="a b"',
            b'--a b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--a b--\r\n',
            [("x", b"1")],
        ),
        (
            "multipart/form-data; charset=utf-8; boundary=b",
            (
                b'preamble\r\n--b\r\ncontent-type: text/plain\r\nCONTENT-DISPOSITION: form-data; name=x; filename="f"\r\n\r\n'
                b"a --b within a line\r\n--b--\r\nepilogue --b"
            ),
            [("x", b"a --b within a line")],
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\nContent-Disposition: form-data; name="a\\"b%22c"\n\none\ntwo\n--b\nX: y\n\nnameless\n--b--',
            [('a"b"c', b"one\ntwo")],
        ),
    ],
)
def test_parts_are_split_at_their_boundary(content_type, body, parts):
    """With a preamble, an epilogue, line feeds alone, quotes in names; a part without a name is no field."""
    assert read_parts(content_type, body) == parts


def test_a_boundary_that_does_not_occur_is_told():
    """Nothing of the body is quoted."""
    with pytest.raises(UnreadableBody, match="does not occur"):
        read_parts("multipart/form-data; boundary=b", b"s3cret")


def test_declared_errors_follow_their_media_type():
    """An AWS error is JSON, one in XML is XML."""
    from intertie.runtime.wires.rest.plan import ErrorAnswerPlan

    for content_type, begins in (("application/x-amz-json-1.1", b"{"), ("application/soap+xml", b"<")):
        error = ErrorAnswerPlan("404", "No such thing", CompiledSchema(OBJECT), None, content_type)
        made = answers_of(errors=(error,))
        forced = Profile("forced", Behaviour(responses=(ForcedAnswer(status=404),)))
        reply = Bench(plan(operation("get_it", "GET", "/x", response=made)), profile=forced).ask("GET", "/x")
        assert (header(reply, "Content-Type"), reply.body[:1]) == (content_type, begins)
