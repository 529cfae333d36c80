"""Pure: how many units of a price an attempt is expected to use, and how many it used."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from intertie.core.money import ONE_UNIT, Trillionths
from intertie.runtime.http import Request, Response
from intertie.runtime.plan import OperationPlan

_PER_BYTE = ONE_UNIT // 10**9
_HEAD_BYTES = 1024
_ANSWER_BYTES = 64 * 1024
"""What an answer is expected to weigh where neither its schema nor an example tells."""


def expecting(model: str, operation: OperationPlan, *, attempt_s: float) -> Callable[[Request | None], Trillionths]:
    """Return what says how much is set aside for one attempt, given its request: None where that is not built.

    Args:
        model: `per_request`, `per_gb`, `per_minute` or `subscription`.
        operation: Its declared sizes and p99 are what is expected.
        attempt_s: Longest that an attempt can take: what a minute's price is reserved for without a declared p99.
    """
    match model:
        case "per_gb":
            fixed_bytes = 2 * _HEAD_BYTES + declared_answer_bytes(operation)
            return lambda request: gigabytes(fixed_bytes + _body_bytes(request))
        case "per_minute":
            longest = minutes(operation.targets.p99_s if operation.targets.p99_s is not None else attempt_s)
            return lambda _request: longest
        case _:
            return lambda _request: ONE_UNIT


def expected_quantity(model: str, operation: OperationPlan, *, attempt_s: float) -> Trillionths:
    """Return what is set aside for an attempt whose request is not built."""
    return expecting(model, operation, attempt_s=attempt_s)(None)


def used_quantity(model: str, response: Response | None, *, wire_s: float, expected: Trillionths) -> Trillionths:
    """Return the quantity that an attempt used; what was expected where its size is unknown because no answer came."""
    match model:
        case "per_gb":
            return expected if response is None else gigabytes(response.bytes_sent + response.bytes_received)
        case "per_minute":
            return minutes(wire_s)
        case _:
            return ONE_UNIT


def minutes(seconds: float) -> Trillionths:
    """Return minutes: the time to the microsecond, the quotient to twelve places.

    >>> minutes(90.0), minutes(0.5)
    (1500000000000, 8333333333)
    """
    # Trillionths of a minute per microsecond are 50,000 / 3; a third is never half way between two numbers.
    return (round(seconds * 1_000_000) * 50_000 + 1) // 3


def gigabytes(count: int) -> Trillionths:
    """Return gigabytes of 10^9 bytes.

    >>> gigabytes(2_500_000_000)
    2500000000000
    """
    return count * _PER_BYTE


def declared_answer_bytes(operation: OperationPlan) -> int:
    """Return how large an answer may be: a text's `maxLength`, else the length of the example, else 64 KiB."""
    schema = operation.result.schema.json if operation.result.schema is not None else None
    longest = schema.get("maxLength") if isinstance(schema, Mapping) else None
    if isinstance(longest, int):
        return longest
    if operation.result.example is not None:
        return len(msgspec.json.encode(operation.result.example, enc_hook=str))
    return _ANSWER_BYTES


def _body_bytes(request: Request | None) -> int:
    body = None if request is None else request.body
    if body is None:
        return 0
    return len(body) if isinstance(body, bytes) else _ANSWER_BYTES
