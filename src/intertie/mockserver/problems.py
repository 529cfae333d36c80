"""Refusals that name the broken rule: RFC 9457 problem documents."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

import msgspec

from intertie.mockserver.messages import Answer
from intertie.runtime.plan import OperationPlan

CONTROL_PREFIX = "/__intertie/"

RULES: dict[str, str] = {
    "unknown-path": "The path matches no endpoint of the spec.",
    "wrong-method": "The spec has no endpoint with this method on this path; `Allow` lists those it has.",
    "missing-credential": "The spec's authentication asks for a credential and the request has none where it belongs.",
    "malformed-credential": "The credential is there, but not in the form that the spec's authentication declares.",
    "wrong-credential": "This mock was started with an exact credential, and the request carries another.",
    "unsupported-version": "The version asked for is not among those that the spec supports.",
    "missing-header": "The endpoint declares a header as required and the request lacks it.",
    "invalid-header": "A declared header does not satisfy its schema.",
    "missing-parameter": "The endpoint declares a parameter as required and the request lacks it.",
    "invalid-parameter": "A declared parameter does not satisfy its schema.",
    "missing-body": "The endpoint declares a body and the request has none.",
    "wrong-content-type": "The body is of another media type than the endpoint declares.",
    "malformed-body": "The body can't be read as the media type it says it is, or is too deep or has too many parts.",
    "invalid-body": "The body does not satisfy the endpoint's schema.",
    "rate-limited": "More requests came than the spec's limits allow; a client that keeps them is never refused.",
    "too-many-at-once": "More requests are in flight than `concurrent_requests` allows.",
    "idempotency-key-reused": "The idempotency key was used before with another request.",
    "not-found": "Nothing is stored under this identifier.",
    "forced": "The mock's profile makes this answer.",
    "no-answer": "No answer can be made from the endpoint's response schema.",
    "malformed-request": "The request is no HTTP/1.1, or larger than the mock takes.",
    "unknown-control": "The control endpoint has no such resource.",
    "foreign-host": "The control endpoint does not answer to this `Host`, or refuses the page that asks.",
    "invalid-profile": "The profile can't be read; the detail says where.",
}
"""Rule -> what it means; `GET /__intertie/rules/NAME` shows it."""


def problem(
    status: int,
    rule: str,
    detail: str,
    *,
    place: str | None = None,
    operation: str | None = None,
    field: str | None = None,
    headers: Iterable[tuple[str, str]] = (),
) -> Answer:
    """Return a refusal.

    Args:
        status: HTTP status.
        rule: A key of `RULES`.
        detail: One sentence; never a credential or a value of the body.
        place: `path:line` of the spec's rule that was broken.
        operation: Operation id.
        field: Header, parameter or path in the body.
        headers: Further headers.

    Source: RFC 9457 section 3.
    """
    document: dict[str, object] = {
        "type": f"{CONTROL_PREFIX}rules/{rule}",
        "title": rule.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
    }
    known = (("rule", place), ("operation", operation), ("field", field))
    document.update({name: value for name, value in known if value is not None})
    return Answer(
        status, (("Content-Type", "application/problem+json"), *headers), msgspec.json.encode(document), detail
    )


def phrase(status: int) -> str:
    """Return the reason phrase of a status, a class name where it has none.

    >>> phrase(404), phrase(599)
    ('Not Found', 'Server Error')
    """
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return {4: "Client Error", 5: "Server Error"}.get(status // 100, "Answer")


def place_of(operation: OperationPlan, stage: str, *options: str) -> str:
    """Return `path:line` of the rule behind a stage's option, else of the stage, else of the operation."""
    for description in operation.stages:
        if description.stage == stage:
            places = [description.sources[option] for option in options if option in description.sources]
            place = next((one for one in places if ":" in one), description.source)
            return place if ":" in place else operation.source
    return operation.source
