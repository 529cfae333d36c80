"""Credentials as tables: what each asks for, what it puts where, and when it asks for one more attempt."""

import base64

import pytest

from intertie.core.secret import Secret
from intertie.runtime.http import Request
from intertie.runtime.policies.auth.flow import NeedBodyField, NeedSecret, Reply, Send
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.auth.schemes import SCHEMES

PLAIN = Request("POST", "/things", (("X-Team", "ours"),), body=b"{}")
WITH_FIELD = Request("POST", "/things", body=b'{"key": "s3cret"}', body_is_secret=True)


def play(options, *secrets, refused=None, carried=None):
    """Return the asks of a flow and what it returned; the secrets are given in their turn."""
    flow, given, asks = SCHEMES[options.type](options).flow(PLAIN), iter(secrets), []
    try:
        ask = next(flow)
        while True:
            asks.append(ask)
            match ask:
                case NeedSecret():
                    ask = flow.send(Secret(next(given), reference=ask.reference))
                case NeedBodyField():
                    ask = flow.send(WITH_FIELD)
                case Send():
                    sent = ask.credential.secret if carried is None else Secret(carried, reference="")
                    ask = flow.send(Reply(refused=bool(refused), carried=sent))
    except StopIteration as ended:
        return asks, ended.value


def test_a_key_goes_where_the_plan_says():
    """One question, one request; the rest of the request stays as it was."""
    options = AuthOptions("api_key", "query", "key", None, "env:KEY")
    (need, send), again = play(options, "s3cret")
    assert need == NeedSecret("env:KEY")
    assert (send.request.credential.location, send.request.credential.name) == ("query", "key")
    assert send.request.credential.secret.reveal() == "s3cret"
    assert (send.request.headers, send.request.body, send.sign) == (PLAIN.headers, PLAIN.body, None)
    assert again is False


def test_a_key_in_the_body_is_built_in():
    """The request with the field comes from whoever builds bodies; the transport has nothing to attach."""
    (_, field, send), _ = play(AuthOptions("api_key", "body", "key", None, "env:KEY"), "s3cret")
    assert (field.name, field.secret.reveal()) == ("key", "s3cret")
    assert send.request is WITH_FIELD
    assert send.request.credential is None
    assert send.credential.location == "body"


def test_basic_needs_two_secrets():
    """Both in one header (RFC 7617 section 2), under the password's reference."""
    options = AuthOptions("basic", username="env:USER", password="env:PASSWORD")
    (user, password, send), _ = play(options, "me", "hunter2")
    assert (user, password) == (NeedSecret("env:USER"), NeedSecret("env:PASSWORD"))
    assert base64.b64decode(send.credential.secret.reveal()) == b"me:hunter2"
    assert (send.credential.scheme, send.credential.secret.reference) == ("Basic", "env:PASSWORD")


KEY = {"type": "api_key", "secret": "env:KEY"}
BASIC = {"type": "basic", "username": "env:U", "password": "env:P"}


@pytest.mark.parametrize(
    ("options", "secrets", "refused", "again"),
    [
        (KEY, ["old"], True, False),
        ({**KEY, "token_refresh": True}, ["old"], False, False),
        ({**KEY, "token_refresh": True}, ["old", "old"], True, False),
        ({**KEY, "token_refresh": True}, ["old", "new"], True, True),
        ({**KEY, "location": "body", "token_refresh": True}, ["old", "new"], True, True),
        (BASIC, ["u", "p"], True, False),
        ({**BASIC, "token_refresh": True}, ["u", "p", "u", "p"], True, False),
        ({**BASIC, "token_refresh": True}, ["u", "p", "u", "other"], True, True),
        ({**BASIC, "token_refresh": True}, ["u", "p", "other", "p"], True, True),
    ],
)
def test_one_more_attempt_is_asked_for_where_the_credential_is_another(options, secrets, refused, again):
    """After a refusal, with `token_refresh`, where the references give something else now."""
    assert play(AuthOptions(**options), *secrets, refused=refused)[1] is again


def test_what_the_attempt_carried_counts():
    """Who was refused with an old key while another caller had found the new one already: the new one is worth a try."""
    options = AuthOptions(**KEY, token_refresh=True)
    assert play(options, "new", "new", refused=True, carried="old")[1] is True


def test_every_ask_names_its_reference_anew_after_a_refusal():
    """What is kept is what was refused."""
    asks, _ = play(AuthOptions(**BASIC, token_refresh=True), "u", "p", "u", "p", refused=True)
    assert [(ask.reference, ask.anew) for ask in asks if isinstance(ask, NeedSecret)] == [
        ("env:U", False), ("env:P", False), ("env:U", True), ("env:P", True),
    ]  # fmt: skip
