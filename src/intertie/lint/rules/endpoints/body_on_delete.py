from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import method_of
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE335", severity=Severity.INFO, since="0.1.0")
def body_on_delete(spec: Spec) -> Iterator[Finding]:
    """A DELETE request has a body.

    ## What it does
    Looks for a `request.body` beside the method DELETE.

    ## Why it matters
    What such a body means is not defined. Many servers and proxies drop it or refuse the request.

    ## Example
    ```yaml
    endpoint:
      path: /quotes/{country}
      method: DELETE
      description: Forgets a quote.
    request:
      parameters:
        - {name: country, in: path, type: string, required: true}
      body:
        content_type: application/json
        schema: {type: object}
    response:
      success:
        status: 204
    ```

    ## Use instead
    ```yaml
    endpoint:
      path: /quotes/{country}
      method: DELETE
      description: Forgets a quote.
    request:
      parameters:
        - {name: country, in: path, type: string, required: true}
    response:
      success:
        status: 204
    ```

    ## References
    RFC 9110, section 9.3.5.
    """
    for endpoint in spec.endpoints:
        body = endpoint.request.body if endpoint.request else None
        if body and method_of(endpoint) == "DELETE":
            yield Finding(
                body.head, "a body of a DELETE has no meaning of its own", "send the values in the path or the query"
            )
