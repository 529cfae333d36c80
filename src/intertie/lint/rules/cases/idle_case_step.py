from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity, SourceSpan
from intertie.lint.cases.asserted import asserts_under
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case, CaseStep
from intertie.spec.cases.names import CaseKind
from intertie.spec.tree import Node, ScalarNode, SequenceNode

_ABOUT_A_CALL = ("input", "capture", "with", "repeat", "concurrently")
_CONTENT = {
    CaseKind.TEST: (("steps",), "steps", "add `steps`"),
    CaseKind.SCENARIO: (("phases", "test_cases", "nested_scenarios"), "cases", "list its cases under `phases`"),
    CaseKind.PRECONDITION: (
        ("setup_steps", "context_provided", "validation_checks"),
        "setup steps",
        "write what makes it so under `setup_steps`",
    ),
}


@rule(code="TIE713", severity=Severity.WARNING, since="0.1.0")
def idle_case_step(case: Case) -> Iterator[Finding]:
    """A step, or a whole case, does nothing."""
    keys, what, help_ = _CONTENT[case.kind]
    if all(_is_empty(case.root.get(key)) for key in keys):
        entry = next((found for key in keys if (found := case.root.entry(key)) is not None), None)
        yield Finding(entry.key.span if entry else case.head, f"{case.kind.words} without {what} shows nothing", help_)
    for phase in case.phases():
        if all(_is_empty(phase.get(key)) for key in ("test_cases", "preconditions", "nested_scenarios")):
            entry = phase.entry("test_cases")
            span = entry.key.span if entry else phase.entries[0].key.span if phase.entries else phase.span
            yield Finding(span, "this phase runs nothing", "list its cases under `test_cases`, or remove the phase")
    numbers: dict[tuple[str, str], SourceSpan] = {}
    for step in case.steps():
        yield from _step(step)
        number = step.node.get("step")
        if not isinstance(number, ScalarNode) or not number.text:
            continue
        first = numbers.setdefault((step.under, number.text), number.span)
        if first != number.span:
            yield Finding(
                number.span,
                f"step {number.text} is there twice",
                "number the steps in order: reports name them by their numbers",
                related=(Label(first, "the first"),),
            )


def _step(step: CaseStep) -> Iterator[Finding]:
    keys = {entry.key.text: entry.key for entry in step.node.entries}
    if "call" in keys and "submit" in keys:
        yield Finding(keys["submit"].span, "a step either calls an operation or submits it", "make two steps of it")
    if "expected" in keys and "expect" not in keys and asserts_under(step, "expected"):
        yield Finding(
            keys["expected"].span,
            "`expected` is a sentence for people, and these are assertions: nothing compares them",
            "write `expect`",
            fix=write("expect", keys["expected"].span, safe=False),
        )
    runs = {entry.key.text for entry in step.machine_keys}
    needs_call = _ABOUT_A_CALL if not runs & {"call", "submit", "wait_for"} else ()
    # Time that passed, or a fault that is there, may be looked at.
    about = next((keys[key] for key in (*needs_call, *(() if runs else ("expect",))) if key in keys), None)
    if about is not None:
        yield Finding(
            about.span,
            f"`{about.text}` belongs to a call, and this step calls nothing",
            "add `call: <operation>`, or move it to the step that calls",
        )
    elif not runs and not any(key in keys for key in ("action", "name", "description", "expected", "verification")):
        yield Finding(
            step.node.span, "this step says nothing of what is done", "write an `action` for people, or a `call`"
        )


def _is_empty(node: Node | None) -> bool:
    return (
        node is None
        or (isinstance(node, ScalarNode) and node.value is None)
        or (isinstance(node, SequenceNode) and not node.items)
    )
