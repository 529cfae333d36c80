from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["unknown-endpoint"], by="compiler", since="0.1.0")
def unknown_endpoint() -> None:
    """A mapping row names an endpoint that is not there.

    ## What it does
    Looks up the `endpoints` of each mapping row among the headings of API Endpoints.

    ## Why it matters
    The row applies to nothing.

    ## Example
    ```yaml
    inbound:
      - {external_field: price, internal_field: amount, endpoints: [Quote Parcle]}
    ```

    ## Use instead
    ```yaml
    inbound:
      - {external_field: price, internal_field: amount, endpoints: [Quote Parcel]}
    ```

    ## References
    Spec format, data mappings.
    """
