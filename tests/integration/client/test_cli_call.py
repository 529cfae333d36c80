"""`intertie call`: its input, its output and its exit statuses."""

from __future__ import annotations

import io

import pytest

from intertie.cli.call_input import read_input

GIVEN = ("amount=12.50", "currency=EUR")


def test_data_goes_to_stdout_and_what_the_guards_did_to_stderr(shell):
    """Stdout can be piped: it is the answer's data as JSON and nothing else."""
    said = shell.call("create_charge", *GIVEN)
    assert said.status == 0
    assert said.json["amount"] == "12.50"
    assert said.json["currency"] == "EUR"
    assert said.err.startswith("status 201 · 1 attempt · ")
    assert said.err.rstrip().endswith("cost 0.01 EUR")


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (GIVEN, ""),
        (('amount:="12.50"', 'currency:="EUR"'), ""),
        (("amount:=12.50", "currency=EUR"), ""),
        (("--input", '{"amount": "12.50", "currency": "EUR"}'), ""),
        (("--input", "@input.json"), ""),
        (("--input", "-"), '{"amount": "12.50", "currency": "EUR"}'),
        (("currency=EUR", "--input", '{"amount": "12.50", "currency": "USD"}'), ""),
    ],
    ids=["pairs", "json text", "json number", "document", "file", "stdin", "a pair over the document"],
)
def test_every_form_of_input_is_the_same_call(shell, monkeypatch, arguments, stdin):
    """Pairs, JSON values, a document, a file and stdin all send twelve fifty in euros."""
    (shell.root / "input.json").write_text('{"amount": "12.50", "currency": "EUR"}')
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    said = shell.call("create_charge", *arguments)
    assert said.status == 0, said.err
    assert (said.json["amount"], said.json["currency"]) == ("12.50", "EUR")


def test_dots_in_a_name_make_objects():
    """`a.b=c` is `{"a": {"b": "c"}}`; a pair goes over the document."""
    given = read_input(["text=x", "more.deep=1", "more.list:=[1,2]"], '{"text": "y", "more": {"kept": true}}')
    assert given == {"text": "x", "more": {"kept": True, "deep": "1", "list": [1, 2]}}


def test_the_json_of_a_success_has_exactly_these_fields(shell):
    """The document that scripts rely on."""
    said = shell.call("create_charge", *GIVEN, "--format", "json")
    assert (said.status, said.err) == (0, "")
    document = said.json
    assert document.pop("elapsed_ms") > 0
    data = document.pop("data")
    assert (data["amount"], data["currency"]) == ("12.50", "EUR")
    assert document == {
        "ok": True,
        "operation": "create_charge",
        "status": 201,
        "fallback": None,
        "stale": False,
        "attempts": 1,
        "cost": {"amount": "0.01", "currency": "EUR"},
        "receipt": None,
        "warnings": [],
    }


def test_the_json_of_a_failure_has_exactly_these_fields(shell):
    """A mapped decline, in one document on stdout, with exit status 1."""
    shell.answers({"status": 402, "body": {"error": {"code": "card_declined", "message": "Funds are too low."}}})
    said = shell.call("create_charge", *GIVEN, "--format", "json")
    assert said.status == 1
    document = said.json
    assert document.pop("elapsed_ms") > 0
    assert document == {
        "ok": False,
        "operation": "create_charge",
        "error": {
            "type": "ServiceError",
            "code": "PAYMENT_DECLINED",
            "message": "The card was declined.",
            "cause": 'create_charge: test answered 402 (card_declined), saying "Funds are too low."',
            "status": 402,
            "external_code": "card_declined",
            "external_message": "Funds are too low.",
            "internal_code": "PAYMENT_DECLINED",
            "retry_after_s": None,
            "reached": "yes",
        },
        "attempts": 1,
        "cost": {"amount": "0.01", "currency": "EUR"},
    }


def test_the_json_of_invalid_input_has_the_same_shape(shell):
    """Nothing was sent, so nothing was paid and nothing reached."""
    said = shell.call("create_charge", "currency=EUR", "--format", "json")
    assert said.status == 1
    assert said.json["error"]["type"] == "InvalidInput"
    assert (said.json["error"]["code"], said.json["error"]["reached"]) == ("invalid_input", "no")
    assert (said.json["ok"], said.json["attempts"], said.json["cost"]) == (False, 0, None)
    assert "amount" in said.json["error"]["message"]
    assert shell.server.engine.requests() == []


