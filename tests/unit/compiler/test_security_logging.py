from __future__ import annotations

import pytest

from intertie.compiler.retention import read_retention_s
from support.spec_builder import findings_of, plan_of


def test_logging_defaults_mask():
    """Without a block nothing but a line a call is logged, masked."""
    logging = plan_of().logging
    assert (logging.level, logging.include_headers, logging.include_body, logging.mask_sensitive) == (
        "info",
        False,
        False,
        True,
    )


def test_warn_is_the_level_of_the_standard_library():
    """`warn` is `warning` there."""
    assert plan_of(monitoring={"logging": {"level": "warn"}}).logging.level == "warning"


def test_personal_fields_come_from_both_places():
    """`personal:` in the privacy bullet and `security.personal` are one list."""
    security = {
        "gdpr/privacy": "GDPR. personal: customer.email, billing_details.email; nothing else",
        "personal": ["name"],
    }
    assert plan_of(security=security).logging.personal == ("name", "customer.email", "billing_details.email")


@pytest.mark.parametrize(
    ("prose", "minimum"),
    [("TLS 1.2+ in transit", "1.2"), ("TLSv1.3 only", "1.3"), ("encrypted", "1.2"), ("TLS 1.0", "1.2")],
)
def test_the_bullet_sets_the_tls_minimum(prose, minimum):
    """The version in the sentence is the oldest that is spoken, never older than 1.2."""
    assert plan_of(security={"data_encryption": prose}).tls.minimum == minimum


def test_files_are_absolute():
    """Relative files start at the workspace root."""
    tls = plan_of(security={"ca": "certs/ca.pem", "client_certificate": "/etc/c.pem", "client_key": "env:KEY"}).tls
    assert (tls.ca_file, tls.certificate_file, tls.client_key) == ("/nowhere/certs/ca.pem", "/etc/c.pem", "env:KEY")


def test_a_literal_client_key_is_refused():
    """The client key is a secret like any other."""
    assert findings_of(security={"client_key": "-----BEGIN"}) == ["literal-secret"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30 days", 2592000.0),
        ("24h", 86400.0),
        ("max. 1_000 seconds", 1000.0),
        ("6 months", 15552000.0),
        ("as needed", None),
        ("cached for one day", 86400.0),
        ("queued messages for at most a day", 86400.0),
        ("each account is read four times a day", None),
        ("nothing is kept longer than a week", 604800.0),
        ("none", 0.0),
        ("none here; the personnel file keeps the signed PDF", 0.0),
        ("we keep neither prompts nor answers; OpenAI keeps them for 30 days", 0.0),
        ("OpenAI keeps them for 30 days", None),
        ("the cache keeps answers for 5 minutes", 300.0),
        ("7 days; the vendor's terms allow 30 days", 604800.0),
        ("the bucket's TTL removes them after 14 days, and nothing is cached here", 0.0),
        ("Answers are not kept. The bank itself keeps them for ten years.", 0.0),
    ],
)
def test_retention_is_read_from_a_sentence(text, seconds):
    """A duration in the sentence is when stored data is deleted."""
    assert read_retention_s(text) == seconds


def test_retention_field_wins_and_prose_is_said():
    """The YAML field beats the bullet; a bullet without a duration is listed as not enforced."""
    assert plan_of(security={"retention": 60.0, "data_retention": "30 days"}).retention_s == 60.0
    plan = plan_of(security={"data_retention": "as long as needed"})
    assert plan.retention_s is None
    assert [item.what for item in plan.not_enforced] == ["data retention"]


def test_prose_is_reported_as_not_enforced():
    """Promises that nothing keeps are in the plan's list, each with its reason and place."""
    plan = plan_of(
        security={
            "data_encryption": "AES-256 at rest",
            "secret_management": "In the vault",
            "gdpr/privacy": "By the book",
        },
        sla={"availability": "99.9%"},
        monitoring={"metrics": ["error_rate"], "alerts": [{"condition": "error_rate > 5%", "channel": "slack"}]},
        dependencies={"libraries": "none", "infrastructure": "Redis"},
    )
    said = {item.what for item in plan.not_enforced}
    assert {
        "encryption at rest",
        "secret management",
        "privacy",
        "availability: 99.9%",
        "metrics error_rate",
        "alert `error_rate > 5%` to slack",
        "infrastructure: Redis",
    } == said
    assert all(item.why and ":" in item.source for item in plan.not_enforced)
