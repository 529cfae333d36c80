"""Runs the rules over one spec, or over one case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from intertie._version import __version__
from intertie.diagnostics import Diagnostic, Severity, SourceSpan
from intertie.lint.around import Around
from intertie.lint.cases.beside import BesideCase
from intertie.lint.codes import CRASHED
from intertie.lint.finding import Finding
from intertie.lint.registry import RULES
from intertie.lint.rule import Rule
from intertie.runtime.plan import Plan
from intertie.spec.cases.case import Case
from intertie.spec.model import Spec
from intertie.spec.source import MOST_OF_A_KIND


def run_rules(spec: Spec, plan: Plan | None, around: Around, rules: Iterable[Rule] = RULES) -> Iterator[Diagnostic]:
    """Yield what the rules find. Those that judge the plan are skipped where there is none.

    A rule that fails is a finding itself: the others still run. One that finds too much is not asked on: as with the
    parser, the first thousand of a kind are told.
    """
    yield from _asked(rules, {"spec": spec, "plan": plan, "around": around}, spec.span)


def run_case_rules(case: Case, beside: BesideCase, rules: Iterable[Rule] = RULES) -> Iterator[Diagnostic]:
    """Yield what the rules about cases find in one; otherwise as `run_rules`."""
    yield from _asked(rules, {"case": case, "beside": beside}, case.head)


def _asked(rules: Iterable[Rule], given: Mapping[str, object], whole: SourceSpan) -> Iterator[Diagnostic]:
    for rule in rules:
        if rule.check is None or any(given.get(name) is None for name in rule.takes):
            continue
        try:
            found = list(islice(rule.check(**{name: given[name] for name in rule.takes}), MOST_OF_A_KIND))
        except Exception as bug:  # noqa: BLE001  # a bug in one rule must not hide what the others find
            yield _crashed(whole, rule, bug)
            continue
        for finding in found:
            yield _diagnostic(rule, finding)


def _diagnostic(rule: Rule, finding: Finding) -> Diagnostic:
    return Diagnostic(
        rule.code,
        rule.name,
        finding.severity or rule.severity,
        finding.message,
        finding.span,
        finding.help,
        finding.related,
        finding.fix,
    )


def _crashed(whole: SourceSpan, rule: Rule, bug: Exception) -> Diagnostic:
    frame = bug.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" at {frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}" if frame else ""
    return Diagnostic(
        CRASHED.code,
        CRASHED.name,
        Severity.ERROR,
        f"Intertie {__version__} has a bug: the rule {rule.code} {rule.name} failed with {type(bug).__name__}{place}",
        whole,
        "report the bug with the rule, the version and the part of the file that it reads, without secrets; "
        f'until it is fixed, set `ignore = ["{rule.code}"]` under [lint]',
    )
