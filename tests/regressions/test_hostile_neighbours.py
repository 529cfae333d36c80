"""What stands beside a spec may be as hostile as the spec: configuration, case paths, references, very long lines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from intertie.compiler import load_settings
from intertie.core.errors import UsageError
from intertie.diagnostics import Diagnostic, Severity, SourceSpan
from intertie.diagnostics.render import render_full
from intertie.spec.loading import load
from intertie.spec.workspace import Unreadable, Workspace
from support.pace import growth
from support.rule_examples import check_lines, compose
from support.spec_text import read, section


def _settings(root: Path, text: str) -> str:
    (root / "intertie.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_settings(root, config=None, environ={}, flags={})
    return str(refused.value)


def test_configuration_nested_without_end_is_wrong_usage(tmp_path: Path):
    """Ten thousand brackets in the configuration are one message, not a bug."""
    assert _settings(tmp_path, "a = " + "[" * 10_000) == "intertie.toml is not valid TOML: it is nested too deep"


def test_configuration_of_many_megabytes_is_not_read(tmp_path: Path):
    """A configuration file larger than any is refused by its size."""
    assert _settings(tmp_path, "# " + "x" * 2_000_000) == "intertie.toml can't be read: it has more than 1 MB"


def test_a_pipe_in_the_configuration_s_place_is_not_waited_for(tmp_path: Path):
    """A pipe that nobody writes to is refused at once."""
    os.mkfifo(tmp_path / "intertie.toml")
    with pytest.raises(UsageError, match=r"intertie\.toml can't be read: it is not a regular file"):
        load_settings(tmp_path, config=None, environ={}, flags={})


@pytest.mark.parametrize("reference", ["/test-cases/" + "a" * 5000 + ".yaml", "/test-cases/\0TC-001.yaml", "TC-1" * 99])
def test_a_case_path_that_no_file_can_have_is_not_there(tmp_path: Path, reference: str):
    """A path too long for the file system, or with a null character, names no case."""
    assert Workspace(tmp_path).find_case(reference) is None


@pytest.mark.parametrize("reference", ["/" + "a" * 5000, "a" * 5000, "./" + "a/" * 3000])
def test_a_reference_that_no_file_can_have_is_a_finding(tmp_path: Path, reference: str):
    """A `$ref` too long for the file system is refused in words."""
    with pytest.raises(Unreadable):
        Workspace(tmp_path).read_text(reference)


def test_a_reference_file_with_too_many_values_says_how_many_are_read(tmp_path: Path):
    """The limit that is told is the one that was passed."""
    (tmp_path / "big.yaml").write_text("a: [" + "1," * 801_000 + "]", encoding="utf-8")
    schema = "endpoint: {path: /a, method: GET}\nresponse: {success: {schema: {$ref: '/big.yaml#/a'}}}"
    (found,) = [
        each
        for each in read(section("API Endpoints\n### Get", schema), root=tmp_path).diagnostics
        if each.name == "ref-unreadable"
    ]
    assert "more than 800,000 values" in found.message


def test_a_pattern_that_never_ends_is_no_trap(tmp_path: Path):
    """An example is judged by a pattern that backtracks without end in as little time as by any other."""
    hostile = (
        'endpoint: {path: /a, method: GET}\nresponse: {success: {schema: {type: string, pattern: "^(a+)+$", example: '
    )
    lines = compose(f"{hostile}{'a' * 40}!}}}}}}", "yaml")
    names = [found.name for found in check_lines(lines, tmp_path)]
    assert "schema-example-breaks-schema" in names


@pytest.mark.parametrize("character", ["`", "\u0301", "\t"])
def test_an_excerpt_of_a_line_of_a_megabyte_is_drawn_at_once(character: str):
    """What is not shown is not measured: a line four times as long is at most about four times the work, not sixteen times."""

    def drawing(length: int):
        line = character * length

        def draw() -> None:
            for span in (SourceSpan("a.md", 1, 1, 1, length), SourceSpan("a.md", 1, length - 100, 1, length - 90)):
                rows = render_full([Diagnostic("TIE004", "yaml-syntax", Severity.ERROR, "wrong", span)], {"a.md": line})
                assert len(rows) < 3_000

        return draw

    assert growth(drawing, 250_000) < 8


def test_a_spec_of_two_megabytes_is_read_and_one_of_ten_is_refused(tmp_path: Path):
    """Long prose is no reason to refuse a spec; what would be slow to read is refused before it is read."""
    prose = "\n".join(f"{'words of an author ' * 50}\n" for _ in range(2_400))
    accepted = read(section("Service Configuration", "service: {base_url: https://api.example}") + prose)
    assert len(accepted.source) > 2_200_000
    assert accepted.diagnostics == ()
    (tmp_path / "ten.md").write_text("x " * 5_000_000)
    assert [found.message for found in load(tmp_path / "ten.md").diagnostics] == [
        "the file is not read: it has more than 4 MB"
    ]


_NINES = "9" * 30


@pytest.mark.parametrize(
    ("block", "rule"),
    [
        (f"retry: {{max_attempts: {_NINES}}}", "`retry.max_attempts` is at most 1000"),
        (f"retry: {{max_retries: {_NINES}}}", "`retry.max_retries` is at most 999"),
        (f"retry: {{initial_delay: {_NINES}}}", "`retry.initial_delay` is at most 3650 d"),
        (f"retry: {{multiplier: {_NINES}}}", "`retry.multiplier` is at most 1000000000000"),
        (f"rate_limits: {{requests_per_day: {_NINES}}}", "`rate_limits.requests_per_day` is at most 1000000000000"),
        (f"rate_limits: {{rate_limit: {_NINES} requests per day}}", "`rate_limit` is a rate such as"),
        ("circuit_breaker: {window: 100_001}", "`circuit_breaker.window` is at most 100000"),
        (f"fallback_behavior: {{cache_ttl: {_NINES}}}", "`fallback_behavior.cache_ttl` is at most 3650 d"),
        (f"costs: {{budget: {{monthly_limit: {_NINES}}}}}", "`costs.budget.monthly_limit` is at most 1000000000000"),
        ("timeouts: {total: 0}", "`timeouts.total` is at least 1 ms"),
        ("timeouts: {connect: 0.5}", "`timeouts.connect` is at least 1 ms"),
    ],
)
def test_a_number_beyond_all_sense_is_a_finding(block: str, rule: str):
    """What would overflow, or count for ever, or fail every call is told at its place."""
    (found,) = read(section("Notes", block)).diagnostics[-1:]
    assert found.message.startswith(rule)


@pytest.mark.parametrize("block", ["retry", "rate_limits", "throttling", "fallback_behavior", "timeouts"])
def test_a_block_that_is_switched_off_says_so(block: str):
    """`enabled: false` is told wherever it stands, also in a block that knows the key."""
    found = [
        each for each in read(section("Notes", f"{block}: {{enabled: false}}")).diagnostics if each.code == "TIE024"
    ]
    assert [each.message for each in found] == [f"`{block}` is switched off here"]
