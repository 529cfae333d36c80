from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.personal import known_fields, personal_fields
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE609", severity=Severity.INFO, since="0.1.0")
def personal_field_stored_unencrypted(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """Personal fields are stored unencrypted."""
    fallback = plan.fallback
    if fallback is None or fallback.strategy not in ("cache", "queue"):
        return
    is_cache = fallback.strategy == "cache"
    kept = known_fields(spec, answers=is_cache, requests=not is_cache)
    how_long = f"for {seconds_text(fallback.cache_ttl_s)} in the cache" if is_cache else "in the queue until it is sent"
    for name, span in personal_fields(spec, plan):
        if name in kept:
            yield Finding(
                span,
                f"`{name}` is stored {how_long}, unencrypted",
                "store it for a shorter time, or choose another fallback",
            )
