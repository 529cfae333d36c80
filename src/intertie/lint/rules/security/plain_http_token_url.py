from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.urls import further_urls, is_plain_http
from intertie.spec.model import Spec


@rule(code="TIE603", severity=Severity.ERROR, since="0.1.0", judges="spec")
def plain_http_token_url(spec: Spec) -> Iterator[Finding]:
    """A token URL is plain http.

    ## What it does
    Looks for `http://` in `token_url` and `authorization_url`; this machine is left out. The URLs that calls go to have a
    rule of their own.

    ## Why it matters
    The client secret is sent there, and everybody on the way can read it.

    ## Example
    ```text
    authentication:
      type: oauth
      config:
        token_url: http://login.parcels.example/token
    ```

    ## Use instead
    ```text
    authentication:
      type: oauth
      config:
        token_url: https://login.parcels.example/token
    ```

    ## References
    RFC 6749 section 3.2, token endpoint; RFC 9325.
    """
    for what, url in further_urls(spec):
        if what != "link" and is_plain_http(url.value):
            yield Finding(url.span, f"this {what} is plain http", "use https")
