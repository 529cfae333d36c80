from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie._version import __version__
from intertie.adapters.http1.head import HeadEncoder, encode_chunk, encode_head
from intertie.core.errors import CredentialMissing, MappingError, Reach
from intertie.core.secret import Secret
from intertie.runtime.http import Credential, Request


async def _pieces():
    yield b""


def lines(request: Request) -> list[str]:
    head = encode_head(request, "api.example.com:8443")
    assert head.endswith(b"\r\n\r\n")
    return head.decode("latin-1").split("\r\n")[:-2]


def test_a_head_says_everything_once_and_in_order() -> None:
    """Request line, Host, fixed fields, the call's fields, the credential, then what the transport adds."""
    request = Request(
        "POST",
        "/v1/charges?expand=a",
        (("Idempotency-Key", "k-1"),),
        b"Accept: application/json\r\n",
        b"{}",
        Credential("header", "Authorization", Secret("s3cret"), "Bearer"),
    )
    assert lines(request) == [
        "POST /v1/charges?expand=a HTTP/1.1",
        "Host: api.example.com:8443",
        "Accept: application/json",
        "Idempotency-Key: k-1",
        "Authorization: Bearer s3cret",
        "Accept-Encoding: gzip, deflate, br",
        f"User-Agent: intertie/{__version__}",
        "Content-Length: 2",
    ]


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("bücher.example:8443", "xn--bcher-kva.example:8443"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("[::1]:8080", "[::1]:8080"),
    ],
)
def test_an_international_name_is_asked_for_in_its_ascii_form(authority: str, host: str) -> None:
    """RFC 3490 section 4.1: no service knows itself by another."""
    assert f"\r\nHost: {host}\r\n".encode() in HeadEncoder(authority).encode(Request("GET", "/")).data


@pytest.mark.parametrize(
    ("request_", "framing"),
    [
        (Request("GET", "/"), None),
        (Request("DELETE", "/"), None),
        (Request("POST", "/"), "Content-Length: 0"),
        (Request("POST", "/", body=b""), "Content-Length: 0"),
        (Request("PUT", "/", body=b"abc"), "Content-Length: 3"),
        (Request("POST", "/", body=_pieces()), "Transfer-Encoding: chunked"),
    ],
)
def test_framing_follows_the_body(request_: Request, framing: str | None) -> None:
    """A body of bytes has its length, one in pieces is chunked, a POST without one says zero, a GET says nothing."""
    found = [line for line in lines(request_) if line.startswith(("Content-Length", "Transfer-Encoding"))]
    assert found == ([framing] if framing else [])


def test_expect_is_sent_with_a_body_only() -> None:
    """`Expect: 100-continue` stands with a body and never without one."""
    assert "Expect: 100-continue" in lines(Request("POST", "/", body=b"x", expect_continue=True))
    assert "Expect: 100-continue" not in lines(Request("POST", "/", expect_continue=True))


def test_the_callers_own_agent_and_codings_replace_ours() -> None:
    """A caller's User-Agent and Accept-Encoding stand alone, whether fixed or of the call."""
    for request in (
        Request("GET", "/", (("user-agent", "mine/1"), ("accept-encoding", "identity"))),
        Request("GET", "/", (), b"User-Agent: mine/1\r\nAccept-Encoding: identity\r\n"),
    ):
        found = [line.lower() for line in lines(request)]
        assert [line for line in found if line.startswith("user-agent")] == ["user-agent: mine/1"]
        assert [line for line in found if line.startswith("accept-encoding")] == ["accept-encoding: identity"]


def test_the_credentials_field_is_ours_alone() -> None:
    """A field of the credential's name from the caller or the spec gives way: the service sees one."""
    credential = Credential("header", "Authorization", Secret("ours"))
    request = Request(
        "GET", "/", (("authorization", "theirs"),), b"AUTHORIZATION: fixed\r\nX-A: b\r\n", credential=credential
    )
    found = lines(request)
    assert [line for line in found if line.lower().startswith("authorization")] == ["Authorization: ours"]
    assert "X-A: b" in found


