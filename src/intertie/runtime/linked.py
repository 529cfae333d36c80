"""A plan, linked with its surroundings: the one object that calls go through."""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, NamedTuple, TypeVar

from intertie.core.answers import ServiceAnswer
from intertie.core.errors import InvalidInput, Reach, UsageError
from intertie.runtime.call import Call, Failed, Kind, Outcome
from intertie.runtime.call_ids import CallIds
from intertie.runtime.clipping import call_deadline_s
from intertie.runtime.course import Course
from intertie.runtime.events import Emit
from intertie.runtime.fused import Fused, fuse
from intertie.runtime.left_behind import see_to_what_is_left
from intertie.runtime.lifecycle import retired, standing_warnings
from intertie.runtime.masking import ShownResponse, shown_response
from intertie.runtime.observing import Observer
from intertie.runtime.operations import LinkedOperation
from intertie.runtime.order import guard_statistics, open_handles
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.replaying import replay
from intertie.runtime.reports import PlanStatistics, ReplayReport
from intertie.runtime.state import CallRecord, QueueItem
from intertie.runtime.surroundings import Surroundings

T = TypeVar("T")


class LinkedPlan:
    """One integration in one environment, ready to be called from any thread or task.

    Each operation is linked when it is first called. The happy path of a call runs fused; everything else runs through
    the general pipeline.

    Args:
        plan: What will happen on a call.
        surroundings: Clock, randomness, transport, stores and secrets of one way of running.
        listener: Told every event of every call; calls then take the general pipeline.
        on_record: Told the record of every finished call, such as metrics.
    """

    def __init__(
        self,
        plan: Plan,
        surroundings: Surroundings,
        *,
        listener: Emit | None = None,
        on_record: Callable[[CallRecord], None] | None = None,
        fused: bool = True,
    ) -> None:
        self.plan = plan
        self.surroundings = surroundings
        self.warnings = standing_warnings(plan)
        self._closed = False
        self._listener = listener
        self._observer = Observer(plan, surroundings, listener=on_record)
        self.guards = open_handles(plan, surroundings, self._observer.masker.register)
        self._ids = CallIds(surroundings.rng)
        self._operations = LinkedOnce(self._link)
        self._fused = LinkedOnce(self._fuse if fused and listener is None else _no_fused_path)
        self._ready: dict[str, _Ready] = {}
        self._monotonic_s = surroundings.clock.monotonic_s
        self._total_s = plan.timeouts.total_s
        self._new_uuid = surroundings.rng.uuid4

    def run(
        self,
        operation_id: str,
        input: Mapping[str, object],  # noqa: A002  # the word of the format
        *,
        caller: str = "",
        version: str | None = None,
        timeout_s: float | None = None,
        idempotency_key: str | None = None,
        explain: bool = False,
        stream: bool = False,
    ) -> Coroutine[Any, Any, Outcome]:
        """Begin a call of an operation; awaited, it goes through all guards and returns what became of it.

        Args:
            operation_id: snake_case of the endpoint's heading.
            input: The internal object.
            caller: Who calls, for audit.
            version: API version, one of those that the plan supports; None for the current one.
            timeout_s: Shortens the total time; never lengthens it.
            idempotency_key: Value in place of a generated one, where the operation has such a header.
            explain: Collect what each guard saw and decided.
            stream: Hand the body on unread, as `Answered.response.stream`.

        Raises:
            UsageError: No such operation or version, an argument makes no sense, or it was closed: nothing was
                sent, and there is nothing to await.
            InvalidInput: The input breaks the operation's contract; nothing was sent.
        """
        if self._closed:
            raise UsageError(self._was_closed())
        ready = self._ready.get(operation_id) or self._make_ready(operation_id)
        linked, operation, fused, takes_key = ready
        if version is not None or timeout_s is not None or operation.unsupported is not None:
            self._check(operation, version, timeout_s)
        if takes_key:
            key = linked.wire.idempotency_key_in(input)
            if key is not None or idempotency_key is not None:
                key = self._given_key(linked, key, idempotency_key)
            else:
                key = self._new_uuid()
        elif idempotency_key is not None:
            raise UsageError(f"{operation.id} declares no idempotency key header, so no key can be sent")
        else:
            key = None
        started_s = self._monotonic_s()
        if timeout_s is None:
            deadline_s = started_s + self._total_s
        else:
            deadline_s = call_deadline_s(self.plan.timeouts, started_s=started_s, timeout_s=timeout_s)
        if fused is not None and not (explain or stream):
            return fused(input, self._ids.next(), started_s, deadline_s, version, key, caller)
        if linked.wire.opens_streams and not stream:
            raise UsageError(f"{operation.id} answers with a stream: open it with `.stream()`")
        call = self._call(operation, input, started_s, deadline_s, version, key, caller, explain=explain, stream=stream)
        refusal = retired(self.plan, operation_id)
        if refusal is not None:
            return linked.conclude(call, Failed(refusal, Kind.REJECTED))
        return linked.run(call)

    def require_credential(self) -> None:
        """Resolve the credential now, as the first call would.

        Raises:
            CredentialMissing: Its reference resolves to nothing.
        """
        if self.guards.credentials is not None:
            self.guards.credentials.require()

    async def replay(self, *, limit: int | None = None, receipt: str | None = None) -> ReplayReport:
        """Send what was queued, oldest first, until the queue is empty or the service is down.

        Every item goes through the same guards under the key it was queued with, and is never queued again.

        Args:
            limit: Most items to send.
            receipt: Send this one alone.

        Raises:
            UsageError: It was closed.
        """
        if self._closed:
            raise UsageError(self._was_closed())
        return await replay(self.surroundings.journal, self.plan.key, self._send_queued, limit=limit, receipt=receipt)

    def shown_response(self, response: ServiceAnswer) -> ShownResponse:
        """Return an answer as it may be printed and logged: masked, without control characters, cut."""
        return shown_response(response, self._observer.masker)

    def statistics(self) -> PlanStatistics:
        """Return limiter, breakers, cache, queue and ledger as they are now.

        Raises:
            UsageError: It was closed.
        """
        if self._closed:
            raise UsageError(self._was_closed())
        see_to_what_is_left()
        guards = self.guards
        calls, retries = guards.retry_budget.counts(self.surroundings.clock.monotonic_s())
        queue = Counter(item.state for item in self.surroundings.journal.queue(self.plan.key))
        return PlanStatistics(
            key=self.plan.key,
            limiter=guards.limiter.snapshot(),
            breakers={name: handle.snapshot() for name, handle in guards.breakers.items()},
            retry_calls=calls,
            retries=retries,
            cache={} if guards.last_good is None else guards.last_good.statistics(),
            queue=dict(queue),
            ledger=None if guards.ledger is None else guards.ledger.month(),
            transport=self.surroundings.transport.statistics(),
            other_transports=self.surroundings.transports.statistics(),
            guards=guard_statistics(guards),
        )

    async def aclose(self) -> None:
        """Close the transports, and let nothing more begin; the stores belong to whoever opened them."""
        self._closed = True
        see_to_what_is_left()
        self.guards.close()
        try:
            await self.surroundings.transport.aclose()
        finally:
            await self.surroundings.transports.aclose()

    async def _send_queued(self, item: QueueItem, payload: dict[str, object]) -> Outcome:
        if item.operation not in self.plan.operations:
            raise UsageError(self.unknown_operation(item.operation))
        linked = self._operations[item.operation]
        self._check(linked.operation, item.version, None)
        started_s = self.surroundings.clock.monotonic_s()
        deadline_s = call_deadline_s(self.plan.timeouts, started_s=started_s, timeout_s=None)
        call = self._call(
            linked.operation, payload, started_s, deadline_s, item.version, item.idempotency_key, item.caller
        )
        refusal = retired(self.plan, item.operation)
        if refusal is not None:
            return await linked.conclude(call, Failed(refusal, Kind.REJECTED, Reach.NO))
        return await linked.run(call, fallback=False)

    def _link(self, operation_id: str) -> LinkedOperation:
        return LinkedOperation(
            self.plan, self.plan.operations[operation_id], self.surroundings, self.guards, self._observer
        )

    def _fuse(self, operation_id: str) -> Fused | None:
        return fuse(self._operations[operation_id], self.warnings)

    def _call(
        self,
        operation: OperationPlan,
        data: Mapping[str, object],
        started_s: float,
        deadline_s: float,
        version: str | None,
        idempotency_key: str | None,
        caller: str,
        *,
        explain: bool = False,
        stream: bool = False,
    ) -> Call:
        course = Course(
            started_s=started_s,
            clock=self.surroundings.clock,
            explain=explain,
            listener=self._listener,
            warnings=self.warnings,
        )
        return Call(
            operation=operation,
            input=data,
            call_id=self._ids.next(),
            started_s=started_s,
            deadline_s=deadline_s,
            version=version,
            idempotency_key=idempotency_key,
            caller=caller,
            explain=explain,
            stream=stream,
            course=course,
        )

    def _check(self, operation: OperationPlan, version: str | None, timeout_s: float | None) -> None:
        """Raise what is wrong with the arguments."""
        if operation.unsupported is not None:
            raise UsageError(f"{operation.id} can't be called: {operation.unsupported}")
        if version is not None:
            self._check_version(version)
        if timeout_s is not None and not _is_duration(timeout_s):
            raise UsageError(f"timeout_s must be a positive number of seconds, not {timeout_s!r}")

    def _make_ready(self, operation_id: str) -> _Ready:
        operation = self.plan.operations.get(operation_id)
        if operation is None:
            raise UsageError(self.unknown_operation(operation_id))
        linked = self._operations[operation_id]
        is_fused = operation.unsupported is None and not linked.wire.opens_streams
        ready = self._ready[operation_id] = _Ready(
            linked,
            operation,
            self._fused[operation_id] if is_fused else None,
            operation.idempotency_header is not None,
        )
        return ready

    def _given_key(self, linked: LinkedOperation, key: str | None, asked: str | None) -> str:
        """Return the idempotency key that the caller gives, by the header's name or by option."""
        if asked is not None:
            if not isinstance(asked, str):
                raise UsageError(f"idempotency_key must be a text, not a {type(asked).__name__}")
            if key is not None and key != asked:
                name = linked.operation.idempotency_header or ""
                rule = "comes with two different idempotency keys, one as an option: give one"
                raise InvalidInput(
                    f"{linked.operation.id}: `{name}` {rule}", operation=linked.operation.id, field=name, rule=rule
                )
            key = asked
        if key is None or not key.strip():
            raise UsageError(f"{linked.operation.id}: the idempotency key is empty; leave it out for a fresh one")
        return key

    def _check_version(self, version: str) -> None:
        options = self.plan.version
        if options is None:
            raise UsageError(f"{self.plan.id} has no versions, so version {version} can't be asked for")
        supported = (options.current, *(name for name in options.supported if name != options.current))
        if version not in supported:
            raise UsageError(f"{self.plan.id} does not support version {version}; it supports {', '.join(supported)}")

    def _was_closed(self) -> str:
        return f"{self.plan.key} was closed, so nothing more can be asked of it; open the integration again"

    def unknown_operation(self, operation_id: str) -> str:
        """Return the sentence that tells what there is instead."""
        near = difflib.get_close_matches(operation_id, self.plan.operations, n=1)
        if near:
            return f"{self.plan.id} has no operation {operation_id}; did you mean {near[0]}?"
        known = ", ".join(sorted(self.plan.operations)) or "none"
        return f"{self.plan.id} has no operation {operation_id}; it has {known}"


class _Ready(NamedTuple):
    """An operation that has been called before.

    Attributes:
        fused: Its happy path, None where each call takes the general pipeline.
        takes_key: It has a header for an idempotency key.
    """

    linked: LinkedOperation
    operation: OperationPlan
    fused: Fused | None
    takes_key: bool


class LinkedOnce(dict[str, T]):
    """Operation -> what it is linked to, made when it is first asked for: a spec may have a thousand operations.

    Two threads that ask at once may both link; one of the two stays, and either does.
    """

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, operation_id: str) -> T:
        return self.setdefault(operation_id, self._make(operation_id))


def _no_fused_path(_: str) -> None:
    """Every call takes the general pipeline."""


def _is_duration(seconds: object) -> bool:
    """Return whether a caller gave a time that can be waited: a positive, finite number."""
    return isinstance(seconds, int | float) and type(seconds) is not bool and seconds > 0 and math.isfinite(seconds)
