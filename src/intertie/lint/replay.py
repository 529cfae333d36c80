"""Which calls may be made twice."""

from __future__ import annotations

from intertie.spec.model import Endpoint

READS = frozenset({"GET", "HEAD"})
SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Methods that are idempotent. Source: RFC 9110 section 9.2.2."""


def method_of(endpoint: Endpoint) -> str | None:
    """Return the method, None where it is absent or unfilled."""
    return endpoint.endpoint.method.value if endpoint.endpoint and endpoint.endpoint.method else None


def is_read(endpoint: Endpoint) -> bool:
    """Return whether the cache may answer for the endpoint."""
    return method_of(endpoint) in READS


def has_idempotency_key(endpoint: Endpoint) -> bool:
    """Return whether a header with the value `{uuid}` makes the service know a repeated call."""
    headers = endpoint.request.headers if endpoint.request else ()
    return any(header.value and "{uuid}" in header.value.value for header in headers)


def may_take_effect_twice(endpoint: Endpoint) -> bool:
    """Return whether a replay may do again what the first try has done."""
    method = method_of(endpoint)
    if method is None or method in SAFE_TO_REPEAT:
        return False
    declared = endpoint.idempotent is not None and endpoint.idempotent.value
    return not (declared or has_idempotency_key(endpoint) or endpoint.graphql)
