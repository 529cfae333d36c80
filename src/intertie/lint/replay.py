"""Which calls may be made twice."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.lint.planned import planned
from intertie.runtime.plan import Plan
from intertie.spec.fields import Located
from intertie.spec.model import Endpoint, Spec

READS = frozenset({"GET", "HEAD"})


def method_of(endpoint: Endpoint) -> str | None:
    """Return the method, None where it is absent or unfilled."""
    return endpoint.endpoint.method.value if endpoint.endpoint and endpoint.endpoint.method else None


def is_read(endpoint: Endpoint) -> bool:
    """Return whether the cache may answer for the endpoint."""
    return method_of(endpoint) in READS


def writes_sent_once(spec: Spec, plan: Plan) -> Iterator[tuple[Endpoint, Located[str]]]:
    """Yield each endpoint that the plan does not call again once it may have taken effect, with its method.

    Every GraphQL call is a POST, whether it reads or writes: the method says nothing there.
    """
    for endpoint, operation in planned(spec, plan):
        method = endpoint.endpoint.method if endpoint.endpoint else None
        if method is not None and not operation.replay_safe and not endpoint.graphql:
            yield endpoint, method
