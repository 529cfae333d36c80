"""Bodies of answers as data."""

from __future__ import annotations

import pytest

from intertie.core.errors import InvalidResponse, Reach
from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions
from intertie.runtime.responses import ResponseReader
from support.mapped_operations import answer, answer_plan, operation_plan


def decode(body, content_type, codec="json"):
    reader = ResponseReader(operation_plan(response=answer_plan(codec=codec)), ErrorMappingOptions())
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
        (b'{"a": 1}\n{"a": 2}', "application/x-ndjson", "json", '{"a": 1}\n{"a": 2}'),
        (b"", "application/json", "json", None),
        (b"null", "application/json", "json", None),
    ],
)
def test_the_media_type_that_came_decides_else_the_declared_one(body, content_type, codec, data):
    """JSON, forms, text, XML and bytes, in the charset that is named."""
    assert decode(body, content_type, codec) == data


@pytest.mark.parametrize(
    ("body", "content_type", "says"),
    [
        (b"{s3cret", "application/json", r"op: the answer \(application/json\) can't be read as JSON"),
        (b"s3cret", None, "op: the answer can't be read as JSON"),
        (b"[" * 100_000, "application/json", "JSON"),
        (b'{"a": "\xff"}', "application/json", "JSON"),
        (b"{}", "application/json; charset=s3cret", "charset does not fit"),
        (b"\xff\xfe\xff", "text/plain; charset=utf-8", "read as text"),
        (b"s3cret", "text/csv; charset=nope", "charset does not fit"),
    ],
)
def test_what_is_not_what_it_says_is_an_invalid_response(body, content_type, says):
    """The error names operation and media type, never a part of the body."""
    with pytest.raises(InvalidResponse, match=says) as refused:
        decode(body, content_type, "json" if content_type != "text/plain; charset=utf-8" else "text")
    error = refused.value
    assert "s3cret" not in str(error).partition("charset")[0]
    assert (error.path, error.operation, error.reached) == ("$", "op", Reach.YES)
