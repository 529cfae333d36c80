"""Every kind of field: what is accepted, what is said of the rest."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.spec_text import names, only, read, section, sliced


def retry(line: str):
    return read(section("Retry Policy", f"retry:\n  {line}"))


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("initial_delay: 250", 0.25), ("initial_delay: 250ms", 0.25), ("initial_delay: 5 seconds", 5.0),
        ('initial_delay: "5 minutes"', 300.0), ("initial_delay: 1_second", 1.0), ("initial_delay: PT10S", 10.0),
        ("initial_delay: 1_000", 1.0), ("initial_delay: 1,000", 1.0), ("initial_delay: 2h", 7200.0),
    ],
)  # fmt: skip
def test_durations_become_seconds(line: str, seconds: float):
    """A bare number has the field's unit, a unit in the text wins."""
    loaded = retry(line)
    assert names(loaded) == []
    assert loaded.spec.retry.initial_delay.value == seconds


@pytest.mark.parametrize(
    ("line", "seconds", "says"),
    [
        ("initial_delay_ms: 250", 0.25, "`initial_delay`"), ("initial_delay_seconds: 2", 2.0, "behind the number"),
        ("base_delay: 100", 0.1, "`initial_delay`"), ("retry_delay_s: 3", 3.0, "behind the number"),
        ("initialDelay: 50", 0.05, "`initial_delay`"), ("initial-delay: 50", 0.05, "`initial_delay`"),
    ],
)  # fmt: skip
def test_other_spellings_of_a_key_name_the_canonical_one(line: str, seconds: float, says: str):
    """Suffixed units, aliases and other cases are read with an info."""
    loaded = retry(line)
    found = only(loaded, "alias-used")
    assert sliced(loaded, found) == line.partition(":")[0]
    assert says in found.help
    assert loaded.spec.retry.initial_delay.value == seconds


def test_a_suffix_s_unit_is_only_for_bare_numbers():
    """A unit in the value wins over the key's."""
    assert retry("initial_delay_ms: 3s").spec.retry.initial_delay.value == 3.0


def test_two_spellings_of_one_key_are_a_duplicate():
    """A field that is given by its name and by an alias is given twice."""
    loaded = retry("initial_delay: 1\n  base_delay: 2")
    found = only(loaded, "duplicate-key")
    assert (sliced(loaded, found), found.related[0].span.line) == ("base_delay", 13)


@pytest.mark.parametrize(
    ("line", "seconds"),
    [("initial_delay: 5 # seconds", 5.0), ("initial_delay: 5 # in minutes", 300.0), ("initial_delay: 2 # 2 s", 2.0)],
)
def test_a_unit_in_a_comment_counts_for_a_bare_number(line: str, seconds: float):
    """A comment that names another unit than the field's own is believed, and told of."""
    loaded = retry(line)
    assert sliced(loaded, only(loaded, "unit-in-comment")) == line.split()[1]
    assert loaded.spec.retry.initial_delay.value == seconds


@pytest.mark.parametrize("comment", ["ms", "milliseconds", "was 10 seconds before", "quick", "10 seconds at most"])
def test_other_comments_change_nothing(comment: str):
    """A comment with the field's own unit, another number or no unit is a comment."""
    loaded = retry(f"initial_delay: 5 # {comment}")
    assert names(loaded) == []
    assert loaded.spec.retry.initial_delay.value == 0.005