def test_explained_json_adds_events_of_every_guard(shell):
    """Each event has its time, stage and name; no secret is among them."""
    said = shell.call("create_charge", *GIVEN, "--format", "json", "--explain")
    events = said.json["events"]
    assert [event["stage"] for event in events][-1] == "settle"
    assert all({"t_ms", "stage", "event"} <= set(event) for event in events)
    assert {"budget", "authentication", "connection", "rate_limit", "send", "classify"} <= {
        event["stage"] for event in events
    }
    assert "k-very-secret" not in said.out + said.err


def test_explained_text_is_told_on_stderr(shell):
    """The timeline is for people; stdout stays the data."""
    said = shell.call("create_charge", *GIVEN, "--explain")
    assert said.json["currency"] == "EUR"
    assert "rate limit" in said.err
    assert "the attempt may leave now" in said.err
    assert "k-very-secret" not in said.err


def test_a_failed_call_tells_people_what_and_how_far(shell):
    """The mapped sentence, the class, the status, how far it came; exit status 1 and nothing on stdout."""
    shell.answers({"status": 402, "body": {"error": {"code": "card_declined"}}})
    said = shell.call("create_charge", *GIVEN)
    assert (said.status, said.out) == (1, "")
    cause = "create_charge: test answered 402 (card_declined)"
    assert f"Error: PAYMENT_DECLINED: The card was declined. ({cause})" in said.err
    assert "ServiceError · status 402 · 1 attempt" in said.err
    assert "reached the service: yes" in said.err


def test_a_retried_call_counts_its_attempts(shell):
    """Two attempts, both paid."""
    shell.answers(503, {"status": 201, "body": {"id": "c", "amount": 1250, "currency": "eur"}})
    said = shell.call("create_charge", *GIVEN, "--format", "json")
    assert (said.json["attempts"], said.json["cost"]["amount"]) == (2, "0.02")


def test_a_version_may_be_asked_for(shell):
    """`--version` sends a supported one and refuses another by name."""
    assert shell.call("get_charge", "charge_id=1", "--version", "1").status == 0
    assert dict(shell.server.engine.requests()[-1].headers)["test-version"] == "1"
    said = shell.call("get_charge", "charge_id=1", "--version", "7")
    assert (said.status, said.out) == (2, "")
    assert "INT-001 does not support version 7; it supports 2, 1" in said.err


def test_a_key_may_be_given(shell):
    """The same key twice is the same charge."""
    first = shell.call("create_charge", *GIVEN, "--idempotency-key", "mine").json
    assert shell.call("create_charge", *GIVEN, "--idempotency-key", "mine").json == first


def test_what_is_queued_is_a_success_with_a_receipt(shell):
    """`ok: true`, fallback `queue`, no data, and the text says how to go on."""
    shell.service_is("down")
    document = shell.call("create_charge", *GIVEN, "--format", "json").json
    assert (document["ok"], document["fallback"], document["data"], document["status"]) == (True, "queue", None, None)
    assert document["receipt"]
    said = shell.call("create_charge", *GIVEN)
    assert (said.status, said.out) == (0, "")
    assert f"`intertie queue replay --base-url {shell.server.url}` sends it" in said.err


def test_a_missing_secret_is_named_by_its_reference(shell, monkeypatch):
    """What to set stands in the message; it is a failed call, not a bug."""
    monkeypatch.delenv("TEST_API_KEY")
    said = shell.call("create_charge", *GIVEN)
    assert said.status == 1
    assert "env:TEST_API_KEY" in said.err
    document = shell.call("create_charge", *GIVEN, "--format", "json").json
    assert (document["error"]["type"], document["error"]["reached"]) == ("CredentialMissing", "no")


def test_a_service_that_is_not_there_is_told_as_such(shell):
    """A refused connection: what was tried, that nothing was reached, exit status 1."""
    said = shell("call", "INT-001", "get_charge", "charge_id=1", "--base-url", "http://127.0.0.1:1")
    assert said.status == 1
    assert "ConnectError" in said.err
    assert "reached the service: no" in said.err


