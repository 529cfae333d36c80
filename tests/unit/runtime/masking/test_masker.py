"""Masks."""

from __future__ import annotations

import base64
import copy
import json
import threading
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intertie.core.secret import MASK, Secret
from intertie.runtime.masking import KnownSecrets, Masker
from intertie.runtime.plan import LoggingOptions
from support.pace import growth

PLAIN = LoggingOptions(mask_sensitive=False)
FULL = LoggingOptions(personal=("customer.email", "items[].name", "ssn"))


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Bearer abcdef", f"Bearer {MASK}"),
        ("authorization", "Basic dXNlcjpwYXNz", f"Basic {MASK}"),
        ("Authorization", "rawkey", MASK),
        ("Proxy-Authorization", "Digest x", f"Digest {MASK}"),
        ("Cookie", "sid=1; theme=dark", MASK),
        ("Set-Cookie", "sid=1; Path=/", MASK),
        ("X-API-Key", "k", MASK),
        ("X-Shop-Access-Token", "k", MASK),
        ("Stripe-Signature", "t=1,v1=abc", MASK),
        ("Content-Type", "application/json", "application/json"),
        ("Idempotency-Key", "9b2f", "9b2f"),
        (
            "Location",
            "https://u:p4ss@x.example/cb?code=1&access_token=abc&b=2",
            f"https://u:{MASK}@x.example/cb?code=1&access_token={MASK}&b=2",
        ),
    ],
)
def test_headers(name, value, shown):
    """Credentials are masked always, whatever the spec says about sensitive data; other headers are shown."""
    assert Masker(PLAIN).headers([(name, value)]) == [(name, shown)]


def test_fields_by_name_and_path():
    """Credentials by the field's name, personal fields by path; counts and cursors stay."""
    data = {
        "customer": {"email": "ada", "city": "B"}, "items": [{"name": "x", "sku": 1}], "deep": {"ssn": "1"}, "password": "p",
        "apiKey": "k", "nested": {"client_secret": "c", "token": None, "max_tokens": 5, "next_page_token": "n"},
        "at": datetime(2026, 1, 1, tzinfo=UTC), "d": Decimal("1.50"), "raw": b"xx", "ok": True, "n": 5, "f": 1.5,
    }  # fmt: skip
    before = copy.deepcopy(data)
    assert Masker(FULL).data(data) == {
        "customer": {"email": MASK, "city": "B"}, "items": [{"name": MASK, "sku": 1}], "deep": {"ssn": MASK},
        "password": MASK, "apiKey": MASK,
        "nested": {"client_secret": MASK, "token": None, "max_tokens": 5, "next_page_token": "n"},
        "at": "2026-01-01T00:00:00Z", "d": "1.50", "raw": "2 bytes", "ok": True, "n": 5, "f": 1.5,
    }  # fmt: skip
    assert data == before


