from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.REF_UNREADABLE, by="parser", since="0.1.0")
def ref_unreadable() -> None:
    """The file that a `$ref` points into can't be read.

    ## What it does
    Reads the file as YAML or JSON, with the same limits as a spec.

    ## Why it matters
    Without its schema a body or an answer can't be validated, so none is.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        schema:
          $ref: './missing.yaml#/Quote'
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        schema:
          type: object
    ```

    ## References
    Spec format, endpoints.
    """
