"""Pure: what an outcome means to the breaker."""

from __future__ import annotations

from intertie.core.errors import DeadlineExceeded, TransportError
from intertie.runtime.call import Answered, Failed, Kind, Outcome
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.state import Verdict

SUCCESS = Verdict(failure=False)
FAILURE = Verdict(failure=True)
NEUTRAL = Verdict(failure=None)

_NEUTRAL_KINDS = frozenset(
    {Kind.THROTTLED, Kind.QUOTA_EXHAUSTED, Kind.CREDENTIAL_FAULT, Kind.MAPPING_FAULT, Kind.REJECTED}
)


def verdict_of(outcome: Outcome, options: BreakerOptions) -> Verdict:
    """Return whether an attempt that was sent counts as a failure.

    | outcome | verdict |
    |---|---|
    | success | success |
    | throttled, quota exhausted, our credential, unreadable answer, refusal | neutral |
    | an answer whose status the plan counts (`5xx` by default) | failure |
    | a success status with a body of another media type | failure where the plan counts any 5xx, else success |
    | any other answer: the service is up, whoever's fault it was | success |
    | timeout, network error | failure where the plan counts it, else neutral |
    """
    if isinstance(outcome, Answered):
        return SUCCESS
    if outcome.kind in _NEUTRAL_KINDS:
        return NEUTRAL
    if outcome.is_broken_success:
        return FAILURE if options.statuses.has_server_errors else SUCCESS
    if outcome.response is not None:
        return FAILURE if outcome.response.status in options.statuses else SUCCESS
    return FAILURE if _counts(outcome, options) else NEUTRAL


def _counts(failed: Failed, options: BreakerOptions) -> bool:
    if isinstance(failed.error, DeadlineExceeded):
        return options.timeout
    return options.network_error and isinstance(failed.error, TransportError)
