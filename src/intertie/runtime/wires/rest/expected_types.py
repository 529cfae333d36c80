"""Media types that an operation's successes may have."""

from __future__ import annotations

from intertie.core.media_types import concrete
from intertie.runtime.plan import OperationPlan
from intertie.runtime.wires.rest.plan import STREAM_TYPES, rest_wire


def expected_types(operation: OperationPlan) -> tuple[str, ...]:
    """Return the media types of which a success body must have one; empty where the spec promises none.

    An endpoint that says nothing of its answer promises nothing. One with a schema or inbound rows promises the data
    format.
    """
    response = rest_wire(operation).response
    declared, streamed = response.content_type, STREAM_TYPES.get(operation.streaming or "")
    if declared is not None or streamed is not None:
        return tuple(each for each in (streamed, declared) if each is not None)
    described = operation.result.schema is not None or bool(operation.inbound)
    return (concrete(None, response.codec),) if described and response.codec in ("json", "binary") else ()
