import pytest

from intertie.runtime.hints import has_hint, quota, read_hint, retry_after_s
from intertie.runtime.http import Headers
from intertie.runtime.state import ServerHint

NOW_S = 1_795_510_800.0  # 2026-11-24T09:00:00Z


def headers(**fields: str) -> Headers:
    return Headers.of([(name.replace("_", "-"), value) for name, value in fields.items()])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("99999999999999999999999999", 10 * 365 * 86400.0),
        ("999999999999", 10 * 365 * 86400.0),
        ("Tue, 24 Nov 2026 09:01:00 GMT", 60.0),
        ("Tue, 24 Nov 2026 08:59:00 GMT", 0.0),
        ("Tuesday, 24-Nov-26 09:00:30 GMT", 30.0),
        ("Tue Nov 24 09:00:30 2026", 30.0),
        ("Tue, 99 Nov 2026 09:01:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text, expected):
    """Seconds, dates in all three forms, and nothing made of nonsense."""
    assert retry_after_s(headers(Retry_After=text), now_s=NOW_S) == expected


def test_the_longest_of_several_statements_holds():
    """Two Retry-After headers: nobody may come before the later."""
    doubled = Headers.of([("Retry-After", "5"), ("Retry-After", "9")])
    assert retry_after_s(doubled, now_s=NOW_S) == 9.0


def test_the_declared_header_goes_before_the_standard_one():
    """An endpoint may name another header for the same statement."""
    both = headers(Retry_After="5", X_Wait="7")
    assert retry_after_s(both, now_s=NOW_S, header="x-wait") == 7.0
    assert retry_after_s(headers(Retry_After="5"), now_s=NOW_S, header="x-wait") == 5.0


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"RateLimit": '"default";r=50;t=30'}, (50, 30.0)),
        ({"RateLimit": '"burst";r=0;t=1, "daily";r=300;t=5000'}, (0, 1.0)),
        ({"RateLimit": '"a";r=0;t=1, "b";r=0;t=60'}, (0, 60.0)),
        ({"RateLimit": '"default";r=5', "RateLimit_Policy": '"default";q=100;w=60'}, (5, 60.0)),
        ({"RateLimit": "limit=100, remaining=50, reset=5"}, (50, 5.0)),
        ({"RateLimit_Limit": "100", "RateLimit_Remaining": "7", "RateLimit_Reset": "20"}, (7, 20.0)),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "1795510860"}, (0, 60.0)),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "1795510860000"}, (0, 60.0)),
        ({"X_Rate_Limit_Remaining": "3", "X_Rate_Limit_Reset": "2"}, (3, 2.0)),
        ({"X_RateLimit_Remaining_Requests": "9", "X_RateLimit_Reset_Requests": "6m0s"}, (9, 360.0)),
        ({"X_RateLimit_Reset": "2026-11-24T09:00:10Z"}, (None, 10.0)),
        ({"X_RateLimit_Reset": "Tue, 24 Nov 2026 09:00:10 GMT"}, (None, 10.0)),
        ({"X_RateLimit_Reset": "999999999"}, (None, 10 * 365 * 86400.0)),
        ({"X_RateLimit_Reset": "1000000000"}, (None, 0.0)),
        ({"X_RateLimit_Reset": "99999999999"}, (None, 10 * 365 * 86400.0)),
        ({"X_RateLimit_Reset": "100000000000"}, (None, 0.0)),
        ({"X_RateLimit_Remaining": "12, 340"}, (12, None)),
        ({"X_RateLimit_Remaining": "plenty", "X_RateLimit_Reset": "later"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_what_is_left_in_every_spelling(fields, expected):
    """Drafts, the usual vendor headers, deltas, epochs, durations and dates mean the same."""
    assert quota(headers(**fields), now_s=NOW_S) == expected


def test_a_throttled_answer_without_retry_after_waits_for_the_reset():
    """Nothing left and a reset: that is when the pause ends."""
    hint = read_hint(headers(X_RateLimit_Remaining="0", X_RateLimit_Reset="30"), now_s=NOW_S, throttled=True)
    assert hint == ServerHint(pause_s=30.0, throttled=True, remaining=0, reset_s=30.0)


def test_a_bare_429_is_a_hint_of_its_own():
    """The declared pause applies where the answer states none."""
    assert read_hint(Headers(), now_s=NOW_S, throttled=True) == ServerHint(throttled=True)
    assert read_hint(Headers(), now_s=NOW_S) is None


def test_retry_after_on_a_success_is_no_pause():
    """After a 202 it tells when to look for the result."""
    assert read_hint(headers(Retry_After="5"), now_s=NOW_S, pauses=False) is None


def test_an_answer_without_hint_headers_is_told_apart_cheaply():
    """Only answers that may hold a hint are read."""
    assert has_hint(headers(X_RateLimit_Remaining="1"))
    assert not has_hint(headers(Content_Type="application/json", Date="x"))
