"""Running rules, and surviving one that fails."""

from __future__ import annotations

from datetime import date

from intertie._version import __version__
from intertie.diagnostics import Severity, SourceSpan
from intertie.lint.around import Around
from intertie.lint.finding import Finding
from intertie.lint.registry import find_rule
from intertie.lint.rule import Rule
from intertie.lint.running import run_rules
from intertie.spec.model import Spec
from intertie.spec.tree import Document

PLACE = SourceSpan("a.md", 1, 1, 1, 2)
SPEC = Spec("a.md", "0", Document("a.md", "", None, None, (), PLACE), PLACE)
AROUND = Around(date(2026, 11, 24), {}, lambda case: False)


def rule_of(check, *takes: str) -> Rule:
    page = find_rule("TIE204").page
    return Rule("TIE298", "made-up", Severity.WARNING, "0.1.0", page, "resilience", takes, check)


def test_a_finding_becomes_a_diagnostic():
    """Code, name and severity come from the rule, the rest from the finding."""
    rule = rule_of(
        lambda spec: iter([Finding(spec.span, "m", "h"), Finding(PLACE, "n", "h", severity=Severity.ERROR)]), "spec"
    )
    first, second = run_rules(SPEC, None, AROUND, [rule])
    assert (first.code, first.name, first.severity, first.message, first.help) == (
        "TIE298", "made-up", Severity.WARNING, "m", "h",
    )  # fmt: skip
    assert second.severity is Severity.ERROR


def test_a_rule_that_fails_is_a_finding_and_the_others_run():
    """A crash names rule, version, place and how to report it, shows no value, and hides nothing."""

    def crash(spec):
        raise KeyError("secret value")
        yield

    after = rule_of(lambda spec: iter([Finding(PLACE, "found", "h")]), "spec")
    crashed, found = run_rules(SPEC, None, AROUND, [rule_of(crash, "spec"), after])
    assert crashed.name == "rule-crashed"
    assert crashed.severity is Severity.ERROR
    assert (
        f"Intertie {__version__} has a bug: the rule TIE298 made-up failed with KeyError at test_running.py:"
        in crashed.message
    )
    assert "secret value" not in crashed.message
    assert 'ignore = ["TIE298"]' in crashed.help
    assert found.message == "found"


def test_without_a_plan_rules_that_judge_it_are_skipped():
    """A spec that can't be compiled is still judged by what needs no plan."""
    needs_plan = rule_of(lambda spec, plan: iter([Finding(PLACE, plan.id, "h")]), "spec", "plan")
    assert list(run_rules(SPEC, None, AROUND, [needs_plan])) == []
