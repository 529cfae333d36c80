"""What the service answered stands on every error and result, and what it says is safe to print."""

from __future__ import annotations

import pickle
import re

import pytest
from msgspec.structs import replace

from intertie.core.errors import CallError, NotJson, ServiceError, TokenRefused
from intertie.runtime.plan import ResultPlan
from intertie.runtime.schemas import CompiledSchema
from intertie.testing import Answer, Failure
from support.client_faces import SECRETS, AsyncFace, SyncFace, both, face_of, plan_of_spec

GIVEN = {"amount": "12.50", "currency": "EUR"}
CHARGE = {"id": "ch_1", "amount": 1250, "currency": "eur"}
DECLINED = Answer(
    402,
    json={"error": {"code": "card_declined", "message": "Your card has insufficient funds."}},
    headers={"Request-Id": "req_1"},
)
ROWS = """
error_mapping:
  - {external_code: card_declined, internal_code: PAYMENT_DECLINED, message: The card was declined., action: fail}
  - {external_code: 5xx, internal_code: PAYMENT_DOWN, message: Payments are down., action: fail}
"""
KINDS = pytest.mark.parametrize("kind", [SyncFace, AsyncFace], ids=["sync", "async"])
SECRET = SECRETS["env:TEST_API_KEY"]


def error_of(answer, operation="create_charge", given=GIVEN, **sections) -> CallError:
    """The error of one call that is answered so; the same through both faces."""
    errors = []
    for kind in (SyncFace, AsyncFace):
        with face_of(kind, plan_of_spec(**sections), [answer]) as face:
            with pytest.raises(CallError) as caught:
                face.result(operation, given)
            errors.append(caught.value)
    assert str(errors[0]) == str(errors[1])
    return errors[0]


def test_an_error_holds_the_answer_behind_it():
    """Status, headers in any case, bytes and JSON, as the service sent them."""
    error = error_of(DECLINED)
    assert isinstance(error, ServiceError)
    response = error.response
    assert response is not None
    assert (response.status, error.status) == (402, 402)
    assert response.headers.get("request-ID") == "req_1"
    assert response.body.startswith(b'{"error"')
    assert response.json() == DECLINED.json
    assert (error.external_code, error.external_message) == ("card_declined", "Your card has insufficient funds.")


def test_an_error_without_an_answer_has_none():
    """A refused connection came to no answer."""
    error = error_of(Failure("connect"))
    assert (error.response, error.status, error.external_code, error.external_message) == (None, None, None, None)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(401, json={"message": "No such API key"}), "TokenRefused"),
        (Answer(429, json={"detail": "Slow down"}), "ServiceError"),
        (Answer(201, body=b"{", headers={"content-type": "application/json"}), "InvalidResponse"),
        (Answer(201, json={"amount": 1}), "MappingError"),
    ],
    ids=["refused credential", "throttled", "unreadable", "unmappable"],
)
def test_every_kind_of_error_that_an_answer_led_to_holds_it(answer, kind):
    """Whatever class the failure has, what came can be looked at."""
    error = error_of(answer)
    assert type(error).__name__ == kind
    assert error.status == answer.status
    assert error.response is not None


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "said"}},
        {"message": "said"},
        {"detail": "said"},
        {"title": "said", "code": "x"},
        {"error": "invalid_request", "error_description": "said"},
        {"errors": [{"message": "said"}]},
    ],
    ids=["stripe", "plain", "detail", "problem", "oauth", "list"],
)
def test_the_usual_places_of_a_message_are_read(body):
    """The provider's message stands on the error, in its text, and beside the mapped one."""
    error = error_of(Answer(418, json=body))
    assert error.external_message == "said"
    assert 'saying "said"' in str(error)


def test_a_sentence_about_a_token_stays_readable():
    """ "Token" before another word is no credential; before one it is."""
    said = {"message": "Invalid token provided, not token sk9f8A7c6B5d4E3f2"}
    assert error_of(Answer(400, json=said)).external_message == "Invalid token provided, not token ••••"


def test_error_message_path_says_where_the_message_is():
    """The declared path beats the usual places; where it finds nothing they are asked."""
    sections = {"Error_Handling": "error_message_path: fault.text"}
    own = {"fault": {"text": "mine"}, "message": "usual"}
    assert error_of(Answer(418, json=own), **sections).external_message == "mine"
    assert error_of(Answer(418, json={"message": "usual"}), **sections).external_message == "usual"


def test_a_mapped_error_prints_its_cause():
    """Code and message of the row, then what happened: both are needed at three in the morning."""
    error = error_of(DECLINED, Error_Handling=ROWS)
    assert error.message == "The card was declined."
    assert str(error) == (
        "PAYMENT_DECLINED: The card was declined. "
        '(create_charge: test answered 402 (card_declined), saying "Your card has insufficient funds.")'
    )
    assert str(error_of(Failure("connect"), Error_Handling=ROWS)) == (
        "PAYMENT_DOWN: Payments are down. (connection refused)"
    )


