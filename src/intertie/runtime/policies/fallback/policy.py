"""Answers in the service's place, and says so."""

from __future__ import annotations

import copy
from collections.abc import Callable

from msgspec import Struct

from intertie.core.clock import Clock
from intertie.core.errors import StoreUnavailable
from intertie.core.rng import Rng
from intertie.runtime.call import Answered, Call, Failed, Outcome
from intertie.runtime.last_good import LastGood
from intertie.runtime.pipeline import CallNext
from intertie.runtime.plain import encode_plain
from intertie.runtime.policies.fallback.eligible import wants_fallback, why_not_queued
from intertie.runtime.policies.fallback.options import STAGE, FallbackOptions
from intertie.runtime.state import BreakerHandle, Journal, QueueItem
from intertie.runtime.state_key import StateKey


class FallbackPolicy(Struct, frozen=True):
    """Sees the final outcome only. Where its strategy can't apply, the call fails as mapped.

    Attributes:
        key: Whose the items are that it queues.
        row_action: The `action` of the error mapping row that a failure matches, None where none does.
        rows_name_fallback: Whether any row's action is `fallback`.
        last_good: Where cached answers are; None unless the strategy is `cache`.
        breaker: What `circuit_break` asks; None where the plan has none.
    """

    options: FallbackOptions
    key: StateKey
    row_action: Callable[[Failed], str | None]
    rows_name_fallback: bool
    last_good: LastGood | None
    breaker: BreakerHandle | None
    journal: Journal
    clock: Clock
    rng: Rng

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the outcome of the rest, or the fallback's answer."""
        outcome = await call_next(call)
        if isinstance(outcome, Answered):
            return outcome
        if not wants_fallback(outcome, self.row_action(outcome), rows_name_fallback=self.rows_name_fallback):
            return outcome
        match self.options.strategy:
            case "cache":
                return await self._from_cache(call, outcome)
            case "default":
                call.course.emit(STAGE, "fallback", strategy="default")
                return Answered(copy.deepcopy(self.options.default_response), None, fallback="default", cause=outcome)
            case "queue":
                return await self._queued(call, outcome)
            case _:
                return self._fail_fast(call, outcome)

    async def _from_cache(self, call: Call, failed: Failed) -> Outcome:
        if not call.operation.is_read or call.stream or self.last_good is None:
            return self._not_applied(call, failed, "the cache answers reads only")
        found = await self.last_good.find(call)
        if found is None:
            return self._not_applied(call, failed, "no last good answer is young enough")
        data, entry = found
        call.course.emit(STAGE, "fallback", strategy="cache", age_s=entry.age_s)
        return Answered(data, entry.status, fallback="cache", stale=True, cause=failed)

    async def _queued(self, call: Call, failed: Failed) -> Outcome:
        why_not = why_not_queued(call)
        if why_not is not None:
            return self._not_applied(call, failed, why_not)
        try:
            payload = encode_plain(call.input)
        except TypeError as error:
            return self._not_applied(call, failed, str(error))
        now_s = self.clock.utc_s()
        receipt = self.rng.uuid4()
        item = QueueItem(
            receipt=receipt,
            key=self.key,
            operation=call.operation.id,
            payload=payload,
            idempotency_key=call.idempotency_key,
            version=call.version,
            caller=call.caller,
            enqueued_s=now_s,
            not_after_s=None if call.idempotency_key is None else now_s + self.options.idempotency_ttl_s,
        )
        try:
            await self.journal.enqueue(item, deadline_s=call.deadline_s)
        except StoreUnavailable as down:
            call.course.warn(STAGE, f"{call.operation.id} could not be queued: {down}")
            return self._not_applied(call, failed, "the queue can't be written")
        call.course.emit(STAGE, "fallback", strategy="queue", receipt=receipt)
        return Answered(None, None, fallback="queue", receipt=receipt, cause=failed)

    def _fail_fast(self, call: Call, failed: Failed) -> Outcome:
        """`circuit_break` adds what the breaker knows; it never trips the breaker before its threshold."""
        snapshot = None if self.breaker is None else self.breaker.known()
        if snapshot is not None and snapshot.opens_for_s > 0:
            failed.error.retry_after_s = max(failed.error.retry_after_s or 0.0, snapshot.opens_for_s)
        call.course.emit(STAGE, "fail_fast", breaker="none" if snapshot is None else snapshot.state)
        return failed

    @staticmethod
    def _not_applied(call: Call, failed: Failed, reason: str) -> Failed:
        call.course.emit(STAGE, "not_applied", reason=reason)
        return failed
