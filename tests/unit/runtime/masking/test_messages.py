"""Answers as people may see them."""

from __future__ import annotations

from intertie.runtime.http import Headers, Response
from intertie.runtime.masking import Masker
from intertie.runtime.masking.messages import MOST_FIELDS, body_text, shown_fields, shown_response
from intertie.runtime.plan import LoggingOptions

MASKER = Masker(LoggingOptions())


def test_a_repeated_header_stands_in_one_text():
    """Its values in their order; the others as they are."""
    headers = Headers.of([("Vary", "a"), ("X-One", "1"), ("Vary", "b")])
    shown = shown_response(Response(200, headers, b"{}"), MASKER)
    assert shown.fields() == {"vary": "a, b", "x-one": "1"}
    assert shown.as_json() == {"status": 200, "headers": {"vary": "a, b", "x-one": "1"}, "body": "{}", "body_bytes": 2}


def test_many_headers_are_counted_and_not_shown():
    """As many as are allowed are shown, of more the first ones and how many there are."""
    fields = [(f"X-{number}", "v") for number in range(MOST_FIELDS + 2)]
    assert shown_fields(fields[:MOST_FIELDS], MASKER) == tuple(fields[:MOST_FIELDS])
    assert shown_fields(fields, MASKER) == (*fields[:MOST_FIELDS], ("…", "2 more"))


def test_large_json_is_shown_as_the_text_that_it_is():
    """Reading it to mask it field by field is for small bodies; the others are masked as text, by what stands in them."""
    small = b'{"a":[1],   "password": "p"}'
    assert body_text(small, MASKER, indent=-1) == '{"a":[1],"password":"••••"}'
    for large in (small[:-1] + b',   "b":"%s"}' % (b"x" * 70_000), small[:-1] + b',   "b":[%s1]}' % (b"1," * 20_000)):
        text = body_text(large, MASKER, indent=-1)
        assert text.startswith('{"a":[1],   "password": "••••",   "b":')
    assert body_text(b"\xff\xfe", MASKER) == "(2 bytes that are not text)"
