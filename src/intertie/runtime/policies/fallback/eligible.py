"""Pure: whether a fallback answers a final failure, and whether the call can be queued."""

from __future__ import annotations

from intertie.core.errors import CircuitOpen, RateLimited, Reach
from intertie.runtime.call import Call, Failed, Kind
from intertie.runtime.streams import Upload

_UNANSWERED = frozenset({Kind.SERVICE_FAULT, Kind.THROTTLED, Kind.QUOTA_EXHAUSTED})


def wants_fallback(failed: Failed, action: str | None, *, rows_name_fallback: bool) -> bool:
    """Return whether the plan answers this failure with its fallback.

    The row that matches decides by its action. Where no row of the plan names `fallback`, the declared strategy answers
    whatever the service could not: its faults, throttling, an open circuit, a limit without a turn.
    """
    if action is not None:
        return action == "fallback"
    if rows_name_fallback:
        return False
    return failed.kind in _UNANSWERED or isinstance(failed.error, CircuitOpen | RateLimited)


def why_not_queued(call: Call) -> str | None:
    """Return why this call can't be queued, None where it can.

    A write is queued only where no attempt can have reached the service, or where its idempotency key makes the
    replay safe.
    """
    if call.operation.is_read:
        return "reads are not queued"
    if call.stream:
        return "a streamed answer can't be given later"
    if call.request is not None and isinstance(call.request.body, Upload):
        return "a streamed body can't be stored"
    if call.course.reached is not Reach.NO and call.idempotency_key is None:
        return "it may have taken effect and has no idempotency key"
    return None
