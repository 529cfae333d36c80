from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE128", severity=Severity.WARNING, since="0.1.0")
def token_never_refreshed(spec: Spec) -> Iterator[Finding]:
    """A token ends, and nothing fetches another.

    ## What it does
    Looks for `token_refresh: false` beside OAuth or a JWT whose `expires_in` is known.

    ## Why it matters
    When the token has ended, every call is refused until somebody starts the process again.

    ## Example
    ```text
    authentication:
      type: oauth
      config:

        grant_type: client_credentials
        token_url: https://login.parcels.example/token
        client_id: env:PARCEL_ID
        client_secret: env:PARCEL_SECRET
        expires_in: 3600
        token_refresh: false
    ```

    ## Use instead
    ```text
    authentication:
      type: oauth
      config:

        grant_type: client_credentials
        token_url: https://login.parcels.example/token
        client_id: env:PARCEL_ID
        client_secret: env:PARCEL_SECRET
        expires_in: 3600
        token_refresh: true
    ```

    ## References
    RFC 6749, section 5.1.
    """
    block = spec.authentication
    config = block.config if block else None
    if block is None or config is None or not (block.type and block.type.value in ("oauth", "jwt")):
        return
    if config.token_refresh and not config.token_refresh.value and config.expires_in:
        ends = seconds_text(config.expires_in.value)
        yield Finding(
            config.token_refresh.span, f"after {ends} the token has ended, and every call is refused", "write `true`"
        )
