"""The key that makes a replay safe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from intertie.runtime.guard import EventKind, Guard, Line, Quick, Site
from intertie.runtime.plan import OperationPlan, Plan

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.policies.idempotency.policy import KeyPolicy

STAGE: Final = "idempotency_key"


class KeyGuard(Guard):
    """Has every attempt of a call carry the same key. The key stands in the request since it was built."""

    name = "idempotency"
    stage = STAGE
    per_operation = True
    events = (EventKind("key", "debug", ("header",), "every attempt carries the same key"),)

    def policy(self, site: Site, handle: None) -> KeyPolicy | None:
        """Return the general path."""
        header = site.operation.idempotency_header
        if header is None:
            return None
        from intertie.runtime.policies.idempotency.policy import KeyPolicy  # noqa: PLC0415  # calls alone need it

        return KeyPolicy(STAGE, header)

    def quick(self, site: Site, handle: None) -> Quick | None:
        """Name the key where there is one."""
        return None if site.operation.idempotency_header is None else Quick(taken=("key",))

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return the header."""
        return None if operation.idempotency_header is None else {"header": operation.idempotency_header}

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say what stays the same."""
        yield f"one {options['header']} for all attempts of a call", sources["header"]