def test_a_credential_in_the_query_is_escaped() -> None:
    """A key in the query can't add a parameter or break the line."""
    credential = Credential("query", "api key", Secret("a&b=c d\r\n"))
    assert lines(Request("GET", "/v1", credential=credential))[0] == "GET /v1?api%20key=a%26b%3Dc%20d%0D%0A HTTP/1.1"
    assert lines(Request("GET", "/v1?x=1", credential=credential))[0].startswith("GET /v1?x=1&api%20key=")


@pytest.mark.parametrize("mark", ["\r", "\n", "\0", "\r\nX-Evil: 1", "\u20ac"])
def test_no_value_can_add_a_line(mark: str) -> None:
    """A line break, NUL or letter beyond Latin-1 in a value is refused; the message names the field, not the value."""
    with pytest.raises(MappingError) as caught:
        encode_head(Request("GET", "/", (("X-Good", "1"), ("X-Note", f"hello{mark}there"))), "h")
    assert caught.value.path == "headers.X-Note"
    assert caught.value.reached is Reach.NO
    assert "hello" not in str(caught.value)


@pytest.mark.parametrize("name", ["X Note", "X-Note\r\nX", "X:Y", "", "Naïve", "X\0"])
def test_no_name_can_be_more_than_a_name(name: str) -> None:
    """A header name with characters that no name may have is refused."""
    with pytest.raises(MappingError):
        encode_head(Request("GET", "/", ((name, "1"),)), "h")


@pytest.mark.parametrize("target", ["", "v1", "http://evil/", "/a b", "/a\r\nX: y", "/a\0", "/ä", "/a\tb", "//x y"])
def test_no_target_can_be_more_than_a_path(target: str) -> None:
    """A target that isn't an encoded path is refused before anything is sent."""
    with pytest.raises(MappingError):
        encode_head(Request("GET", target), "h")


@pytest.mark.parametrize("method", ["GE T", "GET\r\n", "", "CONNECT"])
def test_no_method_can_be_more_than_a_word(method: str) -> None:
    """A method that isn't a token, and CONNECT, are refused."""
    with pytest.raises(MappingError):
        encode_head(Request(method, "/"), "h")


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "Expect", "Upgrade", "TE", "Trailer"])
def test_framing_can_not_be_set_by_callers(name: str) -> None:
    """Fields that frame the message are ours: smuggling has no way in."""
    with pytest.raises(MappingError, match=name.lower()):
        encode_head(Request("GET", "/", ((name, "1"),)), "h")
    with pytest.raises(MappingError, match=name.lower()):
        encode_head(Request("GET", "/", (), f"{name}: 1\r\n".encode()), "h")


@pytest.mark.parametrize(
    "static", [b"X: y", b"X: y\r\n\r\n", b"\r\nX: y\r\n", b"X: y\nZ: 1\r\n", b"nothing\r\n", b"X: \0\r\n"]
)
def test_fixed_lines_are_checked_too(static: bytes) -> None:
    """Fixed header lines that aren't whole lines of their own are refused."""
    with pytest.raises(MappingError):
        encode_head(Request("GET", "/", (), static), "h")


@pytest.mark.parametrize("text", ["line\nbreak", "car\rriage", "nul\0", "\u20ac"])
def test_a_secret_that_can_not_be_sent_is_named_and_not_shown(text: str) -> None:
    """A secret with a character that no header carries is refused by its reference; its text isn't shown."""
    credential = Credential("header", "X-Key", Secret(text, reference="env:KEY"))
    with pytest.raises(CredentialMissing) as caught:
        encode_head(Request("GET", "/", credential=credential), "h")
    assert "env:KEY" in str(caught.value)
    assert text not in str(caught.value)


def test_what_was_checked_once_does_not_pile_up() -> None:
    """The encoder's memory of names and fixed lines stays bounded however many callers invent."""
    encoder = HeadEncoder("h")
    for number in range(3000):
        encoder.encode(Request("GET", "/", ((f"X-{number}", "1"),), f"Y-{number}: 1\r\n".encode()))
    assert len(encoder._good_names) <= 1024
    assert len(encoder._static) <= 1024
    assert len(encoder._usual) <= 1024


