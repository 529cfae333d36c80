"""What stands around the operations: servers, security schemes, limits."""

from __future__ import annotations

import re

from intertie.compiler.origin import declared_environments
from intertie.core.money import Money
from intertie.runtime.plan import Plan
from intertie.spec.fields import Located, declared_fields
from intertie.spec.model import AuthConfig, Spec

SCHEME = "credential"
_VARIABLE_RE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}|\{env:(\w+)\}")


def server_objects(spec: Spec) -> list[dict[str, object]]:
    """Return the servers: each environment, the base URL first where it is none of them."""
    service = spec.service
    named = [(url.value, name) for name, url in declared_environments(spec).items()]
    base = service.base_url.value if service and service.base_url else None
    if base is not None:
        # The base URL comes first: who takes the first server of a document calls what the spec calls by default.
        own = next((pair for pair in named if pair[0] == base), (base, "production"))
        named = [own, *(pair for pair in named if pair != own)]
    return [_server(url, name) for url, name in named]


def _server(url: str, name: str) -> dict[str, object]:
    variables: dict[str, object] = {}

    def variable(match: re.Match[str]) -> str:
        key = match[1] or match[3]
        variables[key] = {"default": match[2] or key}
        return f"{{{key}}}"

    made: dict[str, object] = {"url": _VARIABLE_RE.sub(variable, url), "description": name}
    if variables:
        made["variables"] = variables
    return {**made, "x-intertie-environment": name}


def security_scheme(spec: Spec, plan: Plan) -> dict[str, object] | None:
    """Return the one security scheme, None where there is none or OpenAPI can't say it."""
    block = spec.authentication
    kind = block.type.value if block and block.type else plan.auth.type
    config = block.config if block else None
    if kind == "basic":
        return {"type": "http", "scheme": "basic"}
    if kind == "jwt":
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    if kind == "oauth":
        return _oauth(config)
    if kind != "api_key":
        return None
    if plan.auth.location == "header" and plan.auth.name.lower() == "authorization":
        scheme = (plan.auth.scheme or "").lower()
        if scheme == "bearer":
            return {"type": "http", "scheme": "bearer"}
    if plan.auth.location == "body":
        return None
    made: dict[str, object] = {"type": "apiKey", "in": plan.auth.location, "name": plan.auth.name}
    return {**made, "x-intertie-scheme": plan.auth.scheme} if plan.auth.scheme else made


def _oauth(config: AuthConfig | None) -> dict[str, object] | None:
    if config is None or config.token_url is None:
        return None
    flow: dict[str, object] = {"tokenUrl": config.token_url.value}
    scopes = {scope.value: "" for scope in config.scopes}
    if config.grant_type and config.grant_type.value == "authorization_code" and config.authorization_url:
        flow = {"authorizationUrl": config.authorization_url.value, **flow, "scopes": scopes}
        return {"type": "oauth2", "flows": {"authorizationCode": flow}}
    return {"type": "oauth2", "flows": {"clientCredentials": {**flow, "scopes": scopes}}}


def limit_extensions(spec: Spec, plan: Plan) -> dict[str, object]:
    """Return the `x-intertie-…` extensions of the whole document: what callers of the service have to live with."""
    made: dict[str, object] = {}
    block = spec.rate_limits
    limits: dict[str, object] = {}
    if block is not None:
        for attribute, _ in declared_fields(type(block)).values():
            located: Located[object] | None = getattr(block, attribute)
            if located is not None and isinstance(located.value, int) and not isinstance(located.value, bool):
                limits[attribute] = located.value
    if limits:
        made["x-intertie-rate-limits"] = limits
    made["x-intertie-timeouts"] = {
        name: getattr(plan.timeouts, name)
        for name in plan.timeouts.__struct_fields__
        if isinstance(getattr(plan.timeouts, name), int | float)
    }
    made["x-intertie-retry"] = {"max_attempts": plan.retry.max_attempts}
    if plan.worst_month is not None:
        made["x-intertie-worst-month"] = _money(plan.worst_month)
    return made


def _money(amount: Money) -> dict[str, object]:
    return {"amount": str(amount.amount), "currency": amount.currency}
