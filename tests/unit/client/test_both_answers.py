"""Answers, refusals and errors of calls: the same through the synchronous and the asyncio client."""

from __future__ import annotations

from decimal import Decimal

import pytest

from intertie.core.errors import UsageError
from intertie.runtime.order import ORDER
from intertie.testing import Answer, Failure
from support.client_faces import AsyncFace, SyncFace, both, face_of, plan_of_spec

CHARGE = {"id": "ch_1", "amount": 1250, "currency": "eur"}
GIVEN = {"amount": "12.50", "currency": "EUR"}
PLAN = plan_of_spec(
    Error_Handling="""
error_mapping:
  - {external_code: card_declined, internal_code: PAYMENT_DECLINED, message: The card was declined., action: fail}
"""
)
KINDS = pytest.mark.parametrize("kind", [SyncFace, AsyncFace], ids=["sync", "async"])


def test_an_answer_is_mapped_both_ways():
    """Amounts leave in minor units and come back as decimals; nothing else is said than what happened."""

    def scenario(face):
        told = face.call("create_charge", GIVEN)
        request = face.service.received[0].request
        return told, bytes(request.body), request.credential.scheme, request.credential.secret.reference

    told, body, *credential = both(PLAN, [Answer(201, json=CHARGE)], scenario)
    assert body == b'{"amount":1250,"currency":"eur"}'
    assert credential == ["Bearer", "env:TEST_API_KEY"]
    assert told == {
        "ok": True, "operation": "create_charge", "status": 201, "fallback": None, "stale": False, "attempts": 1,
        "data": {"amount": Decimal("12.50"), "currency": "EUR", "charge_id": "ch_1"},
        "elapsed_s": 0.0, "cost": None, "receipt": None, "warnings": (), "events": [],
    }  # fmt: skip


def test_keywords_and_a_mapping_give_the_same_call():
    """`api.create_charge(amount=…)` and `api.operation("create_charge").call({…})` are one thing."""

    def scenario(face):
        result = face.keywords("create_charge", **GIVEN)
        return result.data, result["charge_id"], face.call("create_charge", GIVEN)["data"]

    spoken, charge_id, mapped = both(PLAN, [Answer(201, json=CHARGE)], scenario)
    assert spoken == mapped
    assert charge_id == "ch_1"


def test_an_answer_that_is_no_object_has_no_fields():
    """`result["x"]` on a list is told apart from a missing field."""

    def scenario(face):
        result = face.keywords("walk_links")
        with pytest.raises(TypeError, match=r"the answer of walk_links is not an object; use \.data"):
            result["x"]
        return result.data

    assert both(PLAN, [Answer(json=[1])], scenario) == [1]


@pytest.mark.parametrize(
    ("given", "field", "rule"),
    [
        ({"amount": "12.50", "note": "much too long"}, "note", "must have at most 5 characters"),
        ({"currency": "EUR"}, "amount", "is required"),
    ],
)
def test_invalid_input_names_field_and_rule_and_sends_nothing(given, field, rule):
    """What breaks the contract is refused with the field and the rule, before anything is sent."""

    def scenario(face):
        return face.call("create_charge", given), face.sent

    told, sent = both(PLAN, [Answer(201, json=CHARGE)], scenario)
    assert sent == []
    assert (told["type"], told["operation"], told["field"]) == ("InvalidInput", "create_charge", field)
    assert rule in told["rule"]
    assert told["code"] == "invalid_input"


@KINDS
def test_an_unknown_operation_is_answered_with_the_nearest(kind):
    """As an attribute it is an AttributeError, by name a UsageError; both know what was meant."""
    with face_of(kind, PLAN, []) as face:
        meant = r"INT-001 has no operation creat_charge; did you mean create_charge\?"
        with pytest.raises(AttributeError, match=meant):
            face.api.creat_charge  # noqa: B018
        with pytest.raises(UsageError, match=meant):
            face.api.operation("creat_charge")
        with pytest.raises(UsageError, match="INT-001 has no operation zzz; it has add_note, create_charge, download"):
            face.api.operation("zzz")
        assert not hasattr(face.api, "_private")
        assert {"create_charge", "close" if kind is SyncFace else "aclose"} <= set(dir(face.api))


