from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import has_key_at
from intertie.spec.model import Spec


@rule(code="TIE312", severity=Severity.ERROR, since="0.1.0", judges="spec")
def nameless_parameter(spec: Spec) -> Iterator[Finding]:
    """A parameter or header has no name."""
    for endpoint in spec.endpoints:
        if endpoint.request is None:
            continue
        for kind, keys in (("parameters", endpoint.request.parameters), ("headers", endpoint.request.headers)):
            for item in keys:
                if item.name is None and not has_key_at(spec, item, "name"):
                    yield Finding(item.head, f"an entry of `request.{kind}` has no name", "add `name`")