def test_a_second_head_is_looked_at_as_the_first_was() -> None:
    """What is remembered of names never lets through what was refused, a second credential, or other codings."""
    encoder = HeadEncoder("api.example.com")
    credential = Credential("header", "X-Key", Secret("k"))
    plain = Request("GET", "/a", (("X-Key", "theirs"), ("X-Own", "1"), ("Accept-Encoding", "br")))
    first = (encoder.encode(plain), encoder.encode(msgspec.structs.replace(plain, credential=credential)))
    second = (encoder.encode(plain), encoder.encode(msgspec.structs.replace(plain, credential=credential)))
    assert first == second
    assert [head.data.count(b"X-Key: theirs") for head in first] == [1, 0]
    assert all(head.own_codings for head in first)
    for _ in range(2):
        with pytest.raises(MappingError, match="written by the transport"):
            encoder.encode(Request("GET", "/a", (("X-Own", "1"), ("Host", "other"))))
        with pytest.raises(MappingError, match="may have"):
            encoder.encode(Request("GET", "/a", (("X-Own", "1"), ("X Own", "2"))))


CREDENTIALS = (
    None,
    Credential("header", "X-Key", Secret("k-1")),
    Credential("header", "X-Key", Secret("k-2")),
    Credential("header", "Authorization", Secret("caf\xe9"), "Bearer"),
    Credential("query", "key", Secret("k-3")),
)
FIELDS = st.tuples(
    st.sampled_from(("X-Own", "x-own", "X-Key", "User-Agent", "Accept-Encoding", "Connection", "Host", "X Own")),
    st.sampled_from(("1", "close", "two words", "caf\xe9", "a\tb", "a\r\nb", "\u20ac")),
)
REQUESTS = st.builds(
    Request,
    st.sampled_from(("GET", "POST")),
    st.sampled_from(("/a", "/b?c=d", "*", "/a b", "a")),
    st.lists(FIELDS, max_size=2).map(tuple),
    st.sampled_from((b"", b"Accept: a/b\r\n", b"X-Key: fixed\r\nUser-Agent: own\r\nConnection: close\r\n")),
    st.sampled_from((None, b"", b"body")),
    st.sampled_from(CREDENTIALS),
    expect_continue=st.booleans(),
    upgrade=st.sampled_from((None, None, None, "own")),
)


@settings(deadline=None)
@given(st.lists(REQUESTS, min_size=2, max_size=8))
def test_what_was_written_before_changes_nothing(requests: list[Request]) -> None:
    """An encoder that has written other heads writes, and refuses, as a new one does."""

    def written(encoder: HeadEncoder, request: Request) -> object:
        try:
            return encoder.encode(request)
        except (MappingError, CredentialMissing) as error:
            return type(error), str(error)

    encoder = HeadEncoder("h")
    for request in requests:
        for _ in range(2):
            assert written(encoder, request) == written(HeadEncoder("h"), request)


def test_a_chunk_of_nothing_is_nothing() -> None:
    """An empty piece makes no chunk, because the empty chunk ends the body."""
    assert (encode_chunk(b""), encode_chunk(b"x" * 17)) == (b"", b"11\r\n" + b"x" * 17 + b"\r\n")


@pytest.mark.parametrize(
    ("credential", "expected"),
    [
        (Credential("header", "Authorization", Secret("s3cret\nx"), "Bearer"), [("Authorization", "Bearer ••••")]),
        (Credential("header", "X-Own", Secret("s3cret")), [("X-Own", "••••")]),
        (Credential("query", "key", Secret("s3cret")), []),
        (None, []),
    ],
    ids=["scheme", "bare", "query", "none"],
)
def test_written_fields_are_those_of_the_head_without_the_secret(credential, expected):
    """Order and names as on the wire, our own fields included; the secret's text is not even read."""
    request = Request("GET", "/", (("X-Own", "mine"), ("Accept", "a: b")), b"Fixed: 1\r\n", credential=credential)
    fields = HeadEncoder("api.example.com").written_fields(request)
    assert fields[:2] == (("Host", "api.example.com"), ("Fixed", "1"))
    assert ("Accept", "a: b") in fields
    assert {name for name, _ in fields} >= {"User-Agent", "Accept-Encoding"}
    assert [field for field in fields if "••••" in field[1]] == expected
    assert "s3cret" not in repr(fields)
