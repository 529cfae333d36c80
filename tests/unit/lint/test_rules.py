"""The registry and the rules' own pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import intertie.lint.rules
from intertie.compiler.codes import TABLE
from intertie.lint.page import FOLDER as PAGES
from intertie.lint.page import Snippet
from intertie.lint.registry import BY_CODE, BY_NAME, RULES, find_rule, nearest
from intertie.lint.renamed import RENAMED
from intertie.lint.rule import Rule
from intertie.spec.codes import CODES
from support.case_examples import check_case_lines, compose_case
from support.rule_examples import BASE, Line, check_lines, compose

FOLDER = Path(intertie.lint.rules.__file__).parent
RANGES = {"structure": "0", "compiling": "0", "service": "1", "resilience": "2", "endpoints": "3", "mappings": "4",
          "operations": "5", "security": "6", "cases": "7"}  # fmt: skip

SHOWN_OTHERWISE = frozenset(
    {"file-unreadable", "not-utf8", "file-too-large", "nested-too-deep", "alias-expansion", "no-front-matter",
     "unknown-environment", "unknown-setting", "compiler-bug", "rule-crashed", "duplicate-id", "version-ends-soon",
     "plain-http-token-url", "unreadable-rate", "protocol-contradicts-blocks", "nested-retries", "endpoint-without-case",
     "short-lived-token", "field-outside-schemas", "repeated-case", "incomplete-grant", "token-never-refreshed",
     "case-of-other-spec", "token-of-other-environment", "duplicate-case-id", "unknown-result-field"}
)  # fmt: skip
"""Rules whose example is no fragment of one spec, or can't be found alone; other tests show them."""

ids = [rule.code for rule in RULES]


def test_every_file_is_registered():
    """Every file below rules/ is a rule in its group's tuple, and nothing else is save what other parts report."""
    files = {path.relative_to(FOLDER).with_suffix("") for path in FOLDER.glob("*/*.py") if path.stem != "__init__"}
    assert files == {Path(rule.group, rule.name.replace("-", "_")) for rule in RULES if not rule.reported_by}


def test_every_rule_has_a_page_and_every_page_a_rule():
    """A page is named by its rule's code; no other file stands among the pages."""
    assert {path.name for path in PAGES.iterdir()} == {f"{rule.code}.md" for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_the_docstring_is_the_first_sentence_of_the_page(rule: Rule):
    """What a rule says of itself in the code, or a row in its table, is how its page begins."""
    assert rule.summary == rule.page.summary


def test_codes_and_names_are_unique_and_well_formed():
    """A code is TIE and three digits of its group's range; a name is kebab case; neither is used twice."""
    assert len(BY_CODE) == len(BY_NAME) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(rf"TIE{RANGES[rule.group]}\d\d", rule.code), rule.code
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+|unfilled", rule.name) or rule.name == "plain-http", rule.name
        assert not re.match(r"(check|use|must|should|no-op)-", rule.name), "a name reads after `allow`"


def test_groups_are_in_the_order_of_their_codes():
    """Within a group the codes rise."""
    for group in RANGES:
        codes = [rule.code for rule in RULES if rule.group == group]
        assert codes == sorted(codes)


def test_every_code_of_parser_and_compiler_is_documented():
    """What the parser and the compiler can report has a page, with the same name and severity."""
    for row, part in [(row, "parser") for row in CODES] + [(row, "compiler") for row in TABLE]:
        rule = BY_CODE[row.code]
        assert (rule.name, rule.severity, rule.judges, rule.reported_by) == (row.name, row.severity, row.judges, part)
        assert rule.check is None
    documented = {rule.code for rule in RULES if rule.reported_by in ("parser", "compiler")}
    assert documented == {row.code for row in CODES} | {row.code for row in TABLE}


def test_the_base_has_no_findings(tmp_path):
    """The spec that examples are laid over has no findings of its own, infos included."""
    assert check_lines([Line(text) for text in BASE.splitlines()], tmp_path) == ()


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_the_example_triggers_this_rule_alone(rule: Rule, tmp_path):
    """A rule's example is found by the rule, in the example's own lines, and by no other rule."""
    found = _findings(rule.page.example, rule, tmp_path)
    if found is not None:
        # What the spec as a whole lacks is told at its first line.
        places = {(finding.code, origin is not None or finding.span.line == 1) for finding, origin in found}
        assert places == {(rule.code, True)}, found
        assert all(finding.name == rule.name and finding.message for finding, _ in found)


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_what_is_fixed_has_no_findings(rule: Rule, tmp_path):
    """No rule finds anything in the fixed example of a page."""
    found = _findings(rule.page.fixed, rule, tmp_path)
    assert not found, found


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_a_page_is_written_for_readers(rule: Rule):
    """The summary is one sentence, and no line is wider than the house allows."""
    page = rule.page
    assert page.summary.endswith(".")
    assert "\n" not in page.summary
    assert not page.summary.startswith("Checks")
    assert page.what != page.why
    text = re.sub(r"^```.*?^```", "", (PAGES / f"{rule.code}.md").read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert max(map(len, text.splitlines())) <= 120


def test_rules_are_found_by_code_and_name():
    """A rule is found by code or name in any case and spelling, and a wrong one has a suggestion."""
    for rule in RULES:
        assert find_rule(rule.code.lower()) is rule
        assert find_rule(rule.name.replace("-", "_").upper()) is rule
    assert find_rule("TIE998") is None
    assert nearest("retry-outlive-deadline") == "retry-outlives-deadline"
    assert nearest("TIE2O4").startswith("TIE")


def test_a_former_name_still_finds_its_rule():
    """A rule that was renamed is found by its former name; none of these is a name today."""
    assert not set(RENAMED) & set(BY_NAME)
    for former, name in RENAMED.items():
        assert find_rule(former) is find_rule(former.upper().replace("-", "_")) is BY_NAME[name]


def test_examples_that_are_no_specs_are_listed():
    """Only rules known to have a test of their own may have an example that is not run."""
    assert {rule.name for rule in RULES if rule.page.example.language == "text"} == SHOWN_OTHERWISE


def _findings(snippet: Snippet, rule: Rule, folder: Path):
    if snippet.language == "text":
        return None
    if rule.group == "cases":
        file, lines = compose_case(snippet.text)
        return [(finding, lines[finding.span.line - 1].origin) for finding in check_case_lines(file, lines, folder)]
    lines = compose(snippet.text, snippet.language)
    return [
        (finding, lines[finding.span.line - 1].origin if finding.span.line <= len(lines) else None)
        for finding in check_lines(lines, folder)
    ]
