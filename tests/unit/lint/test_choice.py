"""The `[lint]` table."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from intertie.core.errors import UsageError
from intertie.diagnostics import Diagnostic, Severity, SourceSpan
from intertie.lint.choice import Choice, path_pattern, read_choice

PLACE = SourceSpan("a.md", 1, 1, 1, 2)
FOUND = [
    Diagnostic("TIE011", "unknown-key", Severity.WARNING, "m", PLACE),
    Diagnostic("TIE204", "retry-outlives-deadline", Severity.WARNING, "m", PLACE),
    Diagnostic("TIE212", "rate-window-spent-early", Severity.INFO, "m", PLACE),
]


def codes(table: dict[str, object]) -> list[str]:
    return [found.code for found in read_choice(table).apply(FOUND)]


def test_nothing_chosen_shows_everything():
    """Without a table every finding is shown as it is."""
    assert Choice().apply(FOUND) == tuple(FOUND)


def test_select_and_ignore_take_codes_beginnings_and_names():
    """Rules are chosen by code, by the beginning of one, or by name; ignore wins."""
    assert codes({"select": ["TIE2"]}) == ["TIE204", "TIE212"]
    assert codes({"ignore": ["unknown-key", "tie212"]}) == ["TIE204"]
    assert codes({"select": ["TIE2"], "ignore": ["retry_outlives_deadline"]}) == ["TIE212"]
    assert codes({"ignore": "TIE011, TIE2"}) == []


def test_severity_is_set_by_rule():
    """A rule's findings take the configured severity."""
    shown = read_choice({"severity": {"unknown-key": "error", "TIE204": "info"}}).apply(FOUND)
    assert [found.severity for found in shown] == [Severity.ERROR, Severity.INFO, Severity.INFO]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"ignore": ["unknown-kex"]}, "ignore: there is no rule `unknown-kex`; did you mean `unknown-key`?"),
        ({"select": ["TIE9"]}, "select: there is no rule `TIE9`"),
        ({"select": 5}, "select is a list of rules"),
        ({"severity": "error"}, "severity is a table"),
        ({"severity": {"TIE204": "fatal"}}, "expected error, warning, info or hint, found `fatal`"),
        ({"selekt": []}, "has no key `selekt`"),
        ({"per-file-ignores": ["TIE2"]}, "per-file-ignores is a table"),
        ({"per-file-ignores": {"a.md": ["TIE9"]}}, "there is no rule `TIE9`"),
    ],
)
def test_mistakes_are_told(table, message):
    """A wrong table is the user's mistake, told in one sentence."""
    with pytest.raises(UsageError, match=message.replace("?", r"\?").replace("[", r"\[")):
        read_choice(table)


def test_rules_are_left_out_by_file():
    """`per-file-ignores` leaves out rules in the files a pattern matches."""
    table = {"per-file-ignores": {"specs/legacy/*.md": ["TIE2"], "b.md": "unknown-key"}}

    def told(path: str) -> list[str]:
        found = [replace(each, span=SourceSpan(path, 1, 1, 1, 2)) for each in FOUND]
        return [each.code for each in read_choice(table).apply(found)]

    assert told("specs/legacy/a.md") == ["TIE011"]
    assert told("specs/legacy/deep/a.md") == ["TIE011", "TIE204", "TIE212"]
    assert told("specs/b.md") == ["TIE204", "TIE212"]


@pytest.mark.parametrize(
    ("pattern", "matches", "not_matches"),
    [
        ("specs/**/*.md", ["specs/a.md", "specs/x/y/a.md"], ["a.md", "specs/a.txt"]),
        ("legacy/", ["legacy/a.md", "legacy/x/a.md"], ["specs/legacy/a.md"]),
        ("./specs/a?.md", ["specs/ab.md"], ["specs/a/.md", "specs/abc.md"]),
        ("*.md", ["a.md", "specs/a.md"], ["a.txt"]),
    ],
)
def test_patterns_of_paths(pattern, matches, not_matches):
    """One star stays in a folder, two go through any, a name alone is for files anywhere."""
    compiled = path_pattern(pattern)
    assert [bool(compiled.match(path)) for path in (*matches, *not_matches)] == [
        *(True for _ in matches), *(False for _ in not_matches),
    ]  # fmt: skip