def test_an_unmapped_error_is_its_own_sentence():
    """Nothing is said twice."""
    error = error_of(Failure("connect"))
    assert str(error) == error.message == error.detail == "connection refused"


def test_a_credential_that_the_service_echoes_is_masked():
    """In code and message it stands nowhere; the raw answer is the caller's to handle, and not in its repr."""
    echoed = {"error": {"code": f"bad-{SECRET}", "message": f"Key {SECRET} is unknown, Bearer abcdefghijklmnop too"}}
    for status in (400, 401, 429):
        error = error_of(Answer(status, json=echoed, headers={"X-Echo": SECRET}), Error_Handling=ROWS)
        seen = [
            str(error),
            repr(error),
            error.external_code,
            error.external_message,
            repr(error.response),
            error.detail,
        ]
        assert not [text for text in seen if SECRET in text or "abcdefgh" in text]
        assert "••••" in str(error)
    assert SECRET.encode() in error.response.body


def test_text_from_the_service_is_one_safe_line():
    """Escapes, line breaks and marks of direction are written out; nothing has a million characters."""
    nasty = "\x1b[2Jred\r\nforged \u202eabc\x9b31m" + "x" * 1_000_000
    error = error_of(Answer(400, json={"error": {"code": nasty, "message": nasty}}), Error_Handling=ROWS)
    for text in (str(error), error.external_code, error.external_message, repr(error)):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", text)
        assert len(text) < 2500
    assert r"\x1b[2Jred\r\nforged \u202eabc" in error.external_message


def test_a_code_is_matched_before_it_is_masked():
    """A row for a provider's code holds whatever the code looks like."""
    rows = ROWS.replace("card_declined", "token=abc")
    error = error_of(Answer(400, json={"error": {"code": "token=abc"}}), Error_Handling=rows)
    assert error.code == "PAYMENT_DECLINED"
    assert error.external_code == "token=••••"


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"<html>", "text/html"), (b"", ""), (b"[" * 100_000, "application/json"), (b"\xff\xfe", "application/json"),
        (b'"\xff"', "application/json"), (b"{", "\x9bx" * 500),
    ],
    ids=["html", "empty", "deep", "other encoding", "no encoding", "nasty type"],
)  # fmt: skip
def test_a_body_that_is_not_json_is_said_to_be_none(body, media):
    """One clear error, a ValueError too, without a part of the body."""
    error = error_of(Answer(400, body=body, headers={"content-type": media}))
    with pytest.raises(NotJson, match=r"the answer is not JSON: status 400, .*`\.body` has its bytes") as caught:
        error.response.json()
    assert isinstance(caught.value, ValueError)
    assert len(str(caught.value)) < 500


def test_a_result_holds_the_answer_too():
    """As it came: not what the mapping made of it."""

    def scenario(face):
        result = face.result("create_charge", GIVEN)
        return result.response.status, result.response.headers.get("REQUEST-ID"), result.response.json(), result.cause

    answered = Answer(201, json=CHARGE, headers={"Request-Id": "req_2"})
    assert both(plan_of_spec(), [answered], scenario) == (201, "req_2", CHARGE, None)


@KINDS
@pytest.mark.parametrize("explain", [False, True])
def test_a_fallbacks_result_says_what_it_stands_in_for(kind, explain):
    """`cause` is the error as it would have been raised, with its answer and its mapped code."""
    handling = ROWS.replace("action: fail}\n  - {external_code: 5xx", "action: fail}\n  - {external_code: 5xx").replace(
        "Payments are down., action: fail", "Payments are down., action: fallback"
    )
    plan = plan_of_spec(
        Error_Handling=handling + "fallback_behavior: {strategy: default, default_response: {charge_id: none}}",
        Retry_Policy=None,
    )
    with face_of(kind, plan, [Answer(500, json={"message": "boom"})]) as face:
        result = face.result("create_charge", GIVEN, explain=explain)
    assert (result.fallback, result.response, result["charge_id"]) == ("default", None, "none")
    cause = result.cause
    assert isinstance(cause, ServiceError)
    assert (cause.code, cause.status, cause.external_message) == ("PAYMENT_DOWN", 500, "boom")
    assert (cause.operation, cause.attempts, str(cause.reached)) == ("create_charge", 1, "yes")
    assert cause.response.json() == {"message": "boom"}


