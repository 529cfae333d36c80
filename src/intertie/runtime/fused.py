"""The happy path of one operation, fused into one coroutine out of its guards' quick parts.

It takes what each guard gives without waiting, sends, and finishes a plain success. Whatever else happens, it hands
over to the general pipeline with everything taken so far on `Call.held`, so that nothing is done twice and every
other case has one home:

| handed over | with |
|---|---|
| the request can't be built | nothing |
| a guard can't say yes at once, or has something to tell the caller | what was taken |
| the permit lapsed, the exchange failed, or its caller was cancelled in the middle of it | the exchange |
| the answer is no declared success, or has a header that a guard calls unusual | the exchange |
| the body is of another media type, can't be read or mapped, hides an error, breaks its schema | the exchange |
| a store has a problem to tell the caller | the exchange |

An exception that may come anywhere, such as that of Ctrl-C, ends the call here: each guard undoes what it gave.
An operation whose calls are never plain has no fused path: see `fuse`. That both paths agree is held by property tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from logging import INFO
from typing import Any, NamedTuple, Protocol

from intertie.core.errors import CallError, MappingError, Reach
from intertie.core.money import decimal_text
from intertie.runtime.call import Answered, Call, Outcome
from intertie.runtime.course import Course
from intertie.runtime.guard import NEVER_QUICK, Attempt, Quick
from intertie.runtime.held import Exchanged, Held
from intertie.runtime.http import Response
from intertie.runtime.operations import LinkedOperation
from intertie.runtime.order import WAY_BACK, WAY_IN
from intertie.runtime.state import CallRecord
from intertie.runtime.wires.contract import NOT_PLAIN


class Fused(Protocol):
    """The fused path of an operation."""

    async def __call__(
        self,
        data: Mapping[str, object],
        call_id: str,
        started_s: float,
        deadline_s: float,
        version: str | None,
        idempotency_key: str | None,
        caller: str,
    ) -> Outcome:
        """Return the final outcome of one call, as the general pipeline would."""


class _Parts(NamedTuple):
    """The quick parts of one operation, in the order in which they run.

    Attributes:
        stages, takes: Side by side: who takes, and how.
        undos: How the same is undone, None where nothing is held.
        settles: How, and the place in `takes` of what it settles (-1 where nothing was taken).
        decisions: Names of the events of a plain success on a pooled connection, as the general path emits them.
    """

    stages: tuple[str, ...]
    takes: tuple[Callable[[Attempt], object | None], ...]
    undos: tuple[Callable[[Attempt, Any], None] | None, ...]
    settles: tuple[tuple[Callable[[Attempt, Any], None], int], ...]
    unusual_headers: frozenset[bytes]
    judges_data: bool
    decisions: tuple[str, ...]


def fuse(linked: LinkedOperation, warnings: tuple[str, ...]) -> Fused | None:
    """Return the fused path of an operation, None where its calls always need the general pipeline.

    These do: a strict audit (stored before sending), a retired plan, anything to warn every caller of (it is logged
    with each call), headers or bodies in the log, and what a guard calls `NEVER_QUICK`.
    """
    plan = linked.plan
    unusual = plan.audit == "strict" or plan.status == "retired" or bool(warnings) or linked.observer.wants_messages
    parts = None if unusual else _parts(linked)
    return None if parts is None else _make(linked, warnings, parts)


def _parts(linked: LinkedOperation) -> _Parts | None:
    site = linked.site
    quicks = [(guard.stage, guard.quick(site, site.handle(guard.stage))) for guard in (*WAY_IN, *WAY_BACK)]
    found = [(stage, quick) for stage, quick in quicks if quick is not None]
    if any(quick is NEVER_QUICK for _, quick in found):
        return None
    taking = [(stage, quick) for stage, quick in found if quick.take is not None]
    place = {stage: index for index, (stage, _) in enumerate(taking)}
    back = {guard.stage for guard in WAY_BACK}
    # On the way out, the innermost settles first; what stands behind `send` follows in its own order.
    inward = [(stage, quick) for stage, quick in found if stage not in back]
    outward = [*reversed(inward), *((stage, quick) for stage, quick in found if stage in back)]
    return _Parts(
        stages=tuple(stage for stage, _ in taking),
        takes=tuple(quick.take for _, quick in taking if quick.take is not None),
        undos=tuple(quick.undo for _, quick in taking),
        settles=tuple((quick.settle, place.get(stage, -1)) for stage, quick in outward if quick.settle is not None),
        unusual_headers=linked.wire.unusual_headers.union(*(quick.unusual_headers for _, quick in found)),
        judges_data=any(quick.judges_data for _, quick in found),
        decisions=(*_names(inward, "taken"), "attempt", "classified", *_names(outward, "settled")),
    )


def _names(quicks: Iterable[tuple[str, Quick]], which: str) -> tuple[str, ...]:
    return tuple(name for _, quick in quicks for name in getattr(quick, which))


def _make(linked: LinkedOperation, warnings: tuple[str, ...], parts: _Parts) -> Fused:
    # One closure: each name below is a fast local.
    plan, operation, around, observer = linked.plan, linked.operation, linked.surroundings, linked.observer
    plain_data, violation, map_inbound = linked.wire.plain, linked.results.violation, linked.results.map_inbound
    clock = around.clock
    monotonic_s, utc_s, utc_now, new_uuid = clock.monotonic_s, clock.utc_s, clock.utc_now, around.rng.uuid4
    build, environ = linked.wire.encode, linked.environ
    stages, takes, undos, settles, unusual_headers, judges_data, decisions = parts
    write_s, read_s = plan.timeouts.write_s, plan.timeouts.read_s
    # What is kept is judged in every mode; where it is not, the general pipeline knows what that means.
    validates = operation.result.schema is not None and (operation.result.validate != "off" or judges_data)
    state_problems, journal_problems = around.coordination.problems, around.journal.problems
    record_of_call, key_of_plan, operation_id = around.journal.record, observer.key, operation.id
    logs_info, is_enabled_for = observer.least <= INFO, observer.logger.isEnabledFor
    amount_text = lru_cache(maxsize=256)(decimal_text)  # most calls of an operation cost the same

    def general(attempt: Attempt, taken: list[object], exchanged: Exchanged | None = None) -> Call:
        course = Course(started_s=attempt.started_s, clock=clock, warnings=warnings)
        held = Held(zip(stages, taken, strict=False))
        held.exchanged = exchanged
        return Call(
            operation=operation,
            input=attempt.input,
            call_id=attempt.call_id,
            started_s=attempt.started_s,
            deadline_s=attempt.deadline_s,
            version=attempt.version,
            idempotency_key=attempt.idempotency_key,
            request=attempt.request,
            caller=attempt.caller,
            course=course,
            held=held,
        )

    async def hand_over(attempt: Attempt, taken: list[object], exchanged: Exchanged | None = None) -> Outcome:
        made = general(attempt, taken, exchanged)
        del exchanged  # it may be an exception, whose frames would hold it
        attempt.told = True
        return await linked.run(made)

    def interrupted(attempt: Attempt, taken: list[object], error: BaseException) -> None:
        for undo, hold in zip(undos, taken, strict=False):
            if undo is not None:
                undo(attempt, hold)
        if attempt.told or isinstance(error, Exception):
            return
        ended = general(attempt, [])
        if attempt.sent:
            ended.course.attempts = 1
            ended.course.reach(Reach.MAYBE)
        if attempt.cost is not None:
            ended.course.add_cost(attempt.cost)
        observer.cancelled(ended, elapsed_s=monotonic_s() - attempt.started_s)

    async def call(
        data: Mapping[str, object],
        call_id: str,
        started_s: float,
        deadline_s: float,
        version: str | None,
        idempotency_key: str | None,
        caller: str,
    ) -> Outcome:
        attempt = Attempt(data, call_id, started_s, deadline_s, version, idempotency_key, caller)
        taken: list[object] = []
        try:
            try:
                attempt.request = attempt.outgoing = build(
                    data,
                    version=version,
                    idempotency_key=idempotency_key,
                    new_uuid=new_uuid,
                    now=utc_now,
                    environ=environ,
                )
                for take in takes:
                    hold = take(attempt)
                    if hold is None:
                        return await hand_over(attempt, taken)
                    taken.append(hold)
            except CallError:
                # The general pipeline meets the same error at its own stage: building is pure but for fresh ids.
                return await hand_over(attempt, taken)
            sent_s = monotonic_s()
            left_s = deadline_s - sent_s
            if left_s <= 0 or attempt.hands_over:
                return await hand_over(attempt, taken)

            result: Response | BaseException
            attempt.sent = True
            try:
                result = await attempt.connection.exchange(  # type: ignore[union-attr]  # the connection's guard took it
                    attempt.outgoing,
                    write_deadline_s=sent_s + write_s if write_s < left_s else deadline_s,
                    read_timeout_s=min(left_s, read_s),
                    deadline_s=deadline_s,
                    departure=attempt.departure,
                )
            except BaseException as error:  # noqa: BLE001  # what is raised again has its one home, too
                return await hand_over(attempt, taken, Exchanged(error, sent_s, monotonic_s()))
            attempt.sent_s, attempt.ended_s = sent_s, monotonic_s()

            plain = False
            mapped: object = None
            for name, _ in result.headers.raw:
                if name in unusual_headers:
                    break
            else:
                received = plain_data(result)
                if received is not NOT_PLAIN and not (validates and violation(received) is not None):
                    try:
                        mapped = map_inbound(received)
                        plain = True
                    except MappingError:
                        plain = False
            if not plain or state_problems() or journal_problems():
                return await hand_over(attempt, taken, Exchanged(result, sent_s, attempt.ended_s))

            attempt.response, attempt.data = result, mapped
            for settle, place in settles:
                settle(attempt, taken[place])
            cost, elapsed_s = attempt.cost, monotonic_s() - started_s
            record = CallRecord(
                key_of_plan,
                call_id,
                utc_s(),
                operation_id,
                caller,
                "success",
                result.status,
                1,
                elapsed_s,
                None if cost is None else amount_text(cost.amount),
                None if cost is None else cost.currency,
                None,
                "yes",
                decisions,
            )
            attempt.told = True
            record_of_call(record)
            if observer.listener is not None:
                observer.listener(record)
            if logs_info and is_enabled_for(INFO):
                observer.log_success(record)
            return Answered(mapped, result.status, result, 1, elapsed_s, cost=cost, warnings=warnings)
        except BaseException as error:
            interrupted(attempt, taken, error)
            raise

    return call
