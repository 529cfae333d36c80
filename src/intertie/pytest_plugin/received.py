"""What a mock received, in a form that a test can ask about."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec

from intertie.mockserver import MockReply, MockRequest
from intertie.mockserver.received import Masking


class ReceivedRequest(msgspec.Struct, frozen=True):
    """One request that reached a mock, and what became of it.

    Attributes:
        operation: Operation id; None where the path is none of the spec's.
        method: Upper case.
        path: Without the query.
        query: Name -> its values, secrets masked.
        headers: Lower-case name -> value, secrets masked.
        body: As it was sent.
        status: Of the mock's answer.
    """

    operation: str | None
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    status: int

    def json(self) -> object:
        """Return the body read as JSON.

        Raises:
            ValueError: It is no JSON.
        """
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError as error:
            raise ValueError(f"the body of {self.method} {self.path} is not JSON: {error}") from None

    def form(self) -> dict[str, list[str]]:
        """Return the body read as a form: name -> its values.

        Raises:
            ValueError: It is no form.
        """
        try:
            return _grouped(self.body.decode("ascii"))
        except UnicodeDecodeError:
            raise ValueError(f"the body of {self.method} {self.path} is not a form") from None

    def __str__(self) -> str:
        name = self.operation or "no operation"
        return f"{self.method} {self.path} ({name}) -> {self.status}"


def received_request(request: MockRequest, reply: MockReply, masking: Masking) -> ReceivedRequest:
    """Return a request without its secrets, but for those in its body."""
    path, _, query_text = masking.target(request.target).partition("?")
    query = _grouped(query_text)
    headers = masking.headers(request.headers)
    return ReceivedRequest(reply.operation, request.method, path, query, headers, request.body, reply.status)


def matches(
    received: ReceivedRequest,
    *,
    json: object = None,
    form: Mapping[str, object] | None = None,
    query: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> bool:
    """Return whether a request holds what is asked for; what is not asked for may be there too."""
    try:
        if json is not None and not holds(received.json(), json):
            return False
        if form is not None and not _has_values(received.form(), form):
            return False
    except ValueError:
        return False
    return _has_values(received.query, query or {}) and all(
        received.headers.get(name.lower()) == value for name, value in (headers or {}).items()
    )


def holds(actual: object, wanted: object) -> bool:
    """Return whether `actual` is `wanted`, or an object that has all its members.

    >>> holds({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": 2}}), holds([1, 2], [1])
    (True, False)
    """
    if isinstance(wanted, Mapping):
        return isinstance(actual, Mapping) and all(
            name in actual and holds(actual[name], value) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(wanted)
            and all(holds(one, other) for one, other in zip(actual, wanted, strict=True))
        )
    return type(actual) is type(wanted) and actual == wanted


def _has_values(actual: Mapping[str, list[str]], wanted: Mapping[str, object]) -> bool:
    for name, value in wanted.items():
        values = value if isinstance(value, list) else [value]
        if actual.get(name, []) != [_text(each) for each in values]:
            return False
    return True


def _grouped(text: str) -> dict[str, list[str]]:
    """Return the values of each name in a query or form."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
