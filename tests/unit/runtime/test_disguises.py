import pytest

from intertie.runtime.disguises import hidden_codes, may_hide_error, says_bad_credential, says_throttled


@pytest.mark.parametrize(
    "text",
    [
        "rate_limit_exceeded", "RateLimitExceeded", "userRateLimitExceeded", "API rate limit exceeded for user",
        "You have exceeded a secondary rate limit", "THROTTLED", "ThrottlingException", "Throttling.User",
        "TooManyRequestsException", "too many requests", "OVER_QUERY_LIMIT", "RequestLimitExceeded", "SlowDown",
        "RESOURCE_EXHAUSTED", "quota_exceeded", "insufficient_quota", "429",
    ],
)  # fmt: skip
def test_words_that_say_too_often(text):
    """The codes and sentences in which services throttle."""
    assert says_throttled(text)


@pytest.mark.parametrize(
    "text", ["card_declined", "amount limit", "rate not found", "invalid_request", "limit_exceeded", "1429", "", None]
)
def test_words_that_do_not(text):
    """A limit on an amount or an exchange rate is no throttling."""
    assert not says_throttled(text)


@pytest.mark.parametrize(
    "text",
    [
        "invalid_api_key", "The API key has expired", "Invalid API Key provided", "invalid_token", "ExpiredToken",
        "token revoked", "InvalidAccessKeyId", "bad credentials", 'Bearer error="invalid_token"', "missing api key",
        "InvalidSignature",
    ],
)  # fmt: skip
def test_words_about_our_credential(text):
    """A 403 that calls our key bad is ours to mend."""
    assert says_bad_credential(text)


@pytest.mark.parametrize(
    "text", ["forbidden", "not your order", "insufficient permissions", "the donkey is invalid", "Basic realm=x", None]
)
def test_words_about_something_else(text):
    """A 403 that only forbids is the caller's."""
    assert not says_bad_credential(text)


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"error": {"code": "rate_limited"}}, ["rate_limited"]),
        ({"error": "slow_down"}, ["slow_down"]),
        ({"errors": [{"code": "a"}, {"extensions": {"code": "THROTTLED"}}]}, ["a", "THROTTLED"]),
        ({"status": 429, "data": 1}, ["429"]),
        ({"code": 429}, ["429"]),
        ({"status": 200}, []),
        ({"status": "429 items"}, []),
        ({"error": None, "errors": []}, []),
        ({"error": {"code": True}}, []),
        ([{"error": "x"}], []),
        ("error", []),
    ],
)
def test_where_a_success_hides_an_error(body, codes):
    """The usual error places, and data that only looks like one."""
    assert hidden_codes(body) == codes
    if codes:
        assert may_hide_error(body)
