"""Sets aside what an attempt may cost before it is sent, and settles what it did cost."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.errors import BudgetExceeded, JournalUnavailable, Reach, StoreUnavailable
from intertie.core.money import ONE_UNIT, Money, Trillionths, decimal_text
from intertie.core.units import wait_text
from intertie.runtime.call import Answered, Call, Failed, Kind, Outcome
from intertie.runtime.http import Request, Response
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.budget.options import SETTLE, STAGE, PricingOptions
from intertie.runtime.policies.budget.quantities import gigabytes, minutes, used_quantity
from intertie.runtime.policies.budget.state import alert_sentence
from intertie.runtime.state import BudgetRefusal, LedgerHandle, Reservation
from intertie.runtime.streams import WatchedStream


class BudgetPolicy(Struct, frozen=True):
    """Each attempt costs money; given back when nothing was sent.

    Attributes:
        expected: What is set aside for a request; None for one that is not built.
        alert: Quantity of the month from which callers are warned; None where there is no mark.
    """

    options: PricingOptions
    handle: LedgerHandle
    expected: Callable[[Request | None], Trillionths]
    clock: Clock
    alert: Trillionths | None = None

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome, its cost settled exactly, or a refusal."""
        sends = call.course.sends
        expected = self.expected(call.request)
        reservation: Reservation | BudgetRefusal | None = call.held.get(STAGE)
        try:
            if reservation is None:
                reservation = self.handle.reserve_nowait(expected)
            if reservation is None:
                try:
                    reservation = await self.handle.reserve(expected, deadline_s=call.deadline_s)
                except StoreUnavailable as down:
                    return self._uncovered(call, down)
            if isinstance(reservation, BudgetRefusal):
                return self._refused(call, reservation)
            return await self._reserved(call, call_next, reservation, expected)
        except BaseException:
            # Cancelled in the middle: what may have left counts as what was expected, never as nothing.
            if isinstance(reservation, Reservation) and reservation.books is not None:
                self._settle(call, reservation, expected, Reach.MAYBE if call.course.sends > sends else Reach.NO)
            raise

    async def _reserved(
        self, call: Call, call_next: CallNext, reservation: Reservation, expected: Trillionths
    ) -> Outcome:
        course = call.course
        call.held[STAGE] = reservation
        self._emit_expected(call, STAGE, "reserve", reservation)
        if self.alert is not None and reservation.before + reservation.quantity >= self.alert:
            course.warn(STAGE, f"{call.operation.id}: {alert_sentence(self.options)}")
        outcome = await call_next(call)
        reached = Reach.YES if isinstance(outcome, Answered) else outcome.reached
        response = outcome.response
        if isinstance(outcome, Answered) and response is not None and response.stream is not None:
            return self._settle_with_stream(call, outcome, response, reservation)
        used = used_quantity(self.options.model, response, wire_s=course.wire_s, expected=expected)
        self._settle(call, reservation, used if reached is not Reach.NO else expected, reached)
        return outcome

    def _emit_expected(self, call: Call, stage: str, event: str, reservation: Reservation) -> None:
        course = call.course
        if not course.watched:
            course.decisions.append(event)
            return
        cost = self.handle.expected_cost(reservation)
        course.emit(stage, event, amount=decimal_text(cost.amount), currency=cost.currency)

    def _settle(self, call: Call, reservation: Reservation, quantity: Trillionths, reached: Reach) -> None:
        cost = self.handle.settle(reservation, quantity=quantity, reached=reached)
        course = call.course
        course.add_cost(cost)
        if course.watched:
            amount = decimal_text(cost.amount)
            course.emit(SETTLE, "settle", amount=amount, currency=cost.currency, reached=str(reached))
        else:
            course.decisions.append("settle")

    def _settle_with_stream(
        self, call: Call, outcome: Answered, response: Response, reservation: Reservation
    ) -> Outcome:
        """A price per request is known now; one per byte or minute only when the body has ended."""
        if self.options.model not in {"per_gb", "per_minute"}:
            self._settle(call, reservation, ONE_UNIT, Reach.YES)
            return outcome
        started_s = self.clock.monotonic_s() - call.course.wire_s

        def settle(body_bytes: int) -> None:
            if reservation.books is None:
                return
            if self.options.model == "per_gb":
                quantity = gigabytes(response.bytes_sent + response.bytes_received + body_bytes)
            else:
                quantity = minutes(self.clock.monotonic_s() - started_s)
            self.handle.settle(reservation, quantity=quantity, reached=Reach.YES)

        assert response.stream is not None  # noqa: S101  # the caller looked
        watched = replace(response, stream=WatchedStream(response.stream, settle))
        self._emit_expected(call, SETTLE, "settle_later", reservation)
        return replace(outcome, response=watched)

    @staticmethod
    def _uncovered(call: Call, down: StoreUnavailable) -> Failed:
        """A cost that can't be written down is not made: what was sent would be billed by nobody."""
        call.course.emit(STAGE, "unavailable")
        error = JournalUnavailable(f"{call.operation.id}: its cost can't be written down, so nothing was sent: {down}")
        return Failed(error, Kind.REJECTED, Reach.NO)

    def _refused(self, call: Call, refusal: BudgetRefusal) -> Failed:
        call.course.emit(STAGE, "reject", spent=str(refusal.spent), limit=str(refusal.limit))
        limit = Money(refusal.limit, self.options.currency)
        error = BudgetExceeded(
            f"{call.operation.id}: this month's budget of {limit} would be passed; nothing was sent. "
            f"The next month begins in {wait_text(refusal.retry_after_s)}",
            retry_after_s=refusal.retry_after_s,
        )
        return Failed(error, Kind.REJECTED, Reach.NO, retry_after_s=refusal.retry_after_s)