def test_retries_are_counted():
    """Two 503 and an answer are three attempts and two delays."""

    def scenario(face):
        return face.call("create_charge", GIVEN), face.sent

    told, sent = both(PLAN, [Answer(503), Answer(503), Answer(201, json=CHARGE)], scenario)
    assert (told["attempts"], told["elapsed_s"], len(sent)) == (3, 0.2, 3)


def test_every_try_of_a_call_has_the_same_key_and_another_call_another():
    """One idempotency key a call; the caller's own where one is given."""

    def scenario(face):
        face.call("create_charge", GIVEN)
        face.call("create_charge", GIVEN)
        face.call("create_charge", GIVEN, idempotency_key="mine")
        return face.headers("idempotency-key")

    first, again, second, mine = both(PLAN, [Answer(503), Answer(201, json=CHARGE)], scenario)
    assert first == again != second
    assert mine == "mine"


def test_a_write_without_a_key_is_not_sent_again_blindly():
    """A reset while the answer was awaited ends the call as `maybe`, with one attempt."""

    def scenario(face):
        return face.call("add_note", {"text": "x"}), face.sent

    told, sent = both(PLAN, [Failure("read"), Answer(201, json={})], scenario)
    assert (told["type"], told["reached"], told["attempts"], len(sent)) == ("ReadError", "maybe", 1, 1)


def test_a_decline_is_told_in_the_specs_words():
    """The provider's code becomes ours, with our message; it is not retried."""

    def scenario(face):
        return face.call("create_charge", GIVEN)

    declined = Answer(402, json={"error": {"code": "card_declined", "message": "no"}})
    told = both(PLAN, [declined], scenario)
    assert (told["type"], told["status"], told["external_code"]) == ("ServiceError", 402, "card_declined")
    assert (told["internal_code"], told["code"]) == ("PAYMENT_DECLINED", "PAYMENT_DECLINED")
    assert told["user_message"] == "The card was declined."
    assert (told["attempts"], told["reached"]) == (1, "yes")


@pytest.mark.parametrize(
    ("failure", "kind", "reached", "phase"),
    [
        (Failure("connect"), "ConnectError", "no", None),
        (Failure("connect_timeout"), "DeadlineExceeded", "no", "connect"),
        (Failure("write"), "WriteError", "maybe", None),
        (Failure("protocol"), "ProtocolError", "yes", None),
        (Failure("hang"), "DeadlineExceeded", "maybe", "read"),
    ],
    ids=["refused", "connect timeout", "broke", "no http", "hangs"],
)
def test_each_failure_of_the_network_has_its_class_and_reach(failure, kind, reached, phase):
    """What broke, how far it came and in which phase stand on the error."""

    def scenario(face):
        return face.call("add_note", {"text": "x"})

    told = both(PLAN, [failure], scenario)
    assert (told["type"], told["reached"], told.get("phase")) == (kind, reached, phase)


def test_the_callers_time_is_the_whole_calls_time():
    """`timeout_s` bounds all tries and waits together, and never lengthens the plan's."""

    def scenario(face):
        return [face.call("get_charge", {"charge_id": "1"}, timeout_s=seconds) for seconds in (0.5, 60.0)]

    short, long = both(PLAN, [Failure("hang")], scenario)
    assert (short["type"], short["phase"], short["elapsed_s"]) == ("DeadlineExceeded", "total", 0.5)
    assert long["elapsed_s"] <= 10.0
    assert long["attempts"] == 3


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_timeout_that_is_none_is_the_callers_mistake(seconds):
    """Zero, negative and endless timeouts are refused at once."""

    def scenario(face):
        return face.call("get_charge", {"charge_id": "1"}, timeout_s=seconds), face.sent

    told, sent = both(PLAN, [], scenario)
    assert (told["type"], sent) == ("UsageError", [])
    assert "timeout_s must be a positive number of seconds" in told["message"]


def test_a_key_where_none_is_declared_is_the_callers_mistake():
    """An idempotency key that could not be sent is refused, not dropped."""

    def scenario(face):
        return face.call("add_note", {"text": "x"}, idempotency_key="k")

    told = both(PLAN, [], scenario)
    assert told["type"] == "UsageError"
    assert "add_note declares no idempotency key header" in told["message"]


