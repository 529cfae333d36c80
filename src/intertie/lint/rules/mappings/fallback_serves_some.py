from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import is_read, method_of
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE425", severity=Severity.INFO, since="0.1.0")
def fallback_serves_some(spec: Spec) -> Iterator[Finding]:
    """The fallback does not cover every endpoint."""
    strategy = spec.fallback_behavior.strategy if spec.fallback_behavior else None
    kind = strategy.value if strategy else ""
    known = [endpoint for endpoint in spec.endpoints if method_of(endpoint)]
    if strategy is None or kind not in ("cache", "queue"):
        return
    left = [endpoint for endpoint in known if (is_read(endpoint) or bool(endpoint.graphql)) == (kind == "queue")]
    if left and len(left) < len(known):
        names = [endpoint.name.value for endpoint in left if endpoint.name]
        more = f" and {len(names) - 4} more" if len(names) > 4 else ""
        yield Finding(
            strategy.span,
            f"{len(known) - len(left)} of {len(known)} endpoints can be "
            f"{'answered from the cache' if kind == 'cache' else 'queued'}; not {listed(names[:4])}{more}",
            "nothing needs to be done if calls of the others may fail; a fallback is for all endpoints",
        )
