from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE539", severity=Severity.WARNING, since="0.1.0")
def ineffective_version_setting(spec: Spec) -> Iterator[Finding]:
    """A versioning setting has no effect with the chosen strategy."""
    versioning = spec.versioning
    if versioning is None or versioning.strategy is None:
        return
    strategy = versioning.strategy
    for located, own in ((versioning.header, "header"), (versioning.parameter, "query")):
        if located and strategy.value != own:
            where = {"header": "a header", "query": "the query", "url": "the path"}[strategy.value]
            yield Finding(
                located.key_span,
                f"this has no effect, because the version is sent in {where}",
                f"remove it, or write `strategy: {own}`",
                related=(Label(strategy.span, "the strategy"),),
            )
