"""Has the credential put itself on every attempt, and tells it what became of that."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.errors import CallError, CredentialMissing, Reach
from intertie.core.secret import Secret
from intertie.runtime.call import Answered, Call, Failed, Kind, Outcome
from intertie.runtime.http import Request
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.auth.credentials import Credentials
from intertie.runtime.policies.auth.flow import Ask, Flow, NeedBodyField, Reply, Send
from intertie.runtime.policies.auth.options import STAGE


class AuthPolicy(Struct, frozen=True):
    """Plays the credential's flow around one attempt.

    Attributes:
        with_body_field: Builds the call's request again with a secret as a field of its body.
    """

    credentials: Credentials
    with_body_field: Callable[[Call, tuple[str, Secret]], Request]

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome; where the credential is missing, say which reference."""
        request = call.request
        if request is None:
            return await call_next(call)
        flow: Flow | None = None
        try:
            sends = self._attached(call, request)
            if sends is None:
                flow = self.credentials.flow(request)
                sends = self._answered(call, flow, next(flow))
        except CredentialMissing as error:
            call.course.emit(STAGE, "credential_missing")
            return Failed(error, Kind.CREDENTIAL_FAULT, Reach.NO)
        except CallError as error:
            return Failed(error, Kind.MAPPING_FAULT, Reach.NO)
        credential = sends.credential
        course = call.course
        if course.watched:
            course.emit(
                STAGE,
                "credential",
                type=self.credentials.options.type,
                location=credential.location,
                name=credential.name,
                reference=credential.secret.reference,
            )
        else:
            course.decisions.append("credential")
        call.held[STAGE] = sends.request if sends.sign is None else replace(sends.request, sign=sends.sign)
        outcome = await call_next(call)
        if type(outcome) is Answered or outcome.kind is not Kind.CREDENTIAL_FAULT or outcome.response is None:
            return outcome
        call.course.emit(STAGE, "refused", reference=credential.secret.reference)
        return replace(
            outcome, again=self._renewed(call, request, flow, Reply(refused=True, carried=credential.secret))
        )

    def _attached(self, call: Call, request: Request) -> Send | None:
        """Return the request with what every attempt carries, or as the fused path sent it; None where it differs."""
        sent: Request | None = call.held.get(STAGE)
        if sent is not None and sent.credential is not None:
            return Send(sent, sent.credential)
        credential = self.credentials.attached()
        return None if credential is None else Send(replace(request, credential=credential), credential)

    def _answered(self, call: Call, flow: Flow, ask: Ask) -> Send:
        while not isinstance(ask, Send):
            if isinstance(ask, NeedBodyField):
                ask = flow.send(self.with_body_field(call, (ask.name, ask.secret)))
            else:
                ask = flow.send(self.credentials.secret(ask))
        return ask

    def _renewed(self, call: Call, request: Request, flow: Flow | None, reply: Reply) -> bool:
        """Return whether the flow asks for one more attempt; what was refused is not kept."""
        try:
            if flow is None:  # what was attached needed no play until now
                flow = self.credentials.flow(request)
                self._answered(call, flow, next(flow))
            self._answered(call, flow, flow.send(reply))
        except StopIteration as ended:
            if not ended.value:
                self.credentials.forget()
            return bool(ended.value)
        except CallError:
            # What the service said stands: that there is no other credential now is not what the caller asks about.
            call.course.emit(STAGE, "credential_missing")
            return False
        msg = "a credential's flow sends once"
        raise RuntimeError(msg)
