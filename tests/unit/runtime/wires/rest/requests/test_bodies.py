"""Bodies: validated before anything is sent, and written by their media type."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.core.errors import InvalidInput
from intertie.core.secret import Secret
from intertie.runtime.streams import Upload
from support.mapped_operations import UUID, body_plan, build, mapping_row, operation_plan

CHARGE = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "integer", "minimum": 1},
        "currency": {"type": "string", "pattern": "^[a-z]{3}$"},
        "price": {"type": "number"},
        "note": {"type": ["string", "null"]},
        "address": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
    },
}
GOOD = {"amount": 5, "currency": "eur"}


def post(content_type="application/json", schema=None, *, required=True, **parts):
    return operation_plan("POST", body=body_plan(content_type, schema, required=required), **parts)


def refused(operation, fields, **known):
    with pytest.raises(InvalidInput) as error:
        build(operation, fields, **known)
    assert "s3cret" not in str(error.value)
    return error.value


class TestJson:
    """JSON bodies."""

    def test_values_are_written_exactly(self):
        """Decimals keep their digits, instants are ISO 8601, sequences are lists."""
        fields = {
            "d": Decimal("0.10"), "big": Decimal("12345678901234567890.12"), "at": datetime(2026, 1, 1, tzinfo=UTC),
            "day": date(2026, 1, 2), "u": uuid5(NAMESPACE_URL, "x"), "t": (1, 2), "n": None, "deep": {"x": [Decimal(1)]}, "i": 2**63,
        }  # fmt: skip
        assert build(post(), fields).body == (
            b'{"d":0.10,"big":12345678901234567890.12,"at":"2026-01-01T00:00:00Z","day":"2026-01-02",'
            b'"u":"4cd605e7-afa2-5360-b5b9-c5e9fb5c76f4","t":[1,2],"n":null,"deep":{"x":[1]},"i":9223372036854775808}'
        )

    @pytest.mark.parametrize("schema", [None, {"type": "object"}, {"type": "object", "properties": {"price": {}}}])
    def test_numbers_of_a_subclass_are_written_as_numbers(self, schema):
        """Scientific libraries have floats and decimals of their own."""

        class Float(float):
            pass

        class Exact(Decimal):
            pass

        fields = {"price": Float(1.5), "exact": Exact("1.10"), "list": [Float(2)]}
        assert build(post(schema=schema), fields).body == b'{"price":1.5,"exact":1.10,"list":[2.0]}'

    @pytest.mark.parametrize("schema", [{"type": "array"}, {"type": "array", "items": {"additionalProperties": {}}}])
    def test_keys_of_a_subclass_are_written_as_texts(self, schema):
        """The text counts, not what its class makes of it."""

        class Name(str):
            __slots__ = ()

            def __str__(self) -> str:
                return "another"

        assert build(post(schema=schema), {"body": [{Name("a"): 1, "b": {}}]}).body == b'[{"a":1,"b":{}}]'

    @pytest.mark.parametrize(
        ("fields", "field", "says"),
        [
            ({"amount": 5}, "currency", "is required"),
            ({**GOOD, "address": {}}, "address.city", "is required"),
            ({**GOOD, "amount": 0}, "amount", "must be at least 1"),
            ({**GOOD, "amount": "s3cret"}, "amount", "must be of type integer"),
            ({**GOOD, "currency": "s3cret"}, "currency", "must match the pattern"),
            ({**GOOD, "lines": [{"n": 1}, {"n": "s3cret"}]}, "lines[1].n", "must be of type integer"),
            ({**GOOD, "price": float("nan")}, "price", "must be a finite number"),
            ({**GOOD, "x": {"y": [float("inf")]}}, "x.y[0]", "must be a finite number"),
            ({**GOOD, "x": {5: 1}}, "x", "must have text keys"),
            ({**GOOD, "x": object()}, "x", "can't be a object"),
            ({**GOOD, "x": b"s3cret"}, "x", "can't be a bytes"),
            ({**GOOD, "x": Secret("s3cret")}, "x", "is a secret"),
            ({**GOOD, "x": timedelta(1)}, "x", "is a duration"),
            ({**GOOD, "x": "\ud800"}, "", "can't be written as application/json"),
            ({**GOOD, "currency": 5}, "currency", "must be of type string"),
        ],
    )
    def test_what_breaks_the_schema_is_refused(self, fields, field, says):
        """Nothing is made of a body that the service would refuse; field and rule are named, the value never."""
        error = refused(post(schema=CHARGE), fields)
        assert error.field == field
        assert says in str(error)

    def test_a_bottomless_value_is_refused(self):
        """A value that is nested too deeply, or holds itself, is an error and no crash."""
        loop: dict[str, object] = {}
        loop["x"] = loop
        assert "nested more than" in str(refused(post(), {"a": loop}))

    def test_texts_of_a_command_line_are_read(self):
        """`amount=5` is 5 where the schema says integer; a decimal becomes text where it says text."""
        fields = {"amount": "5", "currency": "eur", "price": "2.50", "lines": [{"n": "1"}]}
        assert (
            build(post(schema=CHARGE), fields).body == b'{"amount":5,"currency":"eur","price":2.50,"lines":[{"n":1}]}'
        )
        schema = {"type": "object", "properties": {"total": {"type": "string"}}}
        assert build(post(schema=schema), {"total": Decimal("1.50")}).body == b'{"total":"1.50"}'

    def test_a_violation_is_named_as_the_caller_knows_it(self):
        """The internal name comes first, the external in brackets."""
        rows = (mapping_row("total", "amount"), mapping_row("iso", "currency"), mapping_row("ship", "address"))
        operation = post(schema=CHARGE, outbound=rows)
        error = refused(operation, {"total": 0, "iso": "eur"})
        assert error.field == "total"
        assert str(error) == "op: `total` (sent as `amount`) must be at least 1"
        assert refused(operation, {"total": 1}).field == "iso"
        assert refused(operation, {"total": 1, "iso": "eur", "ship": {"city": 5}}).field == "ship.city"

    def test_an_optional_body_is_sent_only_when_something_is_in_it(self):
        """Without fields there is no body, unless it is required."""
        assert build(post(required=False), {}).body is None
        assert build(post(), {}).body == b"{}"
        assert refused(post(schema=CHARGE), {}).field == "amount"

    def test_the_input_is_never_changed(self):
        """Building leaves the caller's objects as they are."""
        lines = [{"n": "1"}]
        fields = {"amount": "5", "currency": "eur", "lines": lines}
        build(post(schema=CHARGE), fields)
        assert fields == {"amount": "5", "currency": "eur", "lines": [{"n": "1"}]}
        assert fields["lines"] is lines

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**63), 2**63)
            | st.text()
            | st.floats(allow_nan=False, allow_infinity=False),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=20,
        )
    )
    @settings(deadline=None, max_examples=60)
    def test_any_json_passes_unchanged(self, value):
        """What JSON can say arrives as it was given."""
        try:
            body = build(post(), {"value": value}).body
        except InvalidInput as error:
            assert "can't be written" in str(error)  # noqa: PT017  # half surrogates
            return
        assert json.loads(body) == {"value": value}


