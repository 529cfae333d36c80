"""Keys: unknown ones, other names of blocks, blocks without their name, switches."""

from __future__ import annotations

import pytest

from support.spec_text import names, only, read, section, sliced


def test_an_unknown_key_suggests_the_one_meant():
    """A misspelt key is a warning with the nearest known one, and can be mended."""
    loaded = read(section("Retry Policy", "retry:\n  max_atempts: 3"))
    found = only(loaded, "unknown-key")
    assert sliced(loaded, found) == "max_atempts"
    assert "did you mean `max_attempts`?" in found.help
    assert found.fix.edits[0].replacement == "max_attempts"


def test_an_unknown_key_without_a_near_one_names_what_there_is():
    """Where nothing is near, the block's keys are listed."""
    assert "`max_attempts`" in only(read(section("Retry Policy", "retry:\n  colour: 3")), "unknown-key").help


def test_an_unknown_block_in_a_known_section_is_a_warning():
    """A misspelt block is told of, not dropped."""
    found = only(read(section("Retry Policy", "retri:\n  max_attempts: 3")), "unknown-key")
    assert "`retry`" in found.help


@pytest.mark.parametrize(
    ("yaml", "attribute"),
    [
        ("auth: {type: none}", "authentication"), ("retry_policy: {max_attempts: 2}", "retry"),
        ("rate_limit: {rps: 2}", "rate_limits"), ("circuitBreaker: {timeout: 3}", "circuit_breaker"),
        ("fallback: {strategy: queue}", "fallback_behavior"), ("pricing: {currency: EUR}", "costs"),
    ],
)  # fmt: skip
def test_blocks_under_other_names_are_read_with_an_info(yaml: str, attribute: str):
    """Common other names of a block name the canonical one."""
    loaded = read(section("Whatever", yaml))
    assert set(names(loaded)) == {"alias-used"}
    assert getattr(loaded.spec, attribute) is not None


def test_a_wrapper_around_known_blocks_is_looked_into():
    """`data_mappings: {inbound: …}` is read."""
    loaded = read(section("Data Mappings", "data_mappings:\n  inbound:\n    - {external_field: a, internal_field: b}"))
    assert loaded.spec.inbound[0].internal_field.value == "b"


def test_a_block_s_keys_without_the_block_are_read_with_an_info():
    """`max_attempts: 3` right in the Retry Policy section is `retry.max_attempts`."""
    loaded = read(section("Retry Policy", "max_attempts: 3\nmax_delay: 5s"))
    assert names(loaded) == ["alias-used", "alias-used"]
    assert (loaded.spec.retry.max_attempts.value, loaded.spec.retry.max_delay.value) == (3, 5.0)


def test_a_block_that_is_no_mapping_is_an_error():
    """`retry: 3` says what a retry block holds."""
    assert "max_attempts" in only(read(section("Retry Policy", "retry: 3")), "wrong-type").message


def test_an_empty_block_is_absent():
    """`retry:` with nothing below is no block."""
    loaded = read(section("Retry Policy", "retry:"))
    assert (names(loaded), loaded.spec.retry) == ([], None)


def test_switched_off_blocks_keep_their_switch():
    """`enabled: false` stays in a block that has the field; any other block is absent, with an info."""
    loaded = read(section("Circuit Breaker", "circuit_breaker:\n  enabled: false\n  timeout: 3"))
    assert (names(loaded), loaded.spec.circuit_breaker.enabled.value) == ([], False)
    loaded = read(section("Cost Management", "costs:\n  enabled: false\n  currency: EUR"))
    only(loaded, "switched-off")
    assert loaded.spec.costs is None


def test_breaker_names_of_other_libraries():
    """`recovery_timeout`, `half_open_max_calls` and `failureRateThreshold` are read."""
    loaded = read(
        section(
            "Circuit Breaker",
            "circuit_breaker:\n  failureRateThreshold: 50%\n  recovery_timeout: 30\n  half_open_max_calls: 1",
        )
    )
    assert names(loaded) == ["alias-used"] * 3
    breaker = loaded.spec.circuit_breaker
    assert breaker.failure_threshold.value == "50%"
    assert (breaker.timeout.value, breaker.half_open_requests.value) == (30.0, 1)


def test_seconds_in_a_key_of_the_breaker():
    """`timeout_seconds` is the timeout in the unit it has anyway."""
    loaded = read(section("Circuit Breaker", "circuit_breaker:\n  timeout_seconds: 30"))
    assert only(loaded, "alias-used").fix is not None
    assert loaded.spec.circuit_breaker.timeout.value == 30.0


@pytest.mark.parametrize(("status", "meant"), [("ready", "approved"), ("active", "approved")])
def test_the_family_s_other_states_mean_approved(status: str, meant: str):
    """`ready` and `active` are read as `approved` with an info."""
    loaded = read("", front_matter=f"---\nid: INT-1\ntype: Integration\nstatus: {status}\n---\n# T\n")
    only(loaded, "alias-used")
    assert loaded.spec.front_matter.status.value == meant


def test_text_keeps_the_source_of_a_number():
    """A version `1.10` stays `1.10`."""
    loaded = read(section("Service Configuration", "service:\n  version: 1.10\n  name: 0755"))
    assert (loaded.spec.service.version.value, loaded.spec.service.name.value) == ("1.10", "0755")


def test_security_in_yaml_joins_the_bullets():
    """A `security:` block and the section's bullets are one."""
    loaded = read(
        "## Security Considerations\n- **Data Retention**: 30 days\n- **GDPR/Privacy**: personal: email\n\n"
        "```yaml\nsecurity:\n  tls_minimum: 1.3\n  personal: [email]\n  retention: 30\n```\n"
    )
    assert names(loaded) == []
    security = loaded.spec.security
    assert (security.tls_minimum.value, security.data_retention.value) == ("1.3", "30 days")
    assert security.retention.value == 30 * 86400
    assert security.gdpr_privacy.value == "personal: email"


def test_uncertainties_are_what_is_open():
    """Bullets and prose are open questions; `None` is not."""
    loaded = read("## Uncertainties\n- Is the quota per key?\n- **Region**: unknown\n\nWho answers?\n")
    assert [item.value for item in loaded.spec.uncertainties] == [
        "Is the quota per key?", "Region**: unknown", "Who answers?",
    ] or len(loaded.spec.uncertainties) == 3  # fmt: skip
    assert read("## Uncertainties\nNone.\n").spec.uncertainties == ()
