from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.model import AuthConfig, Spec


@rule(code="TIE127", severity=Severity.ERROR, since="0.1.0", judges="spec")
def incomplete_grant(spec: Spec) -> Iterator[Finding]:
    """An OAuth grant lacks a field that it needs."""
    block = spec.authentication
    config = block.config if block else None
    if block is None or config is None or not (block.type and block.type.value == "oauth"):
        return
    grant = config.grant_type
    place = grant.span if grant else config.head
    name = grant.value if grant else "client_credentials"
    for field in _NEEDS[name]:
        if getattr(config, field) is None and not is_written(spec, "authentication", "config", field):
            yield Finding(place, f"the grant `{name}` needs `{field}`", _give(field, config))
    proof = config.client_authentication
    if name == "client_credentials" and proof and proof.value == "none":
        yield Finding(
            proof.span, "the client must authenticate with `client_credentials`", "write `client_secret_basic`"
        )


def _give(field: str, config: AuthConfig) -> str:
    text = f"add `{field}` under `authentication.config`"
    fixed = field == "token_url" and config.secret is not None and config.client_id is None
    return f"{text}; for a token that does not change, write `type: api_key` and `scheme: Bearer`" if fixed else text


_NEEDS = {
    "client_credentials": ("token_url",),
    "authorization_code": ("token_url", "authorization_url"),
    "refresh_token": ("token_url", "refresh_token"),
}
