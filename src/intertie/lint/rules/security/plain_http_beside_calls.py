from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.urls import further_urls, is_plain_http
from intertie.spec.model import Spec


@rule(code="TIE603", severity=Severity.ERROR, since="0.1.0")
def plain_http_beside_calls(spec: Spec) -> Iterator[Finding]:
    """A token or sandbox URL is plain http.

    ## What it does
    Looks for `http://` in `token_url`, `authorization_url` and `sandbox_url`; this machine is left out.

    ## Why it matters
    What is sent there, client secrets among it, can be read and changed on the way.

    ## Example
    ```yaml
    testing:
      integration_tests:
        use_sandbox: true
        sandbox_url: http://sandbox.parcels.example
    ```

    ## Use instead
    ```yaml
    testing:
      integration_tests:
        use_sandbox: true
        sandbox_url: https://sandbox.parcels.example
    ```

    ## References
    RFC 6749 section 3.2, token endpoint; RFC 9325.
    """
    for what, url in further_urls(spec):
        if what != "link" and is_plain_http(url.value):
            yield Finding(url.span, f"this {what} is plain http", "use https")
