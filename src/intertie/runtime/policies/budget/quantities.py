"""Pure: how many units of a price an attempt is expected to use, and how many it used."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from intertie.runtime.http import Request, Response
from intertie.runtime.plan import OperationPlan

ONE = Decimal(1)
BYTES_PER_GB = Decimal(10**9)
_SECONDS_PER_MINUTE = Decimal(60)
_MINUTE_PLACES = Decimal("1E-12")
_HEAD_BYTES = 1024
_ANSWER_BYTES = 64 * 1024
"""What an answer is expected to weigh where neither its schema nor an example tells."""


def expected_quantity(model: str, operation: OperationPlan, request: Request | None, *, attempt_s: float) -> Decimal:
    """Return the units set aside for one attempt, in the units of the pricing model.

    Args:
        model: `per_request`, `per_gb`, `per_minute` or `subscription`.
        operation: Its declared sizes and p99 are what is expected.
        request: Built already, so that its size is known; None where it is not.
        attempt_s: Longest that an attempt can take: what a minute's price is reserved for without a declared p99.
    """
    match model:
        case "per_gb":
            body = request.body if request is not None else None
            sent = _HEAD_BYTES + (len(body) if isinstance(body, bytes) else _ANSWER_BYTES if body is not None else 0)
            return Decimal(sent + _HEAD_BYTES + declared_answer_bytes(operation)) / BYTES_PER_GB
        case "per_minute":
            return minutes(operation.targets.p99_s if operation.targets.p99_s is not None else attempt_s)
        case _:
            return ONE


def used_quantity(model: str, response: Response | None, *, wire_s: float, expected: Decimal) -> Decimal:
    """Return the units that an attempt used; what was expected where its size is unknown because no answer came."""
    match model:
        case "per_gb":
            return expected if response is None else gigabytes(response.bytes_sent + response.bytes_received)
        case "per_minute":
            return minutes(wire_s)
        case _:
            return ONE


def minutes(seconds: float) -> Decimal:
    """Return minutes: the time to the microsecond, the quotient to twelve places.

    >>> minutes(90.0), minutes(0.5)
    (Decimal('1.500000000000'), Decimal('0.008333333333'))
    """
    return (Decimal(round(seconds * 1_000_000)).scaleb(-6) / _SECONDS_PER_MINUTE).quantize(_MINUTE_PLACES)


def gigabytes(count: int) -> Decimal:
    """Return gigabytes of 10^9 bytes.

    >>> gigabytes(2_500_000_000)
    Decimal('2.5')
    """
    return Decimal(count) / BYTES_PER_GB


def declared_answer_bytes(operation: OperationPlan) -> int:
    """Return how large an answer may be: a text's `maxLength`, else the length of the example, else 64 KiB."""
    schema = operation.result.schema.json if operation.result.schema is not None else None
    longest = schema.get("maxLength") if isinstance(schema, Mapping) else None
    if isinstance(longest, int):
        return longest
    if operation.result.example is not None:
        return len(msgspec.json.encode(operation.result.example, enc_hook=str))
    return _ANSWER_BYTES
