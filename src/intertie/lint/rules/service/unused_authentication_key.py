from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE109", severity=Severity.WARNING, since="0.1.0")
def unused_authentication_key(spec: Spec) -> Iterator[Finding]:
    """A key of `authentication.config` belongs to another type of authentication."""
    auth = spec.authentication
    if not (auth and auth.type and auth.config):
        return
    config = auth.config
    own: dict[tuple[str, ...], dict[str, Located[Any] | None]] = {
        ("api_key", "hmac"): {"secret": config.secret},
        ("basic",): {"username": config.username, "password": config.password},
        ("oauth",): {"token_url": config.token_url, "client_id": config.client_id,
                     "client_secret": config.client_secret, "refresh_token": config.refresh_token,
                     "authorization_url": config.authorization_url,
                     "grant_type": config.grant_type, "client_authentication": config.client_authentication,
                     "scopes": next(iter(config.scopes), None)},
        ("jwt", "hmac"): {"algorithm": config.algorithm, "key": config.key, "key_id": config.key_id},
        ("jwt",): {"claims": config.claims,
                   "issuer": config.issuer, "subject": config.subject},
        ("oauth", "jwt"): {"audience": config.audience},
        ("aws_sigv4",): {"access_key_id": config.access_key_id, "secret_access_key": config.secret_access_key,
                         "session_token": config.session_token, "region": config.region, "service": config.service},
    }  # fmt: skip
    for kinds, keys in own.items():
        for key, given in keys.items():
            if given and auth.type.value not in kinds:
                yield Finding(
                    given.key_span,
                    f"`{key}` has no effect: it belongs to {listed(f'`{kind}`' for kind in kinds)}, but the "
                    f"type is `{auth.type.value}`",
                    "correct the type, or remove the key",
                    related=(Label(auth.type.span, "the type"),),
                )
