"""The happy path of one operation, fused into one coroutine with all its guards on.

It takes what each guard gives without waiting, sends, and finishes a plain success. Whatever else happens, it hands
over to the general pipeline with everything taken so far on `Call.held`, so that nothing is done twice and every
other case has one home:

| handed over | with |
|---|---|
| the version asked for ends soon: the caller is to be warned | nothing |
| a guard can't say yes at once (breaker not closed, budget share used up, no connection, no permit) | what was taken |
| the exchange failed, the answer is no declared success, its headers speak of limits, ends or storing | the exchange |
| the body is of another media type, can't be read or mapped, hides an error, breaks its schema | the exchange |
| a store has a problem to tell the caller | the exchange |

An operation whose calls are never plain has no fused path: see `fuse`. That both paths agree is held by property tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from logging import INFO
from typing import Protocol

from msgspec.structs import replace

from intertie.core.errors import CallError, InvalidResponse, MappingError, ProtocolError, Reach
from intertie.core.money import Money, decimal_text
from intertie.runtime.call import Answered, Call, Outcome
from intertie.runtime.course import Course
from intertie.runtime.held import Exchanged, Held
from intertie.runtime.hints import NAMES as HINT_NAMES
from intertie.runtime.http import Request, Response
from intertie.runtime.operations import LinkedOperation
from intertie.runtime.policies.breaker.verdict import NEUTRAL, SUCCESS
from intertie.runtime.policies.budget.quantities import ONE, expected_quantity, used_quantity
from intertie.runtime.policies.budget.state import alert_quantity
from intertie.runtime.policies.version.notices import NAMES as NOTICE_NAMES
from intertie.runtime.policies.version.notices import first_notices_s
from intertie.runtime.state import CallRecord


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


def fuse(linked: LinkedOperation, warnings: tuple[str, ...]) -> Fused | None:
    """Return the fused path of an operation, None where its calls always need the general pipeline.

    These do: a strict audit (stored before sending), a retired plan, anything to warn every caller of (it is logged
    with each call), a credential in the body (built again for each attempt), headers or bodies in the log.
    """
    plan = linked.plan
    unusual = (
        plan.audit == "strict"
        or plan.status == "retired"
        or bool(warnings)
        or (plan.auth.type == "api_key" and plan.auth.location == "body")
        or linked.observer.wants_messages
    )
    return None if unusual else _make(linked, warnings)


def _make(linked: LinkedOperation, warnings: tuple[str, ...]) -> Fused:  # one closure: each name below is a fast local
    plan, operation, guards, around = linked.plan, linked.operation, linked.guards, linked.surroundings
    observer, reader, last_good = linked.observer, linked.reader, linked.guards.last_good
    hidden_error = linked.classifier.hidden_error
    monotonic_s, utc_s, utc_now, new_uuid = (
        around.clock.monotonic_s,
        around.clock.utc_s,
        around.clock.utc_now,
        around.rng.uuid4,
    )
    build, environ = linked.builder.build, linked._environ  # noqa: SLF001  # the same operation's other half
    breaker, ledger, credentials, transport, limiter = (
        linked.breaker,
        guards.ledger,
        guards.credentials,
        around.transport,
        guards.limiter,
    )
    connect_nowait, acquire_nowait = transport.connect_nowait, limiter.acquire_nowait
    fresh = not operation.replay_safe
    write_s, read_s = plan.timeouts.write_s, plan.timeouts.read_s
    success_statuses = operation.response.statuses.codes
    pricing_model = "" if plan.pricing is None else plan.pricing.model
    warned_from = None if plan.pricing is None else alert_quantity(plan.pricing)
    price_is_flat = pricing_model in {"per_request", "subscription"}
    attempt_s = plan.timeouts.wire_s
    keeps = last_good is not None and operation.is_read
    # What is kept is judged in every mode; where it is not, the general pipeline knows what that means.
    validates = operation.response.schema is not None and (operation.response.validate != "off" or keeps)
    unusual_headers = HINT_NAMES | NOTICE_NAMES | (frozenset({b"cache-control"}) if keeps else frozenset())
    decisions = _happy_decisions(linked, keeps=keeps)
    decisions_with_key = ("key", *decisions)
    state_problems, journal_problems = around.coordination.problems, around.journal.problems
    record_of_call, key_of_plan = around.journal.record, observer.key
    operation_id, clock = operation.id, around.clock
    warned_from_s = {} if plan.version is None else first_notices_s(plan.version)
    current_version = "" if plan.version is None else plan.version.current
    logs_info, is_enabled_for = observer.least <= INFO, observer.logger.isEnabledFor
    amount_text = lru_cache(maxsize=256)(decimal_text)  # most calls of an operation cost the same

    def general(
        data: Mapping[str, object],
        call_id: str,
        started_s: float,
        deadline_s: float,
        version: str | None,
        idempotency_key: str | None,
        caller: str,
        request: Request | None,
        held: Held,
    ) -> Call:
        course = Course(started_s=started_s, clock=clock, warnings=warnings)
        return Call(
            operation=operation,
            input=data,
            call_id=call_id,
            started_s=started_s,
            deadline_s=deadline_s,
            version=version,
            idempotency_key=idempotency_key,
            request=request,
            caller=caller,
            course=course,
            held=held,
        )

    async def call(
        data: Mapping[str, object],
        call_id: str,
        started_s: float,
        deadline_s: float,
        version: str | None,
        idempotency_key: str | None,
        caller: str,
    ) -> Outcome:
        known = (data, call_id, started_s, deadline_s, version, idempotency_key, caller)
        if warned_from_s:
            due_s = warned_from_s.get(version or current_version)
            if due_s is not None and utc_s() >= due_s:
                return await linked.run(general(*known, None, Held()))
        try:
            request = build(
                data,
                version=version,
                idempotency_key=idempotency_key,
                new_uuid=new_uuid,
                now=utc_now,
                environ=environ,
            )
            credential = None if credentials is None else credentials.get()
        except CallError:
            # The general pipeline meets the same error at its own stage: building is pure but for fresh identifiers.
            return await linked.run(general(*known, None, Held()))

        admission = None
        if breaker is not None:
            admission = breaker.admit_nowait()
            if admission is None:
                return await linked.run(general(*known, request, Held()))
        reservation = None
        expected = ONE
        if ledger is not None:
            if not price_is_flat:
                expected = expected_quantity(pricing_model, operation, request, attempt_s=attempt_s)
            reservation = ledger.reserve_nowait(expected)
            if reservation is None:
                return await linked.run(general(*known, request, Held(admission)))
            if warned_from is not None and reservation.before + expected >= warned_from:
                # Everybody is told from here on, which the general pipeline does.
                return await linked.run(general(*known, request, Held(admission, reservation)))
        connection = connect_nowait(fresh=fresh)
        if connection is None:
            return await linked.run(general(*known, request, Held(admission, reservation)))
        permit = acquire_nowait()
        if permit is None:
            return await linked.run(general(*known, request, Held(admission, reservation, connection)))
        sent_s = monotonic_s()
        left_s = deadline_s - sent_s
        if left_s <= 0:
            return await linked.run(general(*known, request, Held(admission, reservation, connection, permit)))

        result: Response | CallError
        try:
            result = await connection.exchange(
                request
                if credential is None
                else Request(
                    request.method,
                    request.target,
                    request.headers,
                    request.static_head,
                    request.body,
                    credential,
                    request.body_is_secret,
                    request.expect_continue,
                ),
                write_deadline_s=sent_s + write_s if write_s < left_s else deadline_s,
                read_timeout_s=min(left_s, read_s),
                deadline_s=deadline_s,
            )
        except CallError as error:
            result = error
        except BaseException:
            # Cancelled with bytes perhaps on their way: counted as spent, told to nobody as a failure.
            limiter.finished()
            course = Course(started_s=started_s, clock=clock)
            course.attempts, course.reached = 1, Reach.MAYBE
            if ledger is not None and reservation is not None:
                course.add_cost(ledger.settle(reservation, quantity=expected, reached=Reach.MAYBE))
            if breaker is not None and admission is not None:
                breaker.record_later(admission, NEUTRAL)
            cancelled = replace(general(*known, request, Held()), course=course)
            observer.cancelled(cancelled, elapsed_s=monotonic_s() - started_s)
            raise
        ended_s = monotonic_s()

        plain = False
        mapped: object = None
        if isinstance(result, Response) and result.status in success_statuses:
            for name, _ in result.headers.raw:
                if name in unusual_headers:
                    break
            else:
                try:
                    received = reader.decode(result)
                    plain = hidden_error(received, result) is None and not (
                        validates and reader.violation(received) is not None
                    )
                    if plain:
                        mapped = reader.map_inbound(received)
                except (ProtocolError, InvalidResponse, MappingError):
                    plain = False
        if not plain or not isinstance(result, Response) or state_problems() or journal_problems():
            exchanged = Exchanged(result, sent_s, ended_s)
            held = Held(admission, reservation, connection, permit, exchanged)
            return await linked.run(general(*known, request, held))

        limiter.finished()
        cost: Money | None = None
        if ledger is not None and reservation is not None:
            used = (
                ONE
                if price_is_flat
                else used_quantity(pricing_model, result, wire_s=ended_s - sent_s, expected=expected)
            )
            cost = ledger.settle(reservation, quantity=used, reached=Reach.YES)
        if breaker is not None and admission is not None:
            breaker.record_later(admission, SUCCESS)
        if keeps and last_good is not None:
            last_good.keep(operation, version, request, result, mapped)
        elapsed_s = monotonic_s() - started_s
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
            decisions if idempotency_key is None else decisions_with_key,
        )
        record_of_call(record)
        if observer.listener is not None:
            observer.listener(record)
        if logs_info and is_enabled_for(INFO):
            observer.log_success(record)
        return Answered(mapped, result.status, result, 1, elapsed_s, cost=cost, warnings=warnings)

    return call


def _happy_decisions(linked: LinkedOperation, *, keeps: bool) -> tuple[str, ...]:
    """Return the names of the events of a plain success on a pooled connection, in the general pipeline's order."""
    guards, plan = linked.guards, linked.plan
    names = [
        "deadline",
        "admit" if linked.breaker is not None else None,
        "reserve" if guards.ledger is not None else None,
        "credential" if guards.credentials is not None else None,
        "version" if plan.version is not None else None,
        "connect",
        "permit",
        "attempt",
        "classified",
        "settle" if guards.ledger is not None else None,
        "keep" if keeps else None,
    ]
    return tuple(name for name in names if name is not None)
