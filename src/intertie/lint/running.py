"""Runs the rules over one spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from intertie._version import __version__
from intertie.diagnostics import Diagnostic, Severity
from intertie.lint.around import Around
from intertie.lint.codes import CRASHED
from intertie.lint.finding import Finding
from intertie.lint.registry import RULES
from intertie.lint.rule import Rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec
from intertie.spec.source import MOST_OF_A_KIND


def run_rules(spec: Spec, plan: Plan | None, around: Around, rules: Iterable[Rule] = RULES) -> Iterator[Diagnostic]:
    """Yield what the rules find. Those that judge the plan are skipped where there is none.

    A rule that fails is a finding itself: the others still run. One that finds too much is not asked on: as with the
    parser, the first thousand of a kind are told.
    """
    given = {"spec": spec, "plan": plan, "around": around}
    for rule in rules:
        if rule.check is None or (plan is None and "plan" in rule.takes):
            continue
        try:
            found = list(islice(rule.check(**{name: given[name] for name in rule.takes}), MOST_OF_A_KIND))
        except Exception as bug:  # noqa: BLE001  # a bug in one rule must not hide what the others find
            yield _crashed(spec, rule, bug)
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


def _crashed(spec: Spec, rule: Rule, bug: Exception) -> Diagnostic:
    frame = bug.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" at {frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}" if frame else ""
    return Diagnostic(
        CRASHED.code,
        CRASHED.name,
        Severity.ERROR,
        f"Intertie {__version__} has a bug: the rule {rule.code} {rule.name} failed with {type(bug).__name__}{place}",
        spec.span,
        "nothing is known to be wrong with the spec here; report rule, version and the part of the spec it reads "
        f'(without secrets), and go on with `ignore = ["{rule.code}"]` under [lint]',
    )
