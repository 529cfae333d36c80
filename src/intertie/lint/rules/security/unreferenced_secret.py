from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE615", severity=Severity.ERROR, since="0.1.0", judges="spec")
def unreferenced_secret(spec: Spec) -> Iterator[Finding]:
    """A secret is written out instead of referenced."""
    tests, security = spec.testing.integration_tests if spec.testing else None, spec.security
    found = [("test credential", tests.test_credentials)] if tests else []
    found += [("encryption key", security.encryption_key)] if security else []
    block = spec.authentication
    if block and block.config and block.type and block.type.value in ("oauth", "jwt", "hmac", "aws_sigv4"):
        config = block.config
        found += [("client secret", config.client_secret), ("refresh token", config.refresh_token), ("key", config.key)]
        found += [("secret access key", config.secret_access_key), ("session token", config.session_token)]
    for what, located in found:
        text = located.value.strip() if located else ""
        if (
            located
            and not re.match(r"(?:env|file|keyring|vault|aws-sm):\S|\$\{?\w", text)
            and not re.fullmatch(r"/?[\w.-]+(?:/[\w.#-]+)+", text)
        ):
            yield Finding(
                located.span,
                f"the {what} is written out instead of referenced, such as `env:NAME`",
                "write a reference, and replace the secret at the provider",
            )
