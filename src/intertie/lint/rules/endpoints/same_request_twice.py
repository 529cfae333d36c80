from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.paths import request_shape
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE305", severity=Severity.WARNING, since="0.1.0")
def same_request_twice(spec: Spec) -> Iterator[Finding]:
    """Two endpoints have the same method and path.

    ## What it does
    Compares method and path of all endpoints; the names of placeholders don't matter. Endpoints with a `graphql` block
    share their path by nature and are left out.

    ## Why it matters
    The gateway and the mock find the endpoint by method and path. Of two alike the first answers, whatever the other says.

    ## Example
    ````markdown
    ## API Endpoints

    ### Quote Parcel
    ```yaml
    endpoint: {path: "/quotes/{country}", method: GET, description: Quotes a parcel.}
    request:
      parameters: [{name: country, in: path, type: string, required: true}]
    response: {success: {status: 200}}
    ```

    ### Quote Letter
    ```yaml
    endpoint: {path: "/quotes/{land}", method: GET, description: Quotes a letter.}
    request:
      parameters: [{name: land, in: path, type: string, required: true}]
    response: {success: {status: 200}}
    ```
    ````

    ## Use instead
    ````markdown
    ## API Endpoints

    ### Quote Parcel
    ```yaml
    endpoint: {path: "/quotes/{country}", method: GET, description: Quotes a parcel.}
    request:
      parameters: [{name: country, in: path, type: string, required: true}]
    response: {success: {status: 200}}
    ```
    ````

    ## References
    Spec format, endpoints.
    """
    seen: dict[tuple[str, str], Located[str]] = {}
    for endpoint in spec.endpoints:
        head = endpoint.endpoint
        if head is None or head.path is None or head.method is None or endpoint.graphql:
            continue
        shape = (head.method.value, request_shape(head.path.value))
        if shape in seen:
            yield Finding(
                head.path.span,
                f"{head.method.value} {head.path.value} is already another endpoint",
                "make one endpoint of them, or mend method or path",
                related=(Label(seen[shape].span, "the first"),),
            )
        else:
            seen[shape] = head.path