def test_a_spec_with_errors_shows_its_findings(shell):
    """Findings with their places go to stderr; exit status 1, nothing on stdout."""
    spec = shell.root / "specs" / "test.md"
    spec.write_text(spec.read_text().replace("method: POST", "method: PSOT"))
    said = shell.call("create_charge", *GIVEN)
    assert (said.status, said.out) == (1, "")
    assert "specs/test.md:" in said.err
    assert "TIE" in said.err
    assert "PSOT" in said.err


DECLINE = {"error": {"code": "card_declined", "message": "Funds are too low.", "client_secret": "cs_9"}}


def test_the_services_answer_is_shown_on_stderr(shell):
    """Status line, headers and body, masked; stdout stays the data."""
    said = shell.call("create_charge", *GIVEN, "--show-response")
    assert said.json["currency"] == "EUR"
    assert "HTTP 201 Created\n" in said.err
    assert "\ncontent-type: application/json\n" in said.err
    assert '\n  "currency": "eur"' in said.err
    shell.answers({"status": 402, "body": DECLINE})
    said = shell.call("create_charge", *GIVEN, "--show-response")
    assert "HTTP 402 Payment Required\n" in said.err
    assert '"message": "Funds are too low."' in said.err
    assert "cs_9" not in said.err
    assert said.out == ""


def test_the_services_answer_is_a_member_of_the_json(shell):
    """`response` in the one document on stdout, for success and failure; null where none came."""
    response = shell.call("create_charge", *GIVEN, "--show-response", "--format", "json").json["response"]
    assert (response["status"], response["headers"]["content-type"]) == (201, "application/json")
    assert response["body_bytes"] > 0
    shell.answers({"status": 402, "body": DECLINE})
    said = shell.call("create_charge", *GIVEN, "--show-response", "--format", "json")
    assert said.json["response"]["status"] == 402
    assert "Funds are too low." in said.json["response"]["body"]
    assert "cs_9" not in said.out
    nobody = ("call", "INT-001", "get_charge", "charge_id=1", "--base-url", "http://127.0.0.1:1", "--show-response")
    assert shell(*nobody, "--format", "json").json["response"] is None
    assert "the service did not answer" in shell(*nobody).err


def test_explain_shows_what_each_attempt_was_answered(shell):
    """Head and body of both answers, masked, in the timeline and in the events."""
    shell.answers({"status": 503, "body": {"message": "busy"}}, {"status": 402, "body": DECLINE})
    said = shell.call("create_charge", *GIVEN, "--explain")
    assert "what came back, masked and cut · status 503" in " ".join(said.err.split())
    assert '"message": "busy"' in said.err
    assert '"message": "Funds are too low."' in said.err
    assert "cs_9" not in said.err
    shell.answers({"status": 503, "body": {"message": "busy"}}, {"status": 402, "body": DECLINE})
    events = shell.call("create_charge", *GIVEN, "--explain", "--format", "json").json["events"]
    answers = [event for event in events if event["event"] == "answer"]
    assert [answer["status"] for answer in answers] == [503, 402]
    assert answers[0]["headers"]["content-type"] == "application/json"
    assert "busy" in answers[0]["body"]


def test_a_mapped_failure_prints_its_cause(shell):
    """The row's words and what happened: that nothing listens there is what a person needs."""
    spec = shell.root / "specs" / "test.md"
    spec.write_text(spec.read_text().replace("action: fallback", "action: fail"))
    gone = ("call", "INT-001", "get_charge", "charge_id=1", "--base-url", "http://127.0.0.1:1")
    said = shell(*gone)
    cause = "127.0.0.1:1 refused the connection; is the service running there?"
    assert f"Error: DOWN: It is down. ({cause})" in said.err
    error = shell(*gone, "--format", "json").json["error"]
    assert (error["message"], error["cause"]) == ("It is down.", cause)


def test_what_is_queued_says_why(shell):
    """The cause stands beside the receipt."""
    shell.answers({"status": 500, "body": {"message": "boom"}})
    said = shell.call("create_charge", *GIVEN)
    assert 'cause: DOWN: It is down. (create_charge: test answered 500, saying "boom")' in said.err
    shell.answers({"status": 500, "body": {"message": "boom"}})
    cause = shell.call("create_charge", *GIVEN, "--format", "json", "--show-response").json
    assert (cause["cause"]["code"], cause["cause"]["external_message"]) == ("DOWN", "boom")
    assert cause["response"]["status"] == 500