@pytest.mark.parametrize(
    ("line", "name", "says"),
    [
        ("initial_delay: 5kb", "wrong-unit", "milliseconds"), ("initial_delay: soon", "wrong-type", "a duration"),
        ("initial_delay: -1", "out-of-range", "at least"), ("initial_delay: [1, 2]", "wrong-type", "a single value"),
        ("initial_delay: {a: 1}", "wrong-type", "a single value"), ("max_attempts: 2.5", "wrong-type", "a whole number"),
        ("max_attempts: 0", "out-of-range", "at least 1"), ("max_attempts: true", "wrong-type", "a whole number"),
        ("multiplier: fast", "wrong-type", "a number"), ("backoff: expo", "invalid-choice", "`expo`"),
        ("jitter: maybe", "wrong-type", "true or false"), ("retry_on: {a: 1}", "wrong-type", "a list"),
        ("retry_conditions: [slow]", "invalid-choice", "slow"), ("retry_budget: 5x", "wrong-unit", "a percentage"),
        ("retry_budget: 200", "out-of-range", "at most 100%"), ("initial_delay: " + "9" * 400, "out-of-range", "at most 3650 d"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_what_was_expected(line: str, name: str, says: str):
    """A value of the wrong kind, unit, choice or size is one error at the value, and the field is absent."""
    loaded = retry(line)
    found = only(loaded, name)
    assert says in found.message
    assert sliced(loaded, found) in line


def test_an_unknown_choice_offers_the_nearest_and_all():
    """A misspelt choice is told with the one meant and with all there are, and can be mended."""
    loaded = retry("backoff: exponentail")
    found = only(loaded, "invalid-choice")
    assert "did you mean `exponential`" in found.help
    assert "linear" in found.help
    assert found.fix.edits[0].replacement == "exponential"


def test_choices_match_without_case_and_dashes():
    """`get`, `rest` and `Token-Bucket` are what they are."""
    loaded = read(section("Rate Limits", "throttling:\n  strategy: Token-Bucket"))
    assert names(loaded) == ["alias-used"]
    assert loaded.spec.throttling.strategy.value == "token_bucket"


@pytest.mark.parametrize(
    ("written", "value"),
    [("yes", True), ("no", False), ("on", True), ("Off", False), ('"true"', True), ("'no'", False)],
)
def test_loose_booleans_are_read_with_an_info(written: str, value: bool):
    """`yes/no/on/off` and quoted booleans are read, and told of."""
    loaded = retry(f"jitter: {written}")
    assert sliced(loaded, only(loaded, "loose-boolean")) == written
    assert loaded.spec.retry.jitter.value is value


def test_full_jitter_is_jitter():
    """`jitter: full` is `true`."""
    loaded = retry("jitter: full")
    only(loaded, "alias-used")
    assert loaded.spec.retry.jitter.value is True


def test_max_retries_counts_the_first_try_in():
    """`max_retries: 3` is four attempts."""
    loaded = retry("max_retries: 3")
    found = only(loaded, "alias-used")
    assert "max_attempts: 4" in found.message
    assert loaded.spec.retry.max_attempts.value == 4
    assert loaded.spec.retry.max_retries is None


def test_conditions_in_retry_on_are_moved():
    """A mixed list is taken apart into statuses and conditions."""
    loaded = retry("retry_on: [429, 5xx, timeout]")
    only(loaded, "alias-used")
    assert [item.value for item in loaded.spec.retry.retry_on] == ["429", "5xx"]
    assert [item.value for item in loaded.spec.retry.retry_conditions] == ["timeout"]


def test_a_list_of_waits_is_read_as_the_nearest_backoff():
    """`backoff_seconds: [1, 2, 5, 10]` is exponential from the first to the last."""
    loaded = retry("backoff_seconds: [1, 2, 5, 10]")
    only(loaded, "alias-used")
    spec = loaded.spec.retry
    assert (spec.initial_delay.value, spec.max_delay.value, spec.backoff.value) == (1.0, 10.0, "exponential")


def test_one_value_stands_for_a_list():
    """`retry_on: 503` and `retry_on: 429, 503` are lists, with the place of each entry."""
    assert [item.value for item in retry("retry_on: 503").spec.retry.retry_on] == ["503"]
    entries = retry("retry_on: 429, 503").spec.retry.retry_on
    assert [(item.value, item.span.column, item.span.end_column) for item in entries] == [
        ("429", 13, 16),
        ("503", 18, 21),
    ]


@pytest.mark.parametrize(
    ("written", "seconds"), [("< 200", 0.2), ("<200ms", 0.2), ("200", 0.2), ("p99 < 500ms", 0.5), ("≤ 1s", 1.0)]
)
def test_targets_are_upper_bounds(written: str, seconds: float):
    """A latency target is read with or without its comparison."""
    loaded = read(
        "## API Endpoints\n### A\n```yaml\nendpoint: {path: /a, method: GET}\nperformance:\n  p99: "
        + written
        + "\n```\n"
    )
    assert names(loaded) == []
    assert loaded.spec.endpoints[0].performance.p99.value == seconds


def test_a_target_that_is_a_lower_bound_is_an_error():
    """`p50: ">= 5"` is no target."""
    loaded = read(
        '## API Endpoints\n### A\n```yaml\nendpoint: {path: /a, method: GET}\nperformance:\n  p50: ">= 5"\n```\n'
    )
    only(loaded, "wrong-type")


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [("120", "120", None), ("$120.50", "120.50", "USD"), ("120 EUR", "120", "EUR"), ("1,200", "1200", None)],
)
def test_money_keeps_its_exact_amount_and_currency(written: str, amount: str, currency: str | None):
    """An amount is an exact decimal, with a currency where one is written."""
    loaded = read(section("Cost Management", f"costs:\n  budget:\n    monthly_limit: {written}\n    alert_at: 80"))
    money = loaded.spec.costs.budget.monthly_limit.value
    assert names(loaded) == []
    assert (money.amount, money.currency) == (Decimal(amount), currency)
    assert loaded.spec.costs.budget.alert_at.value == 0.8


@pytest.mark.parametrize("written", ["${STRIPE_KEY}", "$STRIPE_KEY", '"{env:STRIPE_KEY}"', "{{ env.STRIPE_KEY }}"])
def test_other_forms_of_a_secret_reference(written: str):
    """`${NAME}` and its like are `env:NAME`."""
    if written.startswith("{{"):
        written = f'"{written}"'
    loaded = read(
        section("Service Configuration", f"authentication:\n  type: api_key\n  config:\n    secret: {written}")
    )
    only(loaded, "alias-used")
    assert loaded.spec.authentication.config.secret.value == "env:STRIPE_KEY"


def test_a_secret_s_text_is_in_no_message():
    """What stands in a secret field may be the secret: no finding repeats it."""
    loaded = read(section("Service Configuration", "authentication:\n  config:\n    secret: [sk_live_1, sk_live_2]"))
    assert all("sk_live" not in found.message + (found.help or "") for found in loaded.diagnostics)


@pytest.mark.parametrize(
    ("written", "field", "limit"),
    [
        ("rate_limit: 100 requests per minute", "requests_per_minute", 100), ("rate_limit: 60 RPM", "requests_per_minute", 60),
        ("rate_limit: 1,000 requests/hour", "requests_per_hour", 1000), ("rpm: 5", "requests_per_minute", 5),
        ("requests_per_minute: 100 requests per minute", "requests_per_minute", 100),
        ("requests_per_second: 10 requests", "requests_per_second", 10),
    ],
)  # fmt: skip
def test_rates_in_prose(written: str, field: str, limit: int):
    """A rate in words is the limit of its window, with an info."""
    loaded = read(section("Rate Limits", f"rate_limits:\n  {written}"))
    assert set(names(loaded)) == {"alias-used"}
    assert getattr(loaded.spec.rate_limits, field).value == limit


def test_a_rate_over_another_window_stays_prose():
    """`100/10s` has no field of its own and is left for who can keep it."""
    loaded = read(section("Rate Limits", "rate_limits:\n  rate_limit: 100/10s"))
    assert loaded.spec.rate_limits.rate_limit.value == "100/10s"
    assert names(loaded) == []


def test_the_block_itself_may_be_a_rate():
    """`rate_limits: 100 requests per minute` is read."""
    loaded = read(section("Rate Limits", "rate_limits: 100 requests per minute"))
    assert loaded.spec.rate_limits.requests_per_minute.value == 100
    (told,) = [found for found in loaded.diagnostics if found.name == "alias-used"]
    assert [edit.replacement for edit in told.fix.edits] == ["{requests_per_minute: 100}"], "the block keeps its key"


@pytest.mark.parametrize("line", ["requests_per_minute: No limit", "rate_limit: unlimited"])
def test_no_limit_is_an_absent_limit(line: str):
    """`No limit` limits nothing."""
    loaded = read(section("Rate Limits", f"rate_limits:\n  {line}\n  burst_size: 3"))
    only(loaded, "alias-used")
    assert loaded.spec.rate_limits.requests_per_minute is loaded.spec.rate_limits.rate_limit is None


@pytest.mark.parametrize("line", ["requests_per_minute: 10/s", "rate_limit: often", "requests_per_minute: 0 requests"])
def test_a_rate_that_says_otherwise_is_an_error(line: str):
    """A rate of another window under a window's key, and no rate at all, are errors."""
    loaded = read(section("Rate Limits", f"rate_limits:\n  {line}"))
    assert [str(found.severity) for found in loaded.diagnostics] == ["error"]


def test_bullets_stand_for_a_block_that_is_not_there():
    """Rate limits as bullets are read; beside a block they are prose."""
    bullets = "## Rate Limits\n- **Requests per minute**: 100\n\n"
    assert read(bullets).spec.rate_limits.requests_per_minute.value == 100
    loaded = read(bullets + "```yaml\nrate_limits:\n  requests_per_minute: 50\n```\n")
    assert names(loaded) == []
    assert loaded.spec.rate_limits.requests_per_minute.value == 50


def test_braces_without_quotes_are_the_text_they_show():
    """`value: {uuid}` is read as the pattern, not as a mapping."""
    loaded = read(
        "## API Endpoints\n### A\n```yaml\nendpoint: {path: /a, method: POST}\nrequest:\n  headers:\n"
        "    - name: Idempotency-Key\n      value: {uuid}\n```\n"
    )
    only(loaded, "alias-used")
    assert loaded.spec.endpoints[0].request.headers[0].value.value == "{uuid}"


def test_quoted_brackets_of_a_message_are_no_placeholder():
    """`[Stripe] declined` and paths with brackets are filled in."""
    rows = 'error_mapping:\n  - {external_code: a, internal_code: B, message: "[Stripe] declined", action: fail}'
    assert names(read(section("Error Handling", rows))) == []
    rows = "inbound:\n  - {external_field: 'items[].sku', internal_field: 'rows[0].x', transform: 'enum({a: b})'}"
    assert names(read(section("Data Mappings", rows))) == []


@pytest.mark.parametrize("value", ["[sk_live_1]", "@sk_live_1", "sk_live_1: x", "{a: sk_live_1}", "'sk_live_1"])
def test_no_form_of_a_mistake_repeats_a_secret(value: str):
    """Neither a syntax error nor a wrong kind at a secret's place shows what stands there."""
    loaded = read(section("Service Configuration", f"authentication:\n  config:\n    secret: {value}"))
    assert loaded.diagnostics
    for found in loaded.diagnostics:
        edits = found.fix.edits if found.fix else ()
        assert "sk_live" not in f"{found.message}{found.help}{''.join(edit.replacement for edit in edits)}"


@pytest.mark.parametrize(
    ("bullet", "field", "value"),
    [
        ("Protocol: RESTful", "protocol", "REST"), ("Protocol: HTTPS (JSON)", "protocol", "REST"),
        ("Protocol: WebSockets", "protocol", "WebSocket"), ("Communication: async", "communication", "Asynchronous"),
        ("Authentication: OAuth 2.0 (client credentials)", "authentication", "OAuth"),
        ("Authentication: No auth", "authentication", "None"), ("Data Format: application/json", "data_format", "JSON"),
    ],
)  # fmt: skip
def test_the_type_of_integration_in_other_words(bullet: str, field: str, value: str):
    """What people say for a choice is read as it, with an info."""
    loaded = read(f"## Integration Type\n- {bullet}\n")
    assert getattr(loaded.spec.integration_type, field).value == value
    assert names(loaded) == ["alias-used"]


def test_fail_fast_and_a_version_in_the_path_are_read():
    """`fail_fast` is what the breaker does, or what a row does; a version in the path is one in the URL."""
    loaded = read(
        section("Error Handling", "fallback_behavior: {strategy: fail_fast}\nerror_mapping: [{external_code: 4xx, action: fail_fast}]")
        + section("Migration & Versioning", "versioning: {strategy: path, current: v1}")
    )  # fmt: skip
    spec = loaded.spec
    assert (spec.fallback_behavior.strategy.value, spec.error_mapping[0].action.value) == ("circuit_break", "fail")
    assert spec.versioning.strategy.value == "url"
    assert names(loaded) == ["alias-used"] * 3


def test_environments_under_other_names_are_those_of_the_template():
    """`dev` and `prod` are development and production, by which drafts and plain http are judged."""
    urls = "dev: 'http://127.0.0.1:1', prod: 'https://a.example', sandbox: 'https://s.example'"
    loaded = read(section("Service Configuration", f"service: {{environments: {{{urls}}}}}"))
    assert [name.value for name, _ in loaded.spec.service.environments] == ["development", "production", "sandbox"]
    assert names(loaded) == ["alias-used"] * 2
    both = read(
        section(
            "Service Configuration",
            "service: {environments: {dev: 'http://127.0.0.1:1', development: 'http://127.0.0.1:2'}}",
        )
    )
    assert [name.value for name, _ in both.spec.service.environments] == ["dev", "development"]