class TestForms:
    """`application/x-www-form-urlencoded`."""

    FORM = "application/x-www-form-urlencoded"

    def test_nested_members_have_brackets(self):
        """Objects, lists, lists of objects, nulls, booleans."""
        fields = {
            "amount": 1250, "currency": "eur", "metadata": {"order id": "o&1"}, "expand": ["a", "b"],
            "items": [{"n": 1}, {"n": 2}], "note": None, "capture": True, "empty": [], "price": Decimal("1.50"),
        }  # fmt: skip
        body = build(post(self.FORM), fields).body
        assert parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True) == [
            ("amount", "1250"), ("currency", "eur"), ("metadata[order id]", "o&1"), ("expand[]", "a"), ("expand[]", "b"),
            ("items[0][n]", "1"), ("items[1][n]", "2"), ("note", ""), ("capture", "true"), ("price", "1.50"),
        ]  # fmt: skip

    def test_texts_are_as_good_as_numbers(self):
        """A form has texts only, so each is read as its schema says before it is validated."""
        assert build(post(self.FORM, CHARGE), {"amount": "5", "currency": "eur"}).body == b"amount=5&currency=eur"
        assert refused(post(self.FORM, CHARGE), {"amount": "0", "currency": "eur"}).field == "amount"
        schema = {
            "type": "object",
            "properties": {"metadata": {"type": "object", "additionalProperties": {"type": "string"}}},
        }
        assert build(post(self.FORM, schema), {"metadata": {"a": "1"}}).body == b"metadata%5Ba%5D=1"

    @given(st.dictionaries(st.text(min_size=1), st.text(), max_size=5))
    @settings(deadline=None, max_examples=60)
    def test_any_text_arrives(self, fields):
        """Names and values come out as they went in."""
        names = {name: value for name, value in fields.items() if "[" not in name}
        try:
            body = build(post(self.FORM), names).body
        except InvalidInput:
            return
        assert parse_qsl(body.decode("ascii"), keep_blank_values=True) == list(names.items())


