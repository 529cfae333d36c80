from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case
from intertie.spec.cases.names import CaseKind, kind_of
from intertie.spec.yaml_nodes import shorten

_CITING = {
    "preconditions": "`preconditions` lists precondition cases",
    "test_cases": "`test_cases` lists test cases",
    "nested_scenarios": "`nested_scenarios` lists scenario cases",
}


@rule(code="TIE708", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def wrong_kind_of_case(case: Case) -> Iterator[Finding]:
    """A case cites another case in the wrong place."""
    for reference in case.references():
        kind = kind_of(reference.node.text)
        if case.kind is CaseKind.PRECONDITION:
            yield Finding(
                reference.node.span,
                f"a precondition case cites no other case, and this one cites `{shorten(reference.node.text)}`",
                "let the test case or the scenario cite both, in the order in which they run",
            )
        elif kind is not None and kind is not reference.wanted:
            yield Finding(
                reference.node.span,
                f"{_CITING[reference.under]}, and `{shorten(reference.node.text)}` is {kind.words}",
                _to_do(case, kind),
            )


def _to_do(case: Case, kind: CaseKind) -> str:
    if case.kind is CaseKind.SCENARIO:
        key = {"TC": "test_cases", "SC": "nested_scenarios", "PC": "preconditions"}[kind.value]
        return f"move it to `{key}`"
    return "cite a `PC-…`, or run both cases in a scenario"
