from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.REF_UNRESOLVED, by="parser", since="0.1.0")
def ref_unresolved() -> None:
    """A `$ref` points at nothing.

    ## What it does
    Follows every `$ref` in this document, in another file of the workspace, or in a related data spec.

    ## Why it matters
    Without its schema a body or an answer can't be validated, so none is.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        schema:
          $ref: '#/components/schemas/Missing'
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
    JSON Schema 2020-12 section 8.2.3.
    """
