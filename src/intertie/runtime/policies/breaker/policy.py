"""The breaker: asked before an attempt, and once more just before its bytes leave."""

from __future__ import annotations

from msgspec import Struct

from intertie.core.errors import CircuitOpen, Reach
from intertie.core.units import wait_text
from intertie.runtime.call import Call, Failed, Kind, Outcome
from intertie.runtime.classify import refusal_codes
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.breaker.options import SECOND_LOOK, STAGE, BreakerOptions
from intertie.runtime.policies.breaker.verdict import FAILURE, NEUTRAL, verdict_of
from intertie.runtime.state import Admission, BreakerHandle, CircuitRefusal

_EVENT_OF_STATE = {"open": "open", "closed": "close"}


class BreakerPolicy(Struct, frozen=True):
    """Counts attempts; an open circuit spends no budget and no permit."""

    options: BreakerOptions
    handle: BreakerHandle
    service: str

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome, told to the breaker, or a refusal."""
        sends = call.course.sends
        admission: Admission | CircuitRefusal | None = call.held.get(STAGE)
        try:
            if admission is None:
                admission = self.handle.admit_nowait()
            if admission is None:
                admission = await self.handle.admit(lease_until_s=call.deadline_s)
            if isinstance(admission, CircuitRefusal):
                return self._refused(call, admission)
            return await self._admitted(call, call_next, admission)
        except BaseException:
            # Cancelled, or a bug: what was sent says nothing either way; what was not sent ends its admission.
            if isinstance(admission, Admission):
                if call.course.sends > sends:
                    self.handle.record_later(admission, NEUTRAL)
                else:
                    self.handle.release(admission)
            raise

    def _refused(self, call: Call, refusal: CircuitRefusal) -> Failed:
        held = {"forced": True} if refusal.forced else {}
        call.course.emit(STAGE, "reject", state=refusal.state, retry_after_s=refusal.retry_after_s, **held)
        return circuit_open(call, self.service, refusal)

    async def _admitted(self, call: Call, call_next: CallNext, admission: Admission) -> Outcome:
        course = call.course
        if admission.probe is not None:
            course.emit(STAGE, "half_open", probe=True)
        else:
            course.emit(STAGE, "admit")
        call.held[STAGE] = admission
        outcome = await call_next(call)
        if type(outcome) is Failed and _was_never_sent(outcome):
            self.handle.release(admission)
            return outcome
        verdict = verdict_of(outcome, self.options)
        if admission.probe is None and verdict is not FAILURE:
            # Neither opens nor closes anything: on a closed circuit only a failure does.
            self.handle.record_later(admission, verdict)
            return outcome
        state = await self.handle.record(admission, verdict, deadline_s=call.deadline_s)
        if state is not None:
            course.emit(STAGE, _EVENT_OF_STATE[state], state=state)
        return outcome


def _was_never_sent(failed: Failed) -> bool:
    """Return whether a refusal of ours, or a credential that is not there, ended the attempt before it was sent."""
    return failed.kind is Kind.REJECTED or (failed.kind is Kind.CREDENTIAL_FAULT and failed.response is None)


class BreakerAgainPolicy(Struct, frozen=True):
    """The second look: who waited for a connection or a permit does not send into a circuit that opened meanwhile."""

    handle: BreakerHandle
    service: str

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome, or a refusal at which the stages around give everything back."""
        admission = call.held.get(STAGE)
        sent_already = call.held.exchanged is not None
        if admission is None or sent_already:
            return await call_next(call)
        still = self.handle.still_admitted_nowait(admission)
        if still is None:
            still = await self.handle.still_admitted(admission, deadline_s=call.deadline_s)
        if still:
            return await call_next(call)
        snapshot = self.handle.known()
        call.course.emit(SECOND_LOOK, "reject", state=snapshot.state, retry_after_s=snapshot.opens_for_s)
        forced = snapshot.forced is not None
        return circuit_open(call, self.service, CircuitRefusal(snapshot.state, snapshot.opens_for_s, forced))


def circuit_open(call: Call, service: str, refusal: CircuitRefusal) -> Failed:
    """Return the refusal of a call whose circuit is not closed."""
    wait_s = refusal.retry_after_s
    if refusal.forced:
        how = "is held open by an operator (`intertie breaker auto` lets it decide again); nothing was sent"
    else:
        how = f"is {refusal.state.replace('_', '-')}; nothing was sent, try again in {wait_text(wait_s)}"
    error = CircuitOpen(f"{call.operation.id}: the circuit to {service} {how}", retry_after_s=wait_s)
    return Failed(error, Kind.REJECTED, Reach.NO, external_codes=refusal_codes(error), retry_after_s=wait_s)
