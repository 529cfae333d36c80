"""Runs the Markdown files beside this one: each fenced block is a case, its comments say what must be found where.

`# error: [rule-name]` (in Markdown `<!-- error: [rule-name] -->`) stands on the line that must be hit; `"text"` behind it
must be part of the message. Anything else that is found fails the case. The comments are taken out before the block is laid
over the complete spec of `support.rule_examples`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from intertie.lint.registry import RULES, find_rule
from support.rule_examples import check_lines, compose

FOLDER = Path(__file__).parent

_EXPECT_RE = re.compile(r'(?:#|<!--) (error|warning|info|hint): \[([\w-]+)\](?: "([^"]*)")?(?: -->)?')
_FENCE_RE = re.compile(
    r"^(?P<fence>`{3,})(?P<language>yaml|markdown)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL
)


@dataclass
class Case:
    """One fenced block of a file, under its heading."""

    file: str
    heading: str
    language: str
    text: str


def cases_of(path: Path) -> list[Case]:
    text = path.read_text()
    found = []
    for match in _FENCE_RE.finditer(text):
        headings = re.findall(r"^## (.+)$", re.sub(_FENCE_RE, "", text[: match.start()]), re.MULTILINE)
        found.append(Case(path.stem, headings[-1] if headings else "", match["language"], match["text"]))
    return found


CASES = [case for path in sorted(FOLDER.glob("TIE*.md")) for case in cases_of(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}-{case.heading}")
def test_case(case: Case, tmp_path):
    """Exactly what the block's comments say is found, on their lines."""
    expected, bare = [], []
    for number, line in enumerate(case.text.split("\n"), start=1):
        expected += [(number, *match) for match in _EXPECT_RE.findall(line)]
        bare.append(_EXPECT_RE.sub("", line).rstrip() if _EXPECT_RE.search(line) else line)
    lines = compose("\n".join(bare), case.language)
    found = [(lines[f.span.line - 1].origin, f.severity.value, f.name, f.message) for f in check_lines(lines, tmp_path)]
    assert [item[:3] for item in sorted(found, key=str)] == sorted((item[:3] for item in expected), key=str), found
    for number, severity, name, part in expected:
        assert any(item[:3] == (number, severity, name) and part in item[3] for item in found), (part, found)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("TIE*.md")), ids=lambda path: path.stem)
def test_file_is_about_its_rule(path: Path):
    """A file is named by a rule's code, titled by its name, and has a case that the rule finds and one that it doesn't."""
    rule = find_rule(path.stem)
    assert rule is not None
    assert path.read_text().startswith(f"# {rule.name}\n")
    cases = cases_of(path)
    hits = [f"[{rule.name}]" in case.text for case in cases]
    assert any(hits)
    assert not all(hits)


def test_every_rule_of_ours_has_a_file():
    """A rule that the checker runs itself has its cases here."""
    # These need another spec or a case beside the spec: see tests/unit/lint/test_checking.py.
    more_files = {"TIE105", "TIE228", "TIE530", "TIE549"}
    # Rules about cases judge other files: see tests/unit/lint/test_case_faults.py.
    ours = {rule.code for rule in RULES if rule.reported_by is None and rule.group != "cases"} - more_files
    assert ours == {path.stem for path in FOLDER.glob("TIE*.md")}
