"""Bodies of answers as data."""

from __future__ import annotations

import pytest

from intertie.core.errors import InvalidResponse, Reach
from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions
from intertie.runtime.wires.rest.responses import ResponseReader
from intertie.runtime.wires.rest.unexpected_type import UnexpectedTypeError
from support.mapped_operations import answer, answer_plan, operation_plan


def decode(body, content_type, codec="json", declared=None, schema=None):
    response = answer_plan(schema, codec=codec, content_type=declared)
    reader = ResponseReader(operation_plan(response=response), ErrorMappingOptions())
    return reader.decode(answer(body, content_type))


@pytest.mark.parametrize(
    ("body", "content_type", "codec", "data"),
    [
        (b'{"a": 1.5}', "application/json", "json", {"a": 1.5}),
        (b'{"a": 1}', "application/vnd.api+json; charset=utf-8", "binary", {"a": 1}),
        (b'{"a": 1}', None, "json", {"a": 1}),
        (b'{"a": 1}', "text/plain", "json", {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', "application/json", "json", {"a": 1}),
        ('{"a": "ö"}'.encode("iso-8859-1"), "application/json; charset=ISO-8859-1", "json", {"a": "ö"}),
        ('{"a": 1}'.encode("utf-16"), "application/json; charset=utf-16", "json", {"a": 1}),
        (b"<html>down</html>", "text/html", "json", "<html>down</html>"),
        (b"ok", "text/plain", "json", "ok"),
        (b"a=1&b=&a=2&c=%C3%B6+x", "application/x-www-form-urlencoded", "json", {"a": ["1", "2"], "b": "", "c": "ö x"}),
        (b"<a/>", "application/soap+xml", "json", "<a/>"),
        ("ö".encode("latin-1"), "text/csv; charset=latin-1", "text", "ö"),
        (b"\x89PNG", "image/png", "json", b"\x89PNG"),
        (b"\x00\xff", "application/octet-stream", "binary", b"\x00\xff"),
        (b"\x00\xff", None, "binary", b"\x00\xff"),
        (b"hello", None, "text", "hello"),
        (b'{"a": 1}', "application/x-amz-json-1.1", "binary", {"a": 1}),
        (b'{"a": 1}', "text/json", "binary", {"a": 1}),
        (b"a: 1", "application/yaml", "json", "a: 1"),
        (b"--x--", "multipart/mixed; boundary=x", "json", b"--x--"),
        ('{"a": "ö"}'.encode("utf-16"), "application/json", "json", {"a": "ö"}),
        ("кот".encode("koi8-r"), "text/plain; charset=KOI8-R", "text", "кот"),
        ("猫".encode("cp932"), 'text/plain; charset="Shift_JIS"', "text", "猫"),
        (b"\x80 \x81", "text/plain; charset=iso-8859-1", "text", "€ \x81"),
        (b'{"a": 1}\n{"a": 2}', "application/x-ndjson", "json", '{"a": 1}\n{"a": 2}'),
        (b"", "application/json", "json", None),
        (b"null", "application/json", "json", None),
    ],
)
def test_where_nothing_is_promised_the_type_that_came_decides(body, content_type, codec, data):
    """JSON, forms, text, XML and bytes, in the charset that is named."""
    assert decode(body, content_type, codec) == data


@pytest.mark.parametrize(
    ("body", "content_type", "says"),
    [
        (b"{s3cret", "application/json", r"op: the answer \(application/json\) can't be read as JSON"),
        (b"s3cret", None, "op: the answer can't be read as JSON"),
        (b"[" * 100_000, "application/json", "JSON"),
        (b'{"a": "\xff"}', "application/json", "JSON"),
        (b"{}", "application/json; charset=s3cret", "the charset `s3cret` is not one that the web uses"),
        (b"{}", "application/json; charset=punycode", "the charset `punycode` is not one that the web uses"),
        (b"\xff\xfe\xff", "text/plain; charset=utf-8", "read as text: its bytes are no utf-8"),
        (b"s3cret", "text/csv; charset=nope", "the charset `nope`"),
        (b"s3cret", "text/csv; charset=undefined", "the charset `undefined`"),
        (b"s3cret", "text/csv; charset=idna", "the charset `idna`"),
        (b"\xff", "text/plain; charset=iso-2022-jp", "its bytes are no iso-2022-jp"),
        (b"[" * 201 + b"]" * 201, "application/json", "nested more than 200 deep"),
        (b"[" + b"[]," * 700_000 + b"[]]", "application/json", "more than 1,000,000 values"),
        (b"a=1&" * 10_000, "application/x-www-form-urlencoded", "as a form: it has more than 10,000 fields"),
        (b"a=" + b"%41" * 500_001, "application/x-www-form-urlencoded", "as a form: it has more than 500,000 escapes"),
        (b"1" * 100_000, "application/json", "JSON"),
        (b"[NaN]", "application/json", "JSON"),
        (b'"\\ud800"', "application/json", "JSON"),
        ("[]".encode("utf-16-le"), "application/json", "JSON"),
    ],
)
def test_what_is_not_what_it_says_is_an_invalid_response(body, content_type, says):
    """The error names operation and media type, never a part of the body."""
    with pytest.raises(InvalidResponse, match=says) as refused:
        decode(body, content_type, "json" if content_type != "text/plain; charset=utf-8" else "text")
    error = refused.value
    assert "s3cret" not in str(error).partition("charset")[0]
    assert (error.path, error.operation, error.reached) == ("$", "op", Reach.YES)


@pytest.mark.parametrize(
    ("declared", "codec", "content_type", "body", "data"),
    [
        ("application/json", "json", "application/vnd.api+json; charset=utf-8", b"[1]", [1]),
        ("application/json", "json", "text/json", b"[1]", [1]),
        ("application/json", "json", None, b"[1]", [1]),
        ("application/json", "json", "no media type", b"[1]", [1]),
        ("application/x-amz-json-1.1", "json", "application/json", b"[1]", [1]),
        ("text/plain", "text", "text/plain; charset=latin1", b"\xf6", "ö"),
        ("image/*", "binary", "image/svg+xml", b"<svg/>", b"<svg/>"),
        ("application/octet-stream", "binary", "application/json", b"[1]", b"[1]"),
        ("application/pdf", "binary", "binary/octet-stream", b"%PDF", b"%PDF"),
        ("multipart/mixed; boundary=x", "multipart", "multipart/mixed; boundary=y", b"--y--", b"--y--"),
        ("*/*", "json", "text/html", b"<p>", "<p>"),
        ("*/*", "json", "text/html", b"[1]", [1]),
    ],
)
def test_a_type_that_agrees_is_read_as_the_declared_one(declared, codec, content_type, body, data):
    """Parameters, suffixes and an absent type make no difference; bytes that were promised stay bytes."""
    assert decode(body, content_type, codec, declared) == data


@pytest.mark.parametrize(
    ("declared", "codec", "content_type"),
    [
        ("application/json", "json", "text/html; charset=utf-8"),
        ("application/json", "json", "text/plain"),
        ("application/json", "json", "application/octet-stream"),
        ("application/xml", "text", "application/xhtml+xml"),
        ("text/plain", "text", "text/html"),
        ("application/octet-stream", "binary", "text/html"),
        ("image/*", "binary", "text/html"),
        ("application/*", "json", "text/html"),
    ],
)
def test_another_type_is_never_a_success(declared, codec, content_type):
    """The reader refuses it before a byte is decoded; an empty body has no type."""
    with pytest.raises(UnexpectedTypeError, match="and the spec declares"):
        decode(b"<html>", content_type, codec, declared)
    assert decode(b"", content_type, codec, declared) is None


def test_a_schema_promises_the_data_format():
    """Without `content_type` a schema or a mapping still says that data comes; without either nothing is promised."""
    with pytest.raises(UnexpectedTypeError, match="`text/html`, and the spec declares `application/json`"):
        decode(b"<html>", "text/html", schema={"type": "object"})
    assert decode(b"<html>", "text/html") == "<html>"


def test_a_content_type_from_outside_is_cut_and_escaped():
    """A header may hold sixty thousand characters, and some that a terminal obeys."""
    with pytest.raises(UnexpectedTypeError) as refused:
        decode(b"x", "text/" + "a" * 10_000, declared="application/json")
    assert len(str(refused.value)) < 300


def test_remembered_content_types_are_bounded():
    """A server that names another boundary or charset each time fills no memory."""
    response = answer_plan(content_type="application/json")
    reader = ResponseReader(operation_plan(response=response), ErrorMappingOptions())
    for number in range(1000):
        reader.decode(answer(b"1", f"application/json; v={number}"))
    assert len(reader._readings) <= 64