def test_personal_paths_hold_in_lists_of_objects():
    """A list answer has the personal fields of each element masked."""
    assert Masker(FULL).data([{"customer": {"email": "a"}}, {"items": [{"name": "b"}]}]) == [
        {"customer": {"email": MASK}},
        {"items": [{"name": MASK}]},
    ]
    assert Masker(LoggingOptions(personal=("tags[]",))).data({"tags": ["a"]}) == {"tags": MASK}
    assert Masker(LoggingOptions(personal=("users.name",))).data({"users": [{"name": "a"}]}) == {
        "users": [{"name": MASK}]
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sent Bearer abcdefgh.ijk now", f"sent Bearer {MASK} now"),
        ("key sk_live_4eC39HqLyjWDarjtT1zdp7dc!", f"key {MASK}!"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def", MASK),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", MASK),
        ("AKIAIOSFODNN7EXAMPLE", MASK),
        ("xoxb-123456789012-abcdef", MASK),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- after", f"{MASK} after"),
        ("GET /x?api_key=abc&page=2", f"GET /x?api_key={MASK}&page=2"),
        ('{"password": "p\\"q", "n": 1}', f'{{"password": "{MASK}", "n": 1}}'),
        ("password: hunter2, user: ada", f"password: {MASK}, user: ada"),
        ("filter%5Btoken%5D=abc&x=1", f"filter%5Btoken%5D={MASK}&x=1"),
        ("postgres://app:pw@db.example/x", f"postgres://app:{MASK}@db.example/x"),
        ("create_charge: stripe answered 402 (card_declined)", "create_charge: stripe answered 402 (card_declined)"),
        ("at $.items[3].price: `multiply` takes a number", "at $.items[3].price: `multiply` takes a number"),
    ],
)
def test_texts_without_credentials(text, shown):
    """Credentials are found by their shape and by the name before them."""
    assert Masker(PLAIN).text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mail ada.l+x@shop.example now", f"mail {MASK} now"),
        ("email=ada%40shop.example", f"email={MASK}"),
        ("card 4242 4242 4242 4242.", f"card {MASK}."),
        ("5555555555554444", MASK),
        ("order 4242424242424241", "order 4242424242424241"),
        ("iban DE89370400440532013000", f"iban {MASK}"),
        ("at 1732438800250", "at 1732438800250"),
        ("phone: +49-30-1234", f"phone: {MASK}"),
    ],
)
def test_sensitive_data_where_the_spec_asks(text, shown):
    """E-mail addresses, card numbers, IBANs and telephone numbers are masked only with `mask_sensitive`."""
    assert Masker(LoggingOptions()).text(text) == shown
    assert Masker(PLAIN).text(text) == text


def test_card_numbers_in_data():
    """A card number is found in a text and as a number."""
    assert Masker(LoggingOptions()).data({"a": "4242424242424242", "b": 4242424242424242, "c": 42}) == {
        "a": MASK,
        "b": MASK,
        "c": 42,
    }


def test_secrets_are_found_in_their_encodings():
    """A registered secret is masked as it is, percent-encoded, in JSON and inside Base64."""
    secret = 's3cr3t/+"ö key'
    masker = Masker(PLAIN, [Secret(secret)])
    for form in (
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    ):
        assert masker.text(f"x {form} y") == f"x {MASK} y"
    for lead in range(4):
        encoded = base64.b64encode(b"u" * lead + b":" + secret.encode() + b"tail").decode()
        assert MASK in masker.text(encoded)


@pytest.mark.parametrize(
    "written",
    ['s"3cr\u00f6t/x', 's\\"3cr\u00f6t/x', 's\\"3cr\\u00f6t/x', "s%223cr%c3%b6t%2fx", "s%223cr%C3%B6t/x"],
)
def test_a_secret_is_masked_whole_however_it_is_escaped(written):
    """To its first and its last character."""
    assert Masker(PLAIN, [Secret('s"3cr\u00f6t/x')]).text(f"x{written}y") == f"x{MASK}y"


@pytest.mark.parametrize("secret", ["abcdef", "abcdefghi", "abcdefgh"])
def test_a_secret_in_base64_is_masked_as_far_as_it_reaches(secret):
    """Where the encoding ends with the secret, nothing of it is left but what would say less than one character."""
    left = Masker(PLAIN, [Secret(secret)]).text(base64.b64encode(secret.encode()).decode()).rstrip("=")
    assert left.startswith(MASK)
    assert len(left) - len(MASK) == (1 if len(secret) % 3 else 0)


def test_only_values_that_hold_something_are_hidden_by_their_name():
    """Yes and no say nothing, and what lies deeper has names of its own."""
    data = {"pin": False, "password": True, "token": None, "secret": {"a": 1}, "jwt": ["x", 2], "cvv": 123}
    masked = {**data, "cvv": MASK}
    assert Masker(PLAIN).data(data) == masked
    assert Masker(PLAIN, [Secret("True")]).data({"ok": True}) == {"ok": True}


