"""Everything that can be mended: the rules' examples, and spellings that parser and compiler mend."""

from __future__ import annotations

from dataclasses import dataclass

from intertie.lint.registry import RULES


@dataclass(frozen=True)
class Fixable:
    """A fragment to lay over the complete spec of `support.rule_examples`, and the rule whose finding is mended."""

    name: str
    rule: str
    language: str
    text: str


_SPELLINGS: tuple[tuple[str, str, str], ...] = (
    ("other key", "alias-used", "retry:\n  max_attempts: 3\n  base_delay: 100\n"),
    ("unit in key", "alias-used", "retry:\n  max_attempts: 3\n  initial_delay_seconds: 1\n  max_delay: 2000\n"),
    ("retries for attempts", "alias-used", "retry:\n  max_retries: 2 # the first try not counted\n"),
    ("other word", "alias-used", "retry:\n  max_attempts: 3\n  backoff: exponential_backoff\n"),
    ("rate in prose", "alias-used", "rate_limits:\n  rate_limit: 100 requests per minute\n"),
    ("requests in words", "alias-used", "rate_limits:\n  requests_per_second: 10 requests\n"),
    ("slip in a key", "unknown-key", "retry:\n  max_atempts: 3   # the first try counted\n"),
    ("far key", "unknown-key", "retry:\n  max_attempts: 3\n  max_wait_delay: 1000\n"),
    ("yes", "loose-boolean", "retry:\n  max_attempts: 3\n  jitter: yes\n"),
    ("unit in comment", "unit-in-comment", "circuit_breaker:\n  failure_threshold: 5\n  timeout: 2 # minutes\n"),
    ("nearly a choice", "invalid-choice", "retry:\n  max_attempts: 3\n  backoff: exponentail\n"),
    ("twice the same", "duplicate-key", "retry:\n  max_attempts: 3\n  jitter: true\n  jitter: true\n"),
    ("comparison", "yaml-syntax", ("monitoring:\n  alerts:\n    - severity: critical\n      channel: email\n"
     "      condition: %5 # of a hundred\n")),
    ("day first", "invalid-date", ("versioning:\n  strategy: header\n  current: v1\n  supported: [v1]\n"
     "  deprecation_schedule:\n    v0: 30.06.2027\n")),
    ("wrong reference", "ref-unresolved", ("response:\n  success:\n    status: 200\n    content_type: application/json\n"
     "    schema:\n      $ref: '#/components/schemas/Quot'\ncomponents:\n  schemas:\n    Quote:\n      type: object\n")),
    ("wrong transform", "unknown-transform", ("inbound:\n  - external_field: id\n    internal_field: quote\n"
     "    transform: uppercse\n")),
    ("same error row", "duplicate-error-code", ("error_mapping:\n  - {external_code: 503, internal_code: DOWN}\n"
     "  - {external_code: 503, internal_code: DOWN}\n")),
    ("same mapping row", "target-mapped-twice", ("inbound:\n  - external_field: id\n    internal_field: quote\n"
     "  - external_field: id\n    internal_field: quote\n")),
    ("key for a write", "unsafe-retry-without-key", ("endpoint: {path: /parcels, method: POST, description: d}\nrequest:\n"
     "  headers:\n  - name: X-Shop\n    value: eu\n")),
    ("plain http", "plain-http", "service:\n  name: parcel-rates\n  base_url: http://api.parcels.example\n"),
)  # fmt: skip

FIXABLE = (
    *(Fixable(name, rule, "yaml", text) for name, rule, text in _SPELLINGS),
    *(
        Fixable(rule.code, rule.name, rule.page.example.language, rule.page.example.text)
        for rule in RULES
        if rule.page.example.language != "text"
    ),
)
"""The spellings above, then every rule's example; those whose finding has no fix are left as they are."""
