"""The specs, cases and operations that a case names and that are not there; and paths that lead elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from intertie.core.errors import snake_case
from intertie.diagnostics import Applicability, Diagnostic, Edit, Fix, Label, SourceSpan
from intertie.lint.cases.beside import BesideCase
from intertie.lint.registry import BY_CODE
from intertie.lint.words import listed
from intertie.spec import codes
from intertie.spec.cases.case import Case, CaseStep, names_a_case, references_in, scalars
from intertie.spec.cases.names import id_in
from intertie.spec.cases.places import inner_span
from intertie.spec.tree import ScalarNode
from intertie.spec.yaml_nodes import shorten

_SPEC_ID_RE = re.compile(r"[A-Z][A-Z0-9]*-\d+\Z")
MISSING_CASE = "TIE511"
_UNKNOWN_OPERATION = "TIE066"
_MOST_NAMED = 8


def broken_references(case: Case, beside: BesideCase) -> Iterator[Diagnostic]:
    """Yield what a case names and what is not there."""
    for reference in case.references():
        yield from _cited(reference.node, case, beside)
    yield from _repeated(case)
    for node in scalars(case.root.get("related")):
        if names_a_case(node.text):
            yield from _cited(node, case, beside)
        elif _SPEC_ID_RE.match(node.text):
            yield from _spec(node, case, beside)
    named = case.scalar("spec")
    if named is not None and named.text:
        yield from _spec(named, case, beside)
    for step in case.steps():
        if step.spec is not None and step.spec.text:
            yield from _spec(step.spec, case, beside)
        if step.operation is not None and step.operation.text and "{{" not in step.operation.text:
            yield from _operation(step, step.operation, case, beside)


def _cited(node: ScalarNode, case: Case, beside: BesideCase) -> Iterator[Diagnostic]:
    span = inner_span(case.source, node)
    text = node.text.strip()
    if ".." in text.replace("\\", "/").split("/"):
        yield _finding(
            codes.CASE_OUTSIDE.code, span, f"`{shorten(text)}` leads out of the workspace",
            "cases lie below the workspace: `/test-cases/TC-001.yaml`",
        )  # fmt: skip
    elif text.lower().endswith(".yml"):
        written = f"{text[: -len('.yml')]}.yaml"
        yield _finding(
            codes.CASE_SUFFIX.code, span, "a case file ends in `.yaml`, not `.yml`", "rename the file",
            Fix(f"write {written}", (Edit(span, written),)),
        )  # fmt: skip
    elif not beside.knows_workspace:
        return
    elif beside.find(text) is None:
        if names_a_case(text):
            message, help_ = f"`{shorten(text)}` is not there", "write the case, or remove it here"
        else:
            message, help_ = f"`{shorten(text)}` names no case", "write the id or the path of one, such as `PC-001`"
        yield _finding(MISSING_CASE, span, message, help_)


def _repeated(case: Case) -> Iterator[Diagnostic]:
    """Yield the cases that stand twice in one list: in several phases a case may well be run again."""
    for holder in (case.root, *case.phases()):
        seen: dict[tuple[str, str], ScalarNode] = {}
        for reference in references_in(holder):
            identity = id_in(reference.node.text)
            first = seen.setdefault((reference.under, identity), reference.node)
            if identity and first is not reference.node:
                rule = BY_CODE["TIE540"]
                yield Diagnostic(
                    rule.code, rule.name, rule.severity, f"`{identity}` is in this list already",
                    inner_span(case.source, reference.node), "remove one, or name the case that is meant",
                    (Label(first.span, "the first"),),
                )  # fmt: skip


def _spec(node: ScalarNode, case: Case, beside: BesideCase) -> Iterator[Diagnostic]:
    if "{{" not in node.text and beside.knows_workspace and not beside.has_spec(node.text):
        message = f"there is no spec `{shorten(node.text)}` in the workspace"
        yield _finding(
            codes.RELATED_MISSING.code, inner_span(case.source, node), message, "check the id, or write the spec"
        )


def _operation(step: CaseStep, called: ScalarNode, case: Case, beside: BesideCase) -> Iterator[Diagnostic]:
    facts = beside.spec_of(step)
    if facts is None or not beside.knows_workspace:
        return
    known, name = list(facts.operations), snake_case(called.text)
    if name in known:
        return
    near = get_close_matches(name, known, 1)
    span = inner_span(case.source, called)
    fix = Fix(f"write {near[0]}", (Edit(span, near[0]),), Applicability.SAFE) if near else None
    others = f"its operations: {', '.join(known[:_MOST_NAMED]) or 'none'}"
    listing = [each for each in beside.listing if name in each.operations]
    if listing:
        others = f"{listed(each.id or each.path for each in listing[:3])} has it: name that spec"
    help_ = f"did you mean `{near[0]}`?" if near else others
    yield _finding(_UNKNOWN_OPERATION, span, f"{facts.path} has no operation `{shorten(name)}`", help_, fix)


def _finding(code: str, span: SourceSpan, message: str, help_: str, fix: Fix | None = None) -> Diagnostic:
    rule = BY_CODE[code]
    return Diagnostic(rule.code, rule.name, rule.severity, message, span, help_, fix=fix)