def test_secrets_are_registered_late_and_from_any_thread():
    """A secret that is resolved later is masked from then on."""
    known = KnownSecrets()
    masker = Masker(PLAIN, known)
    assert masker.text("late-secret") == "late-secret"
    threads = [threading.Thread(target=known.add, args=(Secret(f"late-secret-{n}"),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    masker.register(Secret("late-secret"))
    assert masker.text(" ".join(f"late-secret-{n}" for n in range(8))) == " ".join([MASK] * 8)


def test_empty_secrets_and_the_mask_itself_are_nothing_to_mask():
    """A secret without text, or of mask characters, changes nothing."""
    assert Masker(PLAIN, [Secret(""), Secret("•")]).text("a•b") == "a•b"


def test_masking_never_spells_a_secret():
    """A secret that holds the mask itself, such as one copied from a log, can arise only while others are masked."""
    nested = Masker(PLAIN, [Secret(f"<{MASK}>"), Secret(f"a{MASK}b"), Secret("X")])
    assert nested.text("say <aXb> now") == nested.known("say <aXb> now") == f"say {MASK} now"
    assert Masker(PLAIN, [Secret(f"password={MASK}")]).text("password=hunter2") == MASK
    assert Masker(FULL, [Secret(f"to {MASK}!")]).text("to ada@shop.example!") == MASK


SECRETS = st.text(min_size=4, max_size=20).filter(lambda text: text.strip("•") != "")
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def texts_of(data):
    if isinstance(data, dict):
        return [text for pair in data.items() for part in pair for text in texts_of(part)]
    if isinstance(data, list | tuple):
        return [text for part in data for text in texts_of(part)]
    return [data] if isinstance(data, str) else []


@given(secrets=st.lists(SECRETS, min_size=1, max_size=3), before=st.text(), after=st.text(), sensitive=st.booleans())
@example(secrets=["aXb", "X"], before="a", after="b", sensitive=False)
@example(secrets=["abab"], before="ab", after="ab", sensitive=True)
@settings(deadline=None, max_examples=150)
def test_no_registered_secret_is_ever_shown(secrets, before, after, sensitive):
    """Whatever stands around it, in texts, headers and data, as name or as value."""
    masker = Masker(LoggingOptions(mask_sensitive=sensitive), [Secret(text) for text in secrets])
    for secret in secrets:
        text = before + secret + after
        shown = [masker.text(text), *texts_of(masker.data({text: [text, {secret: text}]}))]
        shown += texts_of(masker.headers([("X-Note", text), (text, text), ("Authorization", text)]))
        assert not [each for each in shown if secret in each]


@given(DATA)
@settings(deadline=None, max_examples=80)
def test_any_data_is_masked_without_a_crash(data):
    """Whatever is logged, masking gives something that JSON can hold."""
    json.dumps(Masker(FULL, [Secret("s3cret")]).data(data))


@pytest.mark.parametrize(
    ("head", "unit", "count", "tail"),
    [("", "a", 50_000, ""), ("", "a.", 22_500, "@"), ("", "1 ", 22_500, ""), ("", "eyJaaaaaaaa.", 2250, ""), ('token="', "\\", 5_000, ""), ("", "http://", 5_000, ""), ("", "a@b.", 10_000, ""), ("-----BEGIN A", "A ", 10_000, ""), ("sk-", "a-", 15_000, ""), ("", "AA00 0000", 5_000, "")],
)  # fmt: skip
def test_hostile_texts_take_no_time(head, unit, count, tail):
    """No text makes the patterns run away: one four times as long is about four times the work, not sixteen times."""

    def masking(size: int):
        text = head + unit * size + tail
        return lambda: Masker(LoggingOptions()).text(text)

    assert growth(masking, count) < 8


def test_a_secret_is_masked_in_json_of_php_and_in_hexadecimal():
    """A service that echoes a key writes it as its language does: PHP puts a backslash before each slash."""
    secret = "s3cr3t/To+ken=Value"
    masker = Masker(PLAIN, [Secret(secret)])
    for form in ("s3cr3t\\/To+ken=Value", secret.encode().hex(), secret.encode().hex().upper()):
        assert masker.text(f"key {form} is wrong") == f"key {MASK} is wrong"


def test_a_deep_or_endless_object_is_cut():
    """An object that holds itself is shown down to a depth."""
    loop: dict[str, object] = {}
    loop["x"] = loop
    assert MASK in json.dumps(Masker(PLAIN).data(loop), ensure_ascii=False)
    assert len(Masker(PLAIN).text("x" * 500_000)) < 250_000
