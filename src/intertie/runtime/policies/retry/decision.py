"""Pure: whether a failed attempt is made again, and after how long."""

from __future__ import annotations

import msgspec

from intertie.core.errors import DeadlineExceeded, TransportError
from intertie.runtime.call import Failed, Kind
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.runtime.policies.retry.replay import may_be_sent_again


class Again(msgspec.Struct, frozen=True):
    """Try again after `delay_s`, for `reason`."""

    delay_s: float
    reason: str


class Enough(msgspec.Struct, frozen=True):
    """Do not try again, for `reason`; `told` where the reason is worth an event."""

    reason: str
    told: bool = True


def decide(
    failed: Failed,
    *,
    options: RetryOptions,
    attempt: int,
    action: str | None,
    backoff_s: float,
    left_s: float,
    body_spent: bool = False,
) -> Again | Enough:
    """Return whether to try again.

    The cases, first match wins:

    1. a refusal of ours, or a mapping fault: never;
    2. the row says `fail`: no;
    3. quota exhausted: no, the pause is longer than the call can wait;
    4. neither throttled, nor listed in `retry_on`, nor a condition, nor a row that says `retry`: no;
    5. the first try may have taken effect and a second might double it: no;
    6. the body came from an iterator that has been read from, so it can't be sent again: no;
    7. `max_attempts` are made: no;
    8. the delay (backoff, or what the service said where longer) does not fit into `total`: no;
    9. yes.

    Args:
        failed: What the attempt was.
        options: Of the plan.
        attempt: Attempts made so far.
        action: Of the error mapping row that matches, None where none does.
        backoff_s: The delay that the backoff asks for.
        left_s: Seconds until the call's deadline.
        body_spent: Whether a body that can be read once has been begun.
    """
    if failed.kind in {Kind.REJECTED, Kind.MAPPING_FAULT}:
        return Enough("not_retriable", told=False)
    if action == "fail":
        return Enough("row_says_fail", told=False)
    if failed.kind is Kind.QUOTA_EXHAUSTED:
        return Enough("quota_exhausted")
    reason = reason_to_retry(failed, options, action)
    if reason is None:
        return Enough("not_listed", told=False)
    if not may_be_sent_again(failed):
        return Enough("effect_unknown")
    if body_spent:
        return Enough("body_spent")
    if attempt >= options.max_attempts:
        return Enough("max_attempts")
    delay_s = max(backoff_s, failed.retry_after_s or 0.0)
    if delay_s >= left_s:
        return Enough("deadline")
    return Again(delay_s, reason)


def reason_to_retry(failed: Failed, options: RetryOptions, action: str | None) -> str | None:
    """Return why the plan retries such a failure, None where it does not."""
    if failed.kind is Kind.THROTTLED:
        return "throttled"
    if action == "retry":
        return "row_says_retry"
    if failed.is_broken_success:
        return "broken_success" if options.retry_on.has_server_errors else None
    if failed.response is not None:
        status = failed.response.status
        if status in options.retry_on:
            return f"status_{status}"
        return "service_unavailable" if status == 503 and options.service_unavailable else None
    if isinstance(failed.error, DeadlineExceeded):
        return "timeout" if options.timeout and failed.error.phase != "total" else None
    if isinstance(failed.error, TransportError):
        return "network_error" if options.network_error else None
    return None
