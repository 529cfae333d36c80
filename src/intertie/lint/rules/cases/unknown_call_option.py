from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.cases.beside import BesideCase
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.cases.case import Case, scalar_of
from intertie.spec.cases.places import inner_span
from intertie.spec.tree import MappingNode
from intertie.spec.yaml_nodes import shorten

_BUILT_IN = ("mock", "default")


@rule(code="TIE717", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def unknown_call_option(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """A step uses an environment or a version that its spec does not have."""
    for step in case.steps():
        facts = beside.spec_of(step) if step.operation is not None else None
        options = step.node.get("with")
        if facts is None or not facts.is_planned or not isinstance(options, MappingNode):
            continue
        for key, known, what in (
            ("environment", facts.environments, "environment"),
            ("version", facts.versions, "version"),
        ):
            node = scalar_of(options, key)
            if node is None or node.value is None or "{{" in node.text or node.text in (*known, *_BUILT_IN):
                continue
            near = next(iter(get_close_matches(node.text, known, 1, 0.6)), None)
            span = inner_span(case.source, node)
            fallback = (
                f"it has {listed(f'`{name}`' for name in known)}" if known else f"remove it: the spec has no {what}s"
            )
            yield Finding(
                span,
                f"{facts.id or facts.path} has no {what} `{shorten(node.text)}`",
                f"did you mean `{near}`?" if near else fallback,
                fix=write(near, span, safe=False) if near else None,
            )
