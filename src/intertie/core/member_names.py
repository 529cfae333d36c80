"""The public names that an integration has itself. An operation of such a name is no attribute.

They stand here because the checker and the generators need them and know no client. A test holds the list equal to what
both faces and the typed modules have.
"""

from __future__ import annotations

INTEGRATION_MEMBERS = frozenset(
    {
        "aclose",
        "breakers",
        "close",
        "limiter",
        "operation",
        "operations",
        "plan",
        "replay_queue",
        "require_credential",
        "shown_response",
        "statistics",
        "with_options",
        "with_version",
    }
)
"""Of the synchronous and of the asyncio face: a spec is meant for both."""
