from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["literal-secret"], by="compiler", since="0.1.0")
def literal_secret() -> None:
    """A secret stands in the document.

    ## What it does
    Looks at each field that takes a secret reference: `env:NAME`, `file:/path` and the like. The value itself is never shown.

    ## Why it matters
    A spec is read by many and kept for ever in version control. A secret in it is no secret any more.

    ## Example
    ```yaml
    authentication:
      type: api_key
      config:
        key_location: header
        key_name: X-Api-Key
        secret: 8f14e45fceea167a5a36dedd4bea2543
    ```

    ## Use instead
    ```yaml
    authentication:
      type: api_key
      config:
        key_location: header
        key_name: X-Api-Key
        secret: env:PARCEL_KEY
    ```

    ## References
    Spec format, service configuration.
    """