@KINDS
def test_what_was_queued_says_so_when_its_fields_are_read(kind):
    """Reading a field of what nobody has answered yet names the receipt, as item and as attribute."""
    handling = ROWS.replace("Payments are down., action: fail", "Payments are down., action: fallback")
    plan = plan_of_spec(Error_Handling=handling + "fallback_behavior: {strategy: queue}")
    with face_of(kind, plan, [Failure("connect")]) as face:
        result = face.result("create_charge", GIVEN)
    assert result.data is None
    said = f"create_charge was queued as {result.receipt} and has no data until it is sent"
    with pytest.raises(TypeError, match=said):
        result["charge_id"]
    with pytest.raises(AttributeError, match=said):
        result.charge_id  # noqa: B018
    assert not hasattr(result, "__fspath__")
    assert str(result.cause) == "PAYMENT_DOWN: Payments are down. (connection refused)"


@KINDS
def test_a_field_read_as_an_attribute_says_how_it_is_read(kind):
    """`result.id` of a plain answer names `result['id']`; an answer without a body says that it has none."""
    with face_of(kind, plan_of_spec(Data_Mappings=None), [Answer(200, json=CHARGE), Answer(204)]) as face:
        result = face.result("get_charge", {"charge_id": "1"})
        empty = face.result("get_charge", {"charge_id": "1"})
    with pytest.raises(AttributeError, match=r"a result has no attribute `id`; read the field as result\['id'\]"):
        result.id  # noqa: B018
    with pytest.raises(TypeError, match="the answer of get_charge has no body, so it has no fields"):
        empty["id"]


@KINDS
def test_a_streamed_error_is_read_up_to_a_bound(kind):
    """A stream that is answered with an error has the error's code and the beginning of its body, and is closed."""
    long = Answer(
        400, body=b'{"message": "no such file"}' + b" " * 1_000_000, headers={"content-type": "application/json"}
    )
    with face_of(kind, plan_of_spec(), [long]) as face:
        with pytest.raises(ServiceError) as caught:
            face.stream("download")
        assert caught.value.external_message == "no such file"
        assert caught.value.response.stream is None
        assert 27 < len(caught.value.response.body) <= 64 * 1024
        assert face.service.in_flight == 0


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, body=b"{", headers={"content-type": f"application/{SECRET}+json"}),
        Answer(200, json={SECRET: 1, "amount": "no"}),
        Answer(200, json={"deep": {SECRET: "no"}}),
    ],
    ids=["media type", "other field", "key in a path"],
)
def test_a_credential_echoed_elsewhere_is_masked_in_every_sentence(answer):
    """In a media type or as a field's name it reaches a message by another way; events and warnings have it neither."""
    plan = plan_of_spec(Data_Mappings=None, Validation="validation: {response: {enabled: true, strict: true}}")
    schema = {"type": "object", "properties": {"deep": {"additionalProperties": {"type": "integer"}}}}
    operation = plan.operations["get_charge"]
    result = ResultPlan(CompiledSchema(schema), "strict")
    plan = replace(plan, operations={**plan.operations, "get_charge": replace(operation, result=result)})
    with face_of(SyncFace, plan, [answer]) as face:
        try:
            told = face.result("get_charge", {"charge_id": "1"}, explain=True)
        except CallError as error:
            told = error
        seen = [str(told), told.explain(), repr(told), *told.warnings, repr(getattr(told, "path", ""))]
    # Of a success the data is the caller's: its repr shows it.
    assert SECRET not in "".join(seen[1:2] + seen[3:] if not isinstance(told, CallError) else seen)


@KINDS
def test_a_stream_of_another_media_type_is_read_and_closed_likewise(kind):
    """An HTML page in place of a file: its beginning stands on the error, its connection goes back."""
    page = Answer(200, body=b"<html>" + b"x" * 1_000_000, headers={"content-type": "text/html"})
    with face_of(kind, plan_of_spec(), [page]) as face:
        with pytest.raises(ServiceError, match="text/html") as caught:
            face.stream("download")
        response = caught.value.response
        assert (response.status, response.stream, response.body[:6]) == (200, None, b"<html>")
        assert len(response.body) <= 64 * 1024


def test_an_error_survives_pickling():
    """Workers hand errors to other processes: what happened and the answer come along."""
    error = error_of(DECLINED, Error_Handling=ROWS)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert str(again) == str(error)
    assert again.response.json() == error.response.json()


def test_a_refused_credential_carries_the_services_words():
    """What the vendor says of our key is what a person needs."""
    error = error_of(Answer(401, json={"error": {"code": "key_revoked", "message": "Revoked on Monday"}}))
    assert isinstance(error, TokenRefused)
    assert (error.external_code, error.external_message) == ("key_revoked", "Revoked on Monday")
    assert '(key_revoked), saying "Revoked on Monday"; check the secret' in str(error)
