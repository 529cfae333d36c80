"""Comments that ignore findings."""

from __future__ import annotations

import pytest

from intertie.diagnostics import Severity
from intertie.lint.registry import BY_CODE
from support.rule_examples import check_lines, compose

SPENT = """\
rate_limits:
  requests_per_second: 10
  {above}requests_per_minute: 1000{beside}
"""


def names(text: str, folder, language: str = "yaml") -> list[tuple[str, Severity]]:
    return [(found.name, found.severity) for found in check_lines(compose(text, language), folder)]


@pytest.mark.parametrize(
    "comment",
    [
        "# intertie: ignore[TIE211] agreed with the provider",
        "#intertie: ignore[ineffective-rate-window] agreed until 2027-01-31",
        "# intertie: ignore[TIE211, TIE212] agreed",
        '# intertie: ignore TIE211 reason="agreed" until=2026-11-24',
    ],
)
@pytest.mark.parametrize("place", ["above", "beside"])
def test_a_yaml_comment_ignores_its_line_or_the_next(comment, place, tmp_path):
    """A finding is ignored by a comment above or beside its line, by code or name, until the day it names."""
    above = f"{comment}\n  " if place == "above" else ""
    text = SPENT.format(above=above, beside=f"  {comment}" if place == "beside" else "")
    idle = [("unused-ignore", Severity.WARNING)] if "TIE212" in comment else []
    assert names(text, tmp_path) == idle


def test_a_markdown_comment_ignores_the_block_below(tmp_path):
    """Before a fence the comment is for the whole block; attributes give reason and day."""
    text = (
        '## Rate Limits\n<!-- intertie: ignore TIE211 reason="agreed" until=2027-01-31 -->\n\n```yaml\n'
        + SPENT.format(above="", beside="")
        + "```\n"
    )
    assert names(text, tmp_path, "markdown") == []


def test_a_comment_is_for_its_own_place_alone(tmp_path):
    """Two lines below, nothing is ignored; the comment is told to be unused."""
    text = SPENT.format(above="", beside="").replace("10\n", "10 # intertie: ignore[TIE211] agreed\n")
    assert names(text, tmp_path) == [("unused-ignore", Severity.WARNING), ("ineffective-rate-window", Severity.HINT)]


def test_wrong_comments_are_told(tmp_path):
    """Without a reason, after its day, with an unknown rule or day, or without a rule: each is a finding of its own."""
    for comment, expected in {
        "# intertie: ignore[TIE211]": ["ignore-without-reason"],
        "# intertie: ignore[TIE211] agreed until 2026-11-23": ["expired-ignore", "ineffective-rate-window"],
        "# intertie: ignore[TIE211] agreed until soon": ["unreadable-ignore"],
        "# intertie: ignore[TIE211, idle-rate-windw] agreed": ["unreadable-ignore"],
        "# intertie: ignore": ["unreadable-ignore", "ineffective-rate-window"],
    }.items():
        text = SPENT.format(above=f"{comment}\n  ", beside="")
        assert [name for name, _ in names(text, tmp_path)] == expected, comment


def test_an_unknown_rule_has_a_suggestion(tmp_path):
    """A misspelt rule names the nearest one, and can be mended."""
    text = SPENT.format(above="# intertie: ignore[idle-rate-windw, TIE211] agreed\n  ", beside="")
    (found,) = check_lines(compose(text, "yaml"), tmp_path)
    assert found.help == "did you mean `ineffective-rate-window`?"
    assert found.fix
    assert found.fix.edits[0].replacement == "ineffective-rate-window"


def test_markdown_comments_outside_and_yaml_comments_inside(tmp_path):
    """A heading that looks like a YAML comment, and prose about ignores, ignore nothing."""
    text = "## Notes\n# intertie: ignore[TIE211] this is a heading\nWrite `intertie: ignore` in a comment.\n"
    assert "unused-ignore" not in [name for name, _ in names(text, tmp_path, "markdown")]


def test_what_could_not_run_is_not_unused(tmp_path):
    """Where an error prevents a plan, an ignore of a rule that judges the plan is left alone."""
    broken = "# intertie: ignore[TIE204] agreed\nretry:\n  max_attempts: 3\nservice:\n  base_url: nowhere\n"
    assert "plan" in BY_CODE["TIE204"].takes
    text = broken.replace(
        "# intertie: ignore[TIE204] agreed\nretry:\n", "retry:\n  # intertie: ignore[TIE204] agreed\n"
    )
    assert [name for name, _ in names(text, tmp_path)] == ["invalid-base-url"]
