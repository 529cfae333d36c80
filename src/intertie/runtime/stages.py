"""Names of the steps that every call takes, whatever guards it has; a guard names its own stage.

The order of all of them is `intertie.runtime.order.ORDER`; its reasons are in docs/adr/0001-stage-order.md.
"""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """One step; the values are the names in plans, events and metrics."""

    TELEMETRY = "telemetry"
    OUTBOUND_MAPPING = "outbound_mapping"
    REQUEST_VALIDATION = "request_validation"
    SEND = "send"
    CLASSIFY = "classify"
    RESPONSE_VALIDATION = "response_validation"
    INBOUND_MAPPING = "inbound_mapping"
