"""The innermost stage: write the request, read the answer, decode and classify it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.errors import CallError, DeadlineExceeded, Reach
from intertie.runtime.call import Answered, Call, Failed, Kind, Outcome
from intertie.runtime.classify import failed_exchange
from intertie.runtime.clipping import read_timeout_s, write_deadline_s
from intertie.runtime.held import Exchanged
from intertie.runtime.http import NO_HEADERS, MessageStream, Request, Response
from intertie.runtime.masking import Masker, shown_response
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.stages import Stage
from intertie.runtime.state import Permit, PermitLapsed
from intertie.runtime.streams import ReceivedStream
from intertie.runtime.wires.contract import LinkedWire

MOST_ERROR_BYTES = 64 * 1024
"""So much of the body is read where a call that asked for a stream is answered with an error."""

MOST_EXPLAINED = 1000
"""Characters of an answer's body that an explained call shows."""


_NO_HEAD = Response(200, NO_HEADERS)
"""Of a stream whose service waits for a message before it answers: that it opened is all that is known."""


class Sender(Struct, frozen=True):
    """Sends one attempt on the connection it holds. The end of every pipeline."""

    options: TimeoutOptions
    wire: LinkedWire
    replay_safe: bool
    masker: Masker
    clock: Clock

    async def __call__(self, call: Call) -> Outcome:
        """Return what the attempt was, with its exchange noted on the call's course.

        Raises:
            PermitLapsed: The request was to leave later than its permit allows; the connection was given back.
        """
        course = call.course
        exchanged = call.held.exchanged
        if exchanged is None and call.deadline_s <= self.clock.monotonic_s():
            return self._too_late(call)
        course.attempts += 1
        if not call.held.again:
            if course.watched:
                course.emit(Stage.SEND, "attempt", attempt=call.attempt)
            else:
                course.decisions.append("attempt")
        try:
            if exchanged is None:
                exchanged = await self._exchange(call)
            else:
                course.sends += 1
                if isinstance(exchanged.result, PermitLapsed):
                    raise exchanged.result
        except PermitLapsed:
            # Nothing has left, and the attempt goes on.
            course.sends -= 1
            course.attempts -= 1
            raise
        course.wire_s = exchanged.ended_s - exchanged.sent_s
        result = exchanged.result
        if isinstance(result, Response):
            if course.explain:
                self._explain(call, result)
            outcome = self.wire.answer(result, stream=call.stream)
        elif isinstance(result, CallError):
            outcome = failed_exchange(result, replay_safe=self.replay_safe)
        else:
            course.reach(Reach.MAYBE)  # cancelled in the middle, on the fused path
            call.held.exchanged = None
            try:
                raise result
            finally:
                # What the exception's frames hold goes with it: a connection that no exchange came to take over.
                del result, exchanged
        if course.watched:
            course.emit(Stage.CLASSIFY, "classified", **_judged(outcome))
        else:
            course.decisions.append("classified")
        if type(outcome) is Answered:
            course.reached = Reach.YES
            for sentence in outcome.warnings:
                course.warn(Stage.CLASSIFY, sentence)
        else:
            course.reach(outcome.reached)
        return outcome

    async def _exchange(self, call: Call) -> Exchanged:
        connection = call.held.get("connection")
        request: Request | None = call.held.get("authentication") or call.request
        permit: Permit | None = call.held.get("rate_limit")
        if connection is None or request is None:
            msg = "an attempt reached its send stage without a connection or a request"
            raise RuntimeError(msg)
        if request.sign is not None:
            # Here, after every wait: a signature that depends on the time would have aged by then.
            request = request.sign(request, self.clock.utc_s())
        call.course.sent = request
        sends = call.course.sends
        sent_s = self.clock.monotonic_s()
        result: Response | CallError
        try:
            write_until_s = write_deadline_s(self.options, now_s=sent_s, deadline_s=call.deadline_s)
            read_s = read_timeout_s(self.options, now_s=sent_s, deadline_s=call.deadline_s)
            call.course.sends += 1  # last of all before bytes may leave: who is interrupted earlier has sent nothing
            if self.wire.opens_streams:
                opened = await connection.open_stream(
                    request,
                    write_deadline_s=write_until_s,
                    read_timeout_s=read_s,
                    deadline_s=call.deadline_s,
                    departure=permit,
                )
                answer = opened if isinstance(opened, Response) else self._opened(opened)
            else:
                answer = await connection.exchange(
                    request,
                    write_deadline_s=write_until_s,
                    read_timeout_s=read_s,
                    deadline_s=call.deadline_s,
                    stream=call.stream,
                    departure=permit,
                )
            if answer.stream is not None and not self.wire.is_streamed(answer):
                answer = await self._read_error(answer, call)
            result = answer
        except CallError as error:
            result = error
            if error.reached is Reach.NO:
                call.course.sent = None
        except PermitLapsed:
            call.course.sent = None
            raise
        except BaseException:
            if call.course.sends > sends:
                call.course.reach(Reach.MAYBE)  # cancelled with bytes perhaps on their way
            raise
        return Exchanged(result, sent_s, self.clock.monotonic_s())

    def _opened(self, messages: MessageStream) -> Response:
        """Return a stream in both directions as an answer whose body is what comes on it."""
        head = messages.head or _NO_HEAD
        return replace(head, stream=ReceivedStream(messages, idle_s=self.options.read_s))

    async def _read_error(self, response: Response, call: Call) -> Response:
        """Return an error answer with the beginning of its body: a stream that nobody wants is read no further."""
        stream, now_s = response.stream, self.clock.monotonic_s()
        if stream is None:
            return response
        until_s = now_s + read_timeout_s(self.options, now_s=now_s, deadline_s=call.deadline_s)
        body = bytearray()
        try:
            async for piece in stream:
                body += piece
                if len(body) >= MOST_ERROR_BYTES or self.clock.monotonic_s() >= until_s:
                    break
        except CallError:
            pass  # what came of the body is enough: the status says what the answer is
        finally:
            await stream.aclose()
        received = response.bytes_received + len(body)
        return replace(response, stream=None, body=bytes(body[:MOST_ERROR_BYTES]), bytes_received=received)

    def _explain(self, call: Call, response: Response) -> None:
        """Note head and body of an answer, masked and cut; nobody but the caller who asked sees them."""
        seen = shown_response(response, self.masker, most=MOST_EXPLAINED)
        call.course.explained(Stage.SEND, "answer", status=seen.status, headers=seen.fields(), body=seen.body)

    def _too_late(self, call: Call) -> Failed:
        error = DeadlineExceeded(
            f"{call.operation.id}: no time was left to send it within `timeouts.total` or the caller's own",
            phase="total",
        )
        return Failed(error, Kind.SERVICE_FAULT, Reach.NO, external_codes=("timeout", "5xx"))


def _judged(outcome: Outcome) -> dict[str, object]:
    """Return what the event tells of an outcome."""
    if isinstance(outcome, Answered):
        return {"kind": str(Kind.SUCCESS), "status": outcome.status}
    detail: dict[str, object] = {"kind": str(outcome.kind), "reached": str(outcome.reached)}
    if outcome.response is not None:
        detail["status"] = outcome.response.status
    else:
        detail["error"] = outcome.error.code
    if outcome.effect_unknown:
        detail["effect_unknown"] = True
    return detail