class TestMultipart:
    """`multipart/form-data`."""

    MULTIPART = "multipart/form-data"

    def test_files_texts_and_objects(self):
        """Files keep name and type, texts are plain, objects are JSON parts, lists are several parts."""
        fields = {
            "file": ('a"b\r\n.txt', b"\x00\xff", "text/plain"), "raw": b"x", "kind": "photo", "meta": {"a": 1},
            "tags": ["a", "b"], "docs": [("1.txt", b"1"), b"2"],
        }  # fmt: skip
        request = build(post(self.MULTIPART), fields)
        assert ("Content-Type", f"multipart/form-data; boundary=intertie-{UUID}") in request.headers
        assert b"Content-Type" not in request.static_head
        boundary = f"--intertie-{UUID}".encode()
        parts = request.body.split(boundary + b"\r\n")[1:]
        assert request.body.endswith(boundary + b"--\r\n")
        assert parts[0] == (
            b'Content-Disposition: form-data; name="file"; filename="a%22b%0D%0A.txt"\r\nContent-Type: text/plain\r\n\r\n\x00\xff\r\n'
        )
        assert parts[1].startswith(
            b'Content-Disposition: form-data; name="raw"; filename="file"\r\nContent-Type: application/octet-stream'
        )
        assert parts[2] == b'Content-Disposition: form-data; name="kind"\r\n\r\nphoto\r\n'
        assert parts[3].endswith(b'Content-Type: application/json\r\n\r\n{"a":1}\r\n')
        assert len(parts) == 8

    def test_it_is_validated_like_any_body(self):
        """A file counts as text; a missing part is named."""
        schema = {
            "type": "object", "required": ["file", "n"],
            "properties": {"file": {"type": "string", "format": "binary"}, "n": {"type": "integer"}},
        }  # fmt: skip
        assert b"\r\n\r\n5\r\n" in build(post(self.MULTIPART, schema), {"file": b"x", "n": "5"}).body
        assert refused(post(self.MULTIPART, schema), {"file": b"s3cret"}).field == "n"

    def test_nothing_breaks_out_of_its_part(self):
        """The boundary in a value and a content type with a line break are refused."""
        assert "boundary" in str(refused(post(self.MULTIPART), {"a": f"x--intertie-{UUID}"}))
        assert "content type" in str(refused(post(self.MULTIPART), {"a": ("n", b"x", "text/plain\r\nX: 1")}))


class TestRawBodies:
    """Text, XML, bytes, streams."""

    def test_text_in_its_charset(self):
        """Text is encoded as the media type says, UTF-8 by default."""
        assert build(post("text/plain"), {"body": "ö"}).body == "ö".encode()
        assert build(post("text/plain; charset=iso-8859-1"), {"body": "ö"}).body == b"\xf6"
        assert build(post("application/xml"), {"body": "<a/>"}).body == b"<a/>"
        assert "charset" in str(refused(post("text/plain; charset=ascii"), {"body": "ö"}))
        assert "charset" in str(refused(post("text/plain; charset=nope"), {"body": "ö"}))
        assert "must be text or bytes" in str(refused(post("application/xml"), {"body": {"a": 1}}))

    def test_text_is_validated(self):
        """A schema of a text body holds."""
        assert refused(post("text/plain", {"type": "string", "maxLength": 3}), {"body": "s3cret"}).rule.endswith(
            "3 characters"
        )

    def test_bytes_and_streams_pass_through(self):
        """Bytes are sent as they are, iterators as a body that knows whether it was begun."""

        class Chunks:
            def __aiter__(self):
                return self

            async def __anext__(self):
                raise StopAsyncIteration

        chunks = Chunks()
        binary = post("application/octet-stream")
        assert build(binary, {"body": b"\x00"}).body == b"\x00"
        assert build(binary, {"body": bytearray(b"ab")}).body == b"ab"
        streamed = build(binary, {"body": chunks}).body
        assert isinstance(streamed, Upload)
        assert not streamed.begun
        assert build(binary, {"body": "text"}).body == b"text"
        assert "bytes, an iterator of bytes, or an open file" in str(refused(binary, {"body": 5}))
        assert "is required" in str(refused(binary, {}))
        assert build(post("application/octet-stream", required=False), {}).body is None


