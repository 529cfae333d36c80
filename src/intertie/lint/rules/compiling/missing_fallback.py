from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["missing-fallback"], by="compiler", since="0.1.0")
def missing_fallback() -> None:
    """An error row says fallback, and there is none.

    ## What it does
    Looks for `fallback_behavior.strategy` where a row of `error_mapping` has `action: fallback`.

    ## Why it matters
    The call fails where the row promises an answer.

    ## Example
    ```yaml
    error_mapping:
      - {external_code: 5xx, internal_code: DOWN, message: Try later., action: fallback}
    ```

    ## Use instead
    ```yaml
    error_mapping:
      - {external_code: 5xx, internal_code: DOWN, message: Try later., action: fallback}
    fallback_behavior:
      strategy: cache
      cache_ttl: 60
    ```

    ## References
    Spec format, error handling.
    """
