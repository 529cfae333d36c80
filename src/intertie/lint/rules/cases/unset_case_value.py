from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.cases.beside import BesideCase
from intertie.lint.cases.values import captured_by, values_before
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case, scalars
from intertie.spec.cases.places import part_of, values_in
from intertie.spec.tree import Node, ScalarNode

_ONE_BRACE_RE = re.compile(r"\$?\{\s*([A-Za-z_]\w*)\s*\}")
"""How other tools write a value."""


@rule(code="TIE707", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def unset_case_value(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """A step uses a value that nothing has set."""
    known = values_before(case, beside)
    if known is None:
        return
    later = {name: step.node.span.line for step in reversed(list(case.steps())) for name in captured_by(step)}
    for step in case.steps():
        own = set(captured_by(step))
        for entry in step.node.entries:
            # What a step captures is there for its own assertions.
            there = known | own if entry.key.text == "expect" else known
            yield from _unset(entry.value, there, later, case)
        known |= own
    for key in ("validations", "expected_outputs"):
        yield from _unset(case.root.get(key), known, {}, case)


def _unset(node: Node | None, known: set[str], later: dict[str, int], case: Case) -> Iterator[Finding]:
    for scalar in scalars(node):
        alone = _ONE_BRACE_RE.fullmatch(scalar.text)
        if alone and alone.group(1) in known:
            written = f"{{{{ {alone.group(1)} }}}}"
            yield Finding(
                scalar.span,
                f"`{scalar.text}` is sent as it stands",
                f"a value of the case is written `{written}`",
                fix=write(f'"{written}"', scalar.span, safe=False) if scalar.quoted else None,
                severity=Severity.WARNING,
            )
        for name, start, end in values_in(scalar):
            if name not in known:
                yield _finding(scalar, (name, start, end), known, later, case)


def _finding(
    scalar: ScalarNode, used: tuple[str, int, int], known: set[str], later: dict[str, int], case: Case
) -> Finding:
    name, start, end = used
    span = part_of(case.source, scalar, start, end)
    near = next(iter(get_close_matches(name, sorted(known), 1, 0.7)), None)
    if near:
        help_ = f"did you mean `{near}`?"
    elif name in later:
        help_ = f"line {later[name]} captures it, but only later steps can use it"
    else:
        help_ = "add it to `inputs`, or `capture` it in an earlier step"
    return Finding(
        span,
        f"nothing sets `{name}` before this step",
        help_,
        fix=write(near, span, safe=False) if near and span != scalar.span else None,
    )
