from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.REF_REMOTE, by="parser", since="0.1.0")
def ref_remote() -> None:
    """A `$ref` points at the network.

    ## What it does
    Finds `$ref`s that are URLs with a host.

    ## Why it matters
    Checking must give the same answer tomorrow and without a network; and a spec must not make this machine fetch things.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        schema:
          $ref: 'https://parcels.example/openapi.json#/Quote'
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
