"""What is judged alike in every protocol: an exchange that failed, and a refusal of ours.

| what came | kind | to the breaker |
|---|---|---|
| no connection, a reset, a timeout | service_fault | failure, where the plan counts it |
| our client certificate's key is missing | credential_fault | neutral |
| anything else that is no answer | mapping_fault | neutral |

What an answer is, the protocol says: `runtime.wires`.
"""

from __future__ import annotations

from intertie.core.errors import (
    AuthError,
    CallError,
    CircuitOpen,
    DeadlineExceeded,
    RateLimited,
    Reach,
    TransportError,
)
from intertie.runtime.call import Failed, Kind
from intertie.runtime.http import Response


def failed_exchange(error: CallError, *, replay_safe: bool) -> Failed:
    """Return what a failed exchange or connection is.

    After a timeout or a reset once a byte was sent, an operation that can't be replayed has an unknown effect.
    """
    reached = error.reached
    if isinstance(error, TransportError):
        codes = ("network_error", "5xx")
    elif isinstance(error, DeadlineExceeded):
        codes = ("timeout", "5xx")
    elif isinstance(error, AuthError):
        # The key of our client certificate is not there: as much our configuration as a missing API key.
        return Failed(error, Kind.CREDENTIAL_FAULT, reached)
    else:
        return Failed(error, Kind.MAPPING_FAULT, reached)
    unknown = reached is not Reach.NO and not replay_safe
    return Failed(error, Kind.SERVICE_FAULT, reached, effect_unknown=unknown, external_codes=codes)


def unreadable(error: CallError, response: Response) -> Failed:
    """Return what a successful answer is whose body can't be decoded."""
    error.reached = Reach.YES
    return Failed(error, Kind.MAPPING_FAULT, Reach.YES, response=response)


def refusal_codes(error: CallError) -> tuple[str, ...]:
    """Return what error mapping rows match for a refusal of ours: what the service would have answered."""
    if isinstance(error, CircuitOpen):
        return ("circuit_open", "5xx")
    if isinstance(error, RateLimited):
        return ("rate_limited", "429")
    return ()
