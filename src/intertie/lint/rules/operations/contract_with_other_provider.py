from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE553", severity=Severity.WARNING, since="0.1.0")
def contract_with_other_provider(spec: Spec) -> Iterator[Finding]:
    """The contract tests name another provider."""
    provider = spec.testing.contract_tests.provider if spec.testing and spec.testing.contract_tests else None
    front, service = spec.front_matter, spec.service
    names = [front.service, front.name] if front else []
    names += [service.name] if service else []
    ours = [_plain(name.value) for name in names if name and _plain(name.value)]
    theirs = _plain(provider.value) if provider else ""
    if provider and theirs and ours and not any(theirs in name or name in theirs for name in ours):
        yield Finding(
            provider.span,
            f"`{provider.value}` is not a name of this service",
            f"write `{names[0].value if names[0] else ours[0]}`",
        )


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
