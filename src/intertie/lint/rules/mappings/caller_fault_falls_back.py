from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.caller_faults import blames_caller
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE433", severity=Severity.WARNING, since="0.1.0")
def caller_fault_falls_back(spec: Spec) -> Iterator[Finding]:
    """A request that is wrong itself is queued, or answered from the cache.

    ## What it does
    Looks for `action: fallback` beside a status that says that the request itself is wrong, or beside a code of the
    provider's that only such answers carry, where the strategy is `queue` or `cache`.

    ## Why it matters
    What is queued is refused again when it is replayed; an old answer hides from the caller that the request is wrong.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
      errors:
        '404':
          description: No such country
          schema: {type: object, properties: {code: {type: string}}}
    error_mapping:
      - external_code: 404
        internal_code: UNKNOWN_COUNTRY
        message: We do not deliver there.
        action: fallback
      - external_code: 5xx
        internal_code: DOWN
        message: Later, please.
        action: fallback
    fallback_behavior:
      strategy: cache
      cache_ttl: 1h
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
      errors:
        '404':
          description: No such country
          schema: {type: object, properties: {code: {type: string}}}
    error_mapping:
      - external_code: 404
        internal_code: UNKNOWN_COUNTRY
        message: We do not deliver there.
        action: fail
      - external_code: 5xx
        internal_code: DOWN
        message: Later, please.
        action: fallback
    fallback_behavior:
      strategy: cache
      cache_ttl: 1h
    ```

    ## References
    RFC 9110, section 15.5.
    """
    strategy = spec.fallback_behavior.strategy if spec.fallback_behavior else None
    if strategy is None or strategy.value not in ("queue", "cache"):
        return
    for row in spec.error_mapping:
        if (
            row.action
            and row.action.value == "fallback"
            and row.external_code
            and blames_caller(spec, row.external_code)
        ):
            what = "queued" if strategy.value == "queue" else "answered from the cache"
            yield Finding(
                row.action.span,
                f"`{row.external_code.value}` says that the request is wrong, and it is {what}",
                "write `fail`",
            )
