from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.REF_OUTSIDE, by="parser", since="0.1.0")
def ref_outside_workspace() -> None:
    """A `$ref` leaves the workspace.

    ## What it does
    Resolves the path of a `$ref`, links included, and compares it with the workspace's folder.

    ## Why it matters
    A spec that somebody sent must not be able to read other files of this machine.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        schema:
          $ref: '../../../etc/openapi.yaml#/Quote'
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
    Spec format, reading rules.
    """