class TestCredentialsInBodies:
    """`key_location: body`."""

    KEY = ("api_key", Secret("s3cret-key"))

    def test_the_credential_joins_the_members(self):
        """It is validated with them, and the request says that its body is secret."""
        request = build(post(schema={**CHARGE, "required": ["api_key"]}), GOOD, body_field=self.KEY)
        assert json.loads(request.body) == {**GOOD, "api_key": "s3cret-key"}
        assert request.body_is_secret
        assert (
            build(post("application/x-www-form-urlencoded", required=False), {}, body_field=self.KEY).body
            == b"api_key=s3cret-key"
        )
        assert not build(post(), {}).body_is_secret

    def test_it_never_shows_in_an_error(self):
        """A body that is refused says nothing of the credential."""
        error = refused(
            post(schema={"type": "object", "properties": {"api_key": {"type": "string", "maxLength": 3}}}),
            {},
            body_field=self.KEY,
        )
        assert error.field == "api_key"

    def test_where_there_is_no_place_for_it_the_call_is_refused(self):
        """No body, or one that is no object."""
        assert "no body" in str(refused(operation_plan(), {}, body_field=self.KEY))
        assert "can't carry" in str(refused(post("text/plain"), {"body": "x"}, body_field=self.KEY))


@pytest.mark.parametrize("depth", [201, 255, 500, 100_000])
@pytest.mark.parametrize(
    "content_type", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_an_input_that_is_too_deep_is_invalid(content_type, depth):
    """Named as the caller's mistake, whatever the body and its schema; never a stack that is full."""
    value = "v"
    for _ in range(depth):
        value = [value]
    recursive = {
        "$ref": "#/$defs/T",
        "$defs": {"T": {"items": {"$ref": "#/$defs/T"}, "additionalProperties": {"$ref": "#/$defs/T"}}},
    }
    for schema in (None, recursive):
        refused(post(content_type, schema), {"x": value})


@pytest.mark.parametrize(
    ("content_type", "schema"),
    [("text/plain", {"type": "string"}), ("text/plain", None), ("application/xml", None), ("application/json", {})],
)
def test_half_a_character_is_invalid(content_type, schema):
    """No encoding has a place for it."""
    refused(post(content_type, schema), {"body": "\ud800"})


@pytest.mark.parametrize(
    ("charset", "text", "sent"),
    [
        ("iso-8859-1", "é", b"\xe9"),
        ("Shift_JIS", "猫", b"\x94\x4c"),
        ("iso-8859-1", "€", None),
        ("punycode", "é", None),
        ("unicode_escape", "é", None),
    ],
)
def test_a_text_is_written_in_a_charset_of_the_web(charset, text, sent):
    """What has no place in it, or is none, is the caller's or the spec's mistake."""
    operation = post(f"text/plain; charset={charset}")
    if sent is None:
        refused(operation, {"body": text})
    else:
        assert build(operation, {"body": text}).body == sent


def test_bytes_keep_their_schema():
    """Their length is counted in octets."""
    operation = post("application/octet-stream", {"type": "string", "format": "binary", "maxLength": 2})
    assert build(operation, {"body": b"\x00\xff"}).body == b"\x00\xff"
    assert "at most 2" in str(refused(operation, {"body": b"\x00\xff\x00"}))