def test_a_missing_secret_is_named_by_its_reference():
    """Without its secret a call fails before anything is sent, and says which reference resolves to nothing."""
    plan = plan_of_spec(
        Service_Configuration="""
service: {name: test, base_url: https://api.test.example}
authentication: {type: api_key, config: {key_location: header, key_name: X-Key, secret: env:NOT_THERE}}
"""
    )

    def scenario(face):
        return face.call("get_charge", {"charge_id": "1"}), face.sent

    told, sent = both(plan, [], scenario)
    assert (told["type"], told["reached"], told["attempts"], sent) == ("CredentialMissing", "no", 0, [])
    assert "env:NOT_THERE" in told["message"]


def test_an_answer_without_a_required_field_is_a_mapping_error():
    """The error names field and path, never the value."""

    def scenario(face):
        return face.call("get_charge", {"charge_id": "1"})

    told = both(PLAN, [Answer(json={"amount": 99, "currency": "usd"})], scenario)
    assert (told["type"], told["path"], told["reached"]) == ("MappingError", "$.id", "yes")
    assert "99" not in told["message"]


def test_an_explained_call_tells_its_stages_in_order():
    """Events of one attempt stand in the order of the pipeline; the text has a line for each, and the answer's lines below."""

    def scenario(face):
        result = face.result("create_charge", GIVEN, explain=True)
        lines = result.explain().splitlines()
        assert len([line for line in lines if " ms  " in line[:13]]) == len(result.events)
        return [event.stage for event in result.events], lines, face.result("create_charge", GIVEN).explain()

    stages, lines, unasked = both(PLAN, [Answer(201, json=CHARGE)], scenario)
    stages.remove("idempotency_key")  # made once for all tries, so it is told before them
    assert stages == sorted(stages, key=[guard.stage for guard in ORDER].index)
    assert {"deadline", "authentication", "connection", "rate_limit", "send", "classify"} <= set(stages)
    assert any("classify" in line and "success" in line for line in lines)
    assert unasked == "nothing was recorded: ask for it with explain=True"


def test_a_failed_call_explains_itself_too():
    """`error.explain()` has every try and why it gave up."""

    def scenario(face):
        told = face.call("create_charge", GIVEN, explain=True)
        return told["events"]

    events = both(PLAN, [Answer(503)], scenario)
    assert events.count(("send", "attempt")) == 3
    assert events.count(("retry", "retry")) == 2


@KINDS
def test_views_share_everything_but_their_options(kind):
    """`with_options` gives a view with other defaults over the same connections and state; what a call says itself wins."""
    with face_of(kind, PLAN, [Failure("hang")]) as face:
        face.api = face.api.with_options(timeout_s=0.3, explain=True, caller="someone")
        assert face.call("get_charge", {"charge_id": "1"})["elapsed_s"] == 0.3
        told = face.call("get_charge", {"charge_id": "1"}, timeout_s=0.2, explain=False)
        assert (told["elapsed_s"], told["events"]) == (0.2, [])
        callers = {record.caller for record in face.bench.surroundings.journal.records()}
        assert callers == {"someone"}


@KINDS
def test_a_person_who_prints_them_sees_what_they_are(kind):
    """Integration, operation and result show themselves without any secret."""
    with face_of(kind, PLAN, [Answer(201, json=CHARGE)]) as face:
        prefix = "" if kind is SyncFace else "Async"
        assert repr(face.api) == f"{prefix}Integration(INT-001@default, 8 operations)"
        assert repr(face.api.create_charge) == f"{prefix}Operation(create_charge: POST /charges)"
        shown = repr(face.result("create_charge", GIVEN, explain=True))
        assert "k-very-secret" not in shown


def test_after_closing_there_is_one_clear_error():
    """Whatever is asked of a closed integration, or of a view of it, is refused with the same sentence; closing twice is fine."""

    def scenario(face):
        view = face.api.with_options(timeout_s=1.0)
        face.call("get_charge", {"charge_id": "1"})
        face.close()
        face.close()
        told = [face.call("get_charge", {"charge_id": "1"})]
        face.api = view
        told.append(face.call("create_charge", GIVEN))
        for ask in (face.replay, view.statistics):
            with pytest.raises(UsageError) as closed:
                ask()
            told.append({"type": "UsageError", "message": str(closed.value)})
        return told, len(face.sent)

    told, sent = both(PLAN, [Answer(json=CHARGE)], scenario)
    sentence = "INT-001@default was closed, so nothing more can be asked of it; open the integration again"
    assert [(one["type"], one["message"]) for one in told] == [("UsageError", sentence)] * 4
    assert sent == 1
