"""Has the credential put itself on every attempt, and tells it what became of that."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.errors import CallError, CredentialMissing, Reach
from intertie.core.secret import Secret
from intertie.runtime.call import Call, Failed, Kind, Outcome
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
        if call.request is None:
            return await call_next(call)
        flow = self.credentials.flow(call.request)
        try:
            return await self._play(call, call_next, flow)
        finally:
            flow.close()

    async def _play(self, call: Call, call_next: CallNext, flow: Flow) -> Outcome:
        try:
            sends = self._until_send(call, flow, next(flow))
        except CredentialMissing as error:
            call.course.emit(STAGE, "credential_missing")
            return Failed(error, Kind.CREDENTIAL_FAULT, Reach.NO)
        except CallError as error:
            return Failed(error, Kind.MAPPING_FAULT, Reach.NO)
        credential = sends.credential
        sent: Request | None = call.held.of(STAGE)  # what the fused path sends, or has sent
        if sent is not None and sent.credential is not None:
            credential = sent.credential
        call.course.emit(
            STAGE,
            "credential",
            type=self.credentials.options.type,
            location=credential.location,
            name=credential.name,
            reference=credential.secret.reference,
        )
        request = sends.request if sent is None else sent
        if sends.sign is not None:
            request = replace(request, sign=sends.sign)
        outcome = await call_next(replace(call, request=request))
        if not isinstance(outcome, Failed) or outcome.kind is not Kind.CREDENTIAL_FAULT or outcome.response is None:
            return outcome
        call.course.emit(STAGE, "refused", reference=credential.secret.reference)
        return replace(outcome, again=self._renewed(call, flow, Reply(refused=True, carried=credential.secret)))

    def _until_send(self, call: Call, flow: Flow, ask: Ask) -> Send:
        while not isinstance(ask, Send):
            if isinstance(ask, NeedBodyField):
                ask = flow.send(self.with_body_field(call, (ask.name, ask.secret)))
            else:
                ask = flow.send(self.credentials.secret(ask))
        return ask

    def _renewed(self, call: Call, flow: Flow, reply: Reply) -> bool:
        """Return whether the flow asks for one more attempt; what was refused is not kept."""
        try:
            self._until_send(call, flow, flow.send(reply))
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
