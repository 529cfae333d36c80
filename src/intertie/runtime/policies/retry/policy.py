"""Makes an attempt again where that is safe, allowed and can still be in time."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.errors import CircuitOpen
from intertie.core.rng import Rng
from intertie.runtime.call import Call, Failed, Outcome
from intertie.runtime.held import Held
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.retry.backoff import backoff_s
from intertie.runtime.policies.retry.budget import RetryBudget
from intertie.runtime.policies.retry.decision import Again, Enough, decide
from intertie.runtime.policies.retry.options import STAGE, RetryOptions
from intertie.runtime.streams import Upload


class RetryPolicy(Struct, frozen=True):
    """Everything inside happens once per attempt.

    Attributes:
        budget: Shared by all operations of the integration.
        row_action: The `action` of the error mapping row that a failure matches, None where none does.
    """

    options: RetryOptions
    budget: RetryBudget
    row_action: Callable[[Failed], str | None]
    clock: Clock
    rng: Rng

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the first success, or the last failure."""
        if call.held.get(STAGE) is None:  # else the fused path has counted it
            self.budget.count_call(call.started_s)
        attempt, renewed = 1, 0
        outcome = await call_next(call)
        while type(outcome) is Failed:
            decision: Again | Enough
            if outcome.again and not renewed and self._may_repeat(call):
                renewed, decision = 1, Again(0.0, "credential_renewed")
            else:
                decision = self._decide(call, outcome, attempt - renewed)
            if isinstance(decision, Enough):
                if decision.told:
                    call.course.emit(STAGE, "give_up", reason=decision.reason, attempts=attempt)
                return outcome
            attempt += 1
            call.course.emit(STAGE, "retry", attempt=attempt, delay_s=decision.delay_s, reason=decision.reason)
            await self.clock.sleep_until(self.clock.monotonic_s() + decision.delay_s)
            failed, outcome = outcome, await call_next(replace(call, attempt=attempt, held=Held()))
            if isinstance(outcome, Failed) and isinstance(outcome.error, CircuitOpen):
                # This call's own attempts opened it: what the service did says more than that nothing else was sent.
                call.course.emit(STAGE, "give_up", reason="circuit_open", attempts=attempt - 1)
                return failed
        return outcome

    def _may_repeat(self, call: Call) -> bool:
        """Return whether the same request can be sent once more in time; a body that is read once can't."""
        return not _is_spent(call) and self.clock.monotonic_s() < call.deadline_s

    def _decide(self, call: Call, failed: Failed, attempt: int) -> Again | Enough:
        now_s = self.clock.monotonic_s()
        decision = decide(
            failed,
            options=self.options,
            attempt=attempt,
            action=self.row_action(failed),
            backoff_s=backoff_s(attempt, self.options, draw=self.rng.random() if self.options.jitter else 0.0),
            left_s=call.deadline_s - now_s,
            body_spent=_is_spent(call),
        )
        if isinstance(decision, Again) and not self.budget.take(now_s):
            return Enough("retry_budget")
        return decision


def _is_spent(call: Call) -> bool:
    """Return whether the call's body can be read once, and has been begun."""
    return call.request is not None and isinstance(call.request.body, Upload) and call.request.body.begun
