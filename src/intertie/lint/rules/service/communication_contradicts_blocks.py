from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE120", severity=Severity.ERROR, since="0.1.0", judges="spec")
def communication_contradicts_blocks(spec: Spec) -> Iterator[Finding]:
    """The communication bullet says synchronous, an endpoint is asynchronous.

    ## What it does
    Compares `Communication` with the endpoints' `asynchronous` blocks.

    ## Why it matters
    A submitted call has no answer to wait for. One of the two is wrong.

    ## Example
    ````markdown
    ## Integration Type
    - **Communication**: Synchronous

    ## API Endpoints

    ### Start Job
    ```yaml
    endpoint: {path: /jobs, method: GET, description: Starts a job.}
    response: {success: {status: 202}}
    asynchronous: {status_endpoint: Get Job, done: {path: state, values: [done]}, poll_every: 2s}
    ```

    ### Get Job
    ```yaml
    endpoint: {path: /jobs/current, method: GET, description: Reads it.}
    response: {success: {status: 200}}
    ```
    ````

    ## Use instead
    ````markdown
    ## Integration Type
    - **Communication**: Asynchronous

    ## API Endpoints

    ### Start Job
    ```yaml
    endpoint: {path: /jobs, method: GET, description: Starts a job.}
    response: {success: {status: 202}}
    asynchronous: {status_endpoint: Get Job, done: {path: state, values: [done]}, poll_every: 2s}
    ```

    ### Get Job
    ```yaml
    endpoint: {path: /jobs/current, method: GET, description: Reads it.}
    response: {success: {status: 200}}
    ```
    ````

    ## References
    Spec format, integration type.
    """
    said = spec.integration_type.communication if spec.integration_type else None
    blocks = [endpoint.asynchronous for endpoint in spec.endpoints if endpoint.asynchronous]
    if said and said.value == "Synchronous" and blocks:
        yield Finding(
            said.span,
            "an endpoint is submitted and fetched later",
            "write `Asynchronous`, or take the block out",
            related=(Label(blocks[0].key_span, "fetched later"),),
        )
