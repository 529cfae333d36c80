"""What a guard is: one object with everything that is known of it, which `runtime.order` puts in its place.

Linking, plan, explanations, the page of events and statistics all walk `order.ORDER`; nothing else lists the guards.
A guard's other halves have its name: `compiler/guards/<name>.py` and, where the mock keeps it too,
`mockserver/guards/<name>.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.core.errors import CallError
    from intertie.core.money import Money
    from intertie.core.secret import Secret
    from intertie.runtime.call import Call, Failed
    from intertie.runtime.handles import Handles
    from intertie.runtime.http import Connection, Departure, Request, Response
    from intertie.runtime.pipeline import Policy
    from intertie.runtime.plan import OperationPlan, Plan
    from intertie.runtime.state import ServerHint
    from intertie.runtime.surroundings import Surroundings


Line = tuple[str, str]
"""A sentence for people, and the source of its numbers; the source is empty where there is none to name."""


class EventKind(NamedTuple):
    """One event that a stage emits.

    Attributes:
        event: Its name; names are stable.
        severity: `debug` for what always happens, `info` for a decision that changed the call's course, `warning` for
            what somebody should know, `error` for what a person has to fix.
        detail: Names of its details.
        says: What happened, in words.
    """

    event: str
    severity: str
    detail: tuple[str, ...]
    says: str


class Opening(Struct, frozen=True):
    """What a guard opens its handle with.

    Attributes:
        scope: The operation whose handle it is, empty where those share it that have none of their own.
        tell: Told every secret that is resolved, so that it is masked.
        handles: Those of the guards before it in the order.
    """

    plan: Plan
    surroundings: Surroundings
    scope: str
    tell: Callable[[Secret], None]
    handles: Handles


class Site(Struct, frozen=True):
    """Where a guard is put: one operation, and what its neighbours offer.

    Attributes:
        handles: Of all guards.
        build: Builds a call's request again, with a secret as a field of its body.
        judge: What a connection that could not be made, or an exchange that broke, is.
        row_action: The `action` of the error mapping row that a failure matches, None where none does.
        read_hint: An answer, and whether it was throttled -> what it says about the limit, None where it says nothing.
    """

    plan: Plan
    operation: OperationPlan
    surroundings: Surroundings
    handles: Handles
    build: Callable[[Call, tuple[str, Secret]], Request]
    judge: Callable[[CallError], Failed]
    row_action: Callable[[Failed], str | None]
    read_hint: Callable[[Response, bool], ServerHint | None]

    def handle(self, stage: str) -> Any:
        """Return what the guard of `stage` opened for this operation, None where it is off."""
        return self.handles.of(stage, self.operation.id)


class Attempt(Struct):
    """A call on the fused path: its one attempt, filled in as it goes.

    Attributes:
        input: The internal object.
        request: As built; `outgoing` is the same with our credential.
        connection: Where it is sent, from the moment that it is held.
        departure: Told when the request leaves: the permit that counts from then.
        sent_s, ended_s: Monotonic instants around the exchange.
        data: The mapped result.
        cost: What the attempt cost, None where nothing is paid.
        hands_over: The general path has to go on with it, as it has something to tell the caller.
        sent: Its exchange has begun.
        told: The call's record is written, or the general path's to write.
    """

    input: Mapping[str, object]
    call_id: str
    started_s: float
    deadline_s: float
    version: str | None
    idempotency_key: str | None
    caller: str
    request: Request | None = None
    outgoing: Request | None = None
    connection: Connection | None = None
    departure: Departure | None = None
    response: Response | None = None
    data: object = None
    sent_s: float = 0.0
    ended_s: float = 0.0
    cost: Money | None = None
    hands_over: bool = False
    sent: bool = False
    told: bool = False


class Quick(NamedTuple):
    """A guard's part of the fused path, where nothing waits and all goes well.

    Attributes:
        take: Takes what the guard gives without waiting, and returns it; None hands the call over to the general path
            with all that was taken before. None in its place where there is nothing to take.
        settle: Ends what was taken, after a plain success.
        unusual_headers: Lower-case names of headers that make an answer more than a plain success.
        taken, settled: Events that the general path emits for the same, on the way in and on the way out.
        judges_data: The answer is validated even where the spec only warns, or does not ask.
        undo: Ends what was taken for a call that an exception ended, such as Ctrl-C; does nothing where it is ended.
            `take` does so itself for what it does not come to return. None where nothing is held.
    """

    take: Callable[[Attempt], object | None] | None = None
    settle: Callable[[Attempt, Any], None] | None = None
    unusual_headers: frozenset[bytes] = frozenset()
    taken: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    judges_data: bool = False
    undo: Callable[[Attempt, Any], None] | None = None


NEVER_QUICK = Quick(take=lambda _attempt: None)
"""Of a guard that needs the general path for every call of an operation."""


class Guard:
    """One stage. What a guard does not override it does not have.

    Attributes:
        name: Its folder's name, and that of its other halves; empty where it has none.
        stage: Its name in plans, events and metrics.
        events: What it emits.
        per_operation: Whether its description differs from operation to operation.
        options: What stands for it in the `guards` of plan and operations; None where its options have a field of the
            plan, or it has none.
    """

    name: ClassVar[str] = ""
    stage: ClassVar[str]
    events: ClassVar[tuple[EventKind, ...]] = ()
    per_operation: ClassVar[bool] = False
    options: ClassVar[type[Struct] | None] = None

    def scopes(self, plan: Plan) -> Collection[str]:
        """Return the operations that have a handle of their own; one handle serves all others."""
        return ()

    def open(self, opening: Opening) -> object | None:
        """Return the handle that operations of one scope share; None where the plan switches the guard off."""
        return None

    def policy(self, site: Site, handle: Any) -> Policy | None:
        """Return the general path, None where the guard is off or has no part of it."""
        return None

    def quick(self, site: Site, handle: Any) -> Quick | None:
        """Return the part of the fused path, None where a plain success has none."""
        return None

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return the effective options, JSON-ready, durations in seconds; None where the guard is off."""
        return None

    def words(
        self,
        options: Mapping[str, Any],
        sources: Mapping[str, str],
        operation: OperationPlan,
    ) -> Iterator[Line]:
        """Yield what the described stage does, one sentence a line."""
        yield from ()

    def statistics(self, handle: Any) -> Mapping[str, object]:
        """Return the handle's state now, JSON-ready; empty where it has a field of its own in `PlanStatistics`."""
        return {}
