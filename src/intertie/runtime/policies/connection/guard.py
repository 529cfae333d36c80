"""The connection of an attempt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from intertie.core.units import seconds_text
from intertie.runtime.guard import Attempt, EventKind, Guard, Line, Quick, Site
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.connection.options import STAGE

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.http import Connection
    from intertie.runtime.policies.connection.policy import ConnectionPolicy


class ConnectionGuard(Guard):
    """Has a connection ready before the permit is taken, so that a slow connect never bunches permits."""

    stage = STAGE
    events = (
        EventKind("connect", "debug", ("opened",), "a connection is ready, new or pooled"),
        EventKind("attempt", "warning", ("attempt", "error"), "no connection could be opened"),
    )

    def policy(self, site: Site, handle: None) -> ConnectionPolicy:
        """Return the general path."""
        from intertie.runtime.clipping import connect_timeout_s  # noqa: PLC0415  # calls alone need it
        from intertie.runtime.policies.connection.policy import ConnectionPolicy  # noqa: PLC0415  # calls alone need it

        timeouts, around = site.plan.timeouts, site.surroundings
        return ConnectionPolicy(
            around.transport,
            fresh=not site.operation.replay_safe,
            connect_timeout_s=lambda now_s, deadline_s: connect_timeout_s(timeouts, now_s=now_s, deadline_s=deadline_s),
            judge=site.judge,
            clock=around.clock,
        )

    def quick(self, site: Site, handle: None) -> Quick:
        """Take a pooled connection; what can't be replayed takes only one that is beyond doubt."""
        connect_nowait, fresh = site.surroundings.transport.connect_nowait, not site.operation.replay_safe

        def take(attempt: Attempt) -> Connection | None:
            attempt.connection = connection = connect_nowait(fresh=fresh)
            return connection

        def undo(attempt: Attempt, connection: Connection) -> None:
            if not attempt.sent:  # once an exchange has it, it may be back already, and somebody else's
                connection.release()

        return Quick(take, taken=("connect",), undo=undo)

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object]:
        """Return how long opening one may take."""
        return {"connect_s": plan.timeouts.connect_s}

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say how long opening one may take."""
        yield f"a connection is ready within {seconds_text(options['connect_s'])}", sources["connect_s"]
