"""Media types by their structure."""

from __future__ import annotations

import pytest

from intertie.core.media_types import agree, codec_of, concrete, covers_anything


@pytest.mark.parametrize(
    ("codec", "types"),
    [
        (
            "json",
            (
                "application/json text/json application/x-json application/problem+json application/vnd.a.b-c+json;v=1 "
                "application/x-amz-json-1.0 application/x-amz-json-1.1 APPLICATION/JSON text/javascript"
            ),
        ),
        ("xml", "application/xml text/xml application/soap+xml image/svg+xml"),
        ("form", "application/x-www-form-urlencoded"),
        ("multipart", "multipart/form-data;boundary=x multipart/mixed"),
        (
            "text",
            (
                "text/plain text/csv text/html application/xhtml+xml application/yaml text/x-yaml application/x-ndjson "
                "application/jsonl application/json-seq application/geo+json-seq text/*"
            ),
        ),
        ("binary", "image/png application/pdf application/octet-stream application/bson application/ubjson image/*"),
        ("", "*/* application/* json utf-8 / text/ /json"),
    ],
)
def test_a_codec_follows_from_the_structure(codec, types):
    """Suffixes, versions and `x-` make no other format."""
    assert {each: codec_of(each) for each in types.split()} == dict.fromkeys(types.split(), codec)


@pytest.mark.parametrize(
    ("declared", "received"),
    [
        ("application/json", ""),
        ("application/json", "application/problem+json"),
        ("application/json; charset=utf-8", "Application/JSON"),
        ("application/x-amz-json-1.1", "application/x-amz-json-1.0"),
        ("application/xml", "text/xml; charset=latin1"),
        ("application/yaml", "text/x-yaml"),
        ("application/x-ndjson", "application/jsonl"),
        ("application/gzip", "application/x-gzip"),
        ("image/jpeg", "image/jpg"),
        ("image/*", "image/svg+xml"),
        ("text/*", "text/html"),
        ("application/*", "application/xhtml+xml"),
        ("*/*", "text/html"),
        ("nonsense", "text/html"),
        ("application/octet-stream", "image/png"),
        ("application/zip", "application/octet-stream"),
        ("multipart/mixed; boundary=a", "multipart/mixed; boundary=b"),
    ],
)
def test_these_agree(declared, received):
    """What differs by name alone is one media type."""
    assert agree(declared, received)


@pytest.mark.parametrize(
    ("declared", "received"),
    [
        ("application/json", "text/html"),
        ("application/json", "text/plain"),
        ("application/json", "application/x-ndjson"),
        ("application/json", "application/octet-stream"),
        ("application/json", "application/xml"),
        ("application/xml", "application/xhtml+xml"),
        ("text/plain", "text/html"),
        ("text/csv", "text/plain"),
        ("text/csv", "application/octet-stream"),
        ("image/*", "text/html"),
        ("application/*", "text/html"),
        ("image/png", "image/jpeg"),
        ("application/octet-stream", "text/html; charset=utf-8"),
        ("application/octet-stream", "application/xhtml+xml"),
        ("multipart/mixed", "multipart/form-data"),
    ],
)
def test_these_differ(declared, received):
    """A page of a proxy is no answer, whatever was promised."""
    assert not agree(declared, received)


@pytest.mark.parametrize("declared", [None, "*/*", "application/*", "image/*", "text/*", "font/*", "x/*", "a/b; c=d"])
@pytest.mark.parametrize("codec", ["json", "text", "binary", "form", "multipart"])
def test_what_the_mock_sends_is_what_the_client_takes(declared, codec):
    """A wildcard can't stand on a message; a type that it covers can."""
    sent = concrete(declared, codec)
    assert not covers_anything(sent)
    assert "*" not in sent
    assert declared is None or agree(declared, sent) or declared == "application/*"
