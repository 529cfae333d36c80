"""One operation, linked: its stages folded around its transport."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from intertie.core.errors import (
    CallError,
    CredentialMissing,
    InvalidResponse,
    JournalUnavailable,
    MappingError,
    Reach,
    StoreUnavailable,
)
from intertie.core.secret import Secret
from intertie.runtime.call import Answered, Call, Failed, Kind, Outcome
from intertie.runtime.classify import failed_exchange
from intertie.runtime.concluding import also_warned, concluded, failure_in
from intertie.runtime.error_rows import matching_row
from intertie.runtime.guard import Site
from intertie.runtime.handles import Handles
from intertie.runtime.http import Request
from intertie.runtime.left_behind import see_to_what_is_left
from intertie.runtime.observing import Observer
from intertie.runtime.order import policies_of
from intertie.runtime.pipeline import CallNext, link
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.error_mapping.apply import apply_row
from intertie.runtime.policies.error_mapping.options import ErrorMappingRow
from intertie.runtime.policies.fallback.options import LAST_GOOD
from intertie.runtime.policies.fallback.options import STAGE as FALLBACK
from intertie.runtime.results import Results
from intertie.runtime.sending import Sender
from intertie.runtime.stages import Stage
from intertie.runtime.surroundings import Surroundings
from intertie.runtime.wires.registry import protocol_of


class LinkedOperation:
    """The general pipeline of one operation: every case, in the order of `runtime.order`.

    Attributes:
        operation: Its plan.
        wire: Its protocol's half: requests written, answers read and judged.
        results: Validation and inbound mapping of what an answer holds.
        handles: What its guards share with those of the integration's other operations.
        site: What its guards are linked with.
    """

    def __init__(
        self, plan: Plan, operation: OperationPlan, surroundings: Surroundings, handles: Handles, observer: Observer
    ) -> None:
        self.plan = plan
        self.operation = operation
        self.surroundings = surroundings
        self.handles = handles
        self.observer = observer
        self._problems = (surroundings.coordination.problems, surroundings.journal.problems)
        self._last_good = handles.last_good
        result = operation.result
        self._validates = None if result.validate == "off" or result.schema is None else result.validate
        self._environment: dict[str, Secret] = {}
        protocol = protocol_of(operation)
        self.wire = protocol.link(plan, operation, clock=surroundings.clock, quote=observer.masker.quoted)
        self.results = Results(operation)
        self.site = Site(
            plan=plan,
            operation=operation,
            surroundings=surroundings,
            handles=handles,
            build=self.build,
            judge=partial(failed_exchange, replay_safe=operation.replay_safe),
            row_action=self._row_action,
            read_hint=self.wire.read_hint,
        )
        sender = Sender(plan.timeouts, self.wire, operation.replay_safe, observer.masker, surroundings.clock)
        self._run: CallNext = link(policies_of(self.site), sender)
        self._run_without_fallback: CallNext = link(policies_of(self.site, without=frozenset({FALLBACK})), sender)

    def build(self, call: Call, body_field: tuple[str, Secret] | None = None) -> Request:
        """Map the input to a request.

        Raises:
            InvalidInput: The input breaks the operation's contract.
            MappingError: A row can't do what it says.
            CredentialMissing: A header names an environment variable that is not there.
        """
        return self.wire.encode(
            call.input,
            version=call.version,
            idempotency_key=call.idempotency_key,
            new_uuid=self.surroundings.rng.uuid4,
            now=self.surroundings.clock.utc_now,
            environ=self.environ,
            body_field=body_field,
        )

    async def run(self, call: Call, *, fallback: bool = True) -> Outcome:
        """Return the final outcome of a call, recorded and logged.

        Args:
            call: With its request where it is built already.
            fallback: Whether the plan's fallback may answer; a replay from the queue is never queued again.

        Raises:
            InvalidInput: The input breaks the operation's contract; nothing was sent or recorded.
        """
        try:
            outcome: Outcome | None = None
            see_to_what_is_left()
            if call.request is None:
                built = self._built(call)
                if type(built) is Failed:
                    outcome = built
                else:
                    call = replace(call, request=built)
            if outcome is None and self.observer.strict:
                outcome = await self._untold(call)
            if outcome is None:
                outcome = await (self._run if fallback else self._run_without_fallback)(call)
                if type(outcome) is Answered:
                    outcome = self.received(call, outcome)
        except BaseException as error:
            # The caller's own mistake is no call that was made, unless it shows up while the call is under way.
            if call.course.sends or not isinstance(error, Exception):
                self.observer.cancelled(call, elapsed_s=self._elapsed_s(call))
            raise
        return await self.conclude(call, outcome)

    async def conclude(self, call: Call, outcome: Outcome) -> Outcome:
        """Write what the whole call came to onto its outcome, then record it."""
        course = call.course
        elapsed_s = self._elapsed_s(call)
        for problems in self._problems:
            for problem in problems():
                course.warn(Stage.TELEMETRY, problem)
        failed = failure_in(outcome)
        if failed is not None:
            apply_row(failed, self.row_of(failed))
            # A transport or a decoder may quote what the service sent, and that may be our own credential.
            failed.error.args = (self.observer.masker.known(failed.error.detail),)
        outcome = concluded(outcome, course, operation=self.operation.id, elapsed_s=elapsed_s)
        trouble = await self.observer.finished(call, outcome, elapsed_s=elapsed_s)
        return outcome if trouble is None else also_warned(outcome, trouble)

    def row_of(self, failed: Failed) -> ErrorMappingRow | None:
        """Return the most specific error mapping row that a failure matches."""
        return matching_row(self.plan.errors.rows, failed.external_codes)

    def received(self, call: Call, answered: Answered) -> Outcome:
        """Validate an answer, map it to the internal object, and keep it as the last good one."""
        response = answered.response
        if answered.fallback is not None or response is None or response.stream is not None:
            return answered
        course, mode, last_good = call.course, self._validates, self._last_good
        keeps = last_good is not None and call.request is not None and last_good.may_keep(self.operation, response)
        # What would be kept is judged in every mode: a broken answer is never given again.
        violation = self.results.violation(answered.data) if mode is not None or keeps else None
        if violation is not None and mode is not None:
            path, rule = (self.observer.masker.quoted(text) for text in violation)
            course.emit(Stage.RESPONSE_VALIDATION, "violation", path=path, rule=rule)
            sentence = f"{self.operation.id}: the answer breaks its schema at {path}: {rule}"
            if mode == "strict":
                error = InvalidResponse(sentence, path=path, rule=rule, reached=Reach.YES)
                return Failed(error, Kind.MAPPING_FAULT, Reach.YES, response=response)
            course.warn(Stage.RESPONSE_VALIDATION, sentence)
        try:
            data = self.results.map_inbound(answered.data)
        except MappingError as error:
            course.emit(Stage.INBOUND_MAPPING, "mapping_error", path=error.path)
            return Failed(error, Kind.MAPPING_FAULT, Reach.YES, response=response)
        if last_good is None:
            return answered if data is answered.data else replace(answered, data=data)
        if not keeps and last_good.is_refused(self.operation, response):
            course.emit(LAST_GOOD, "not_kept", reason="the service says `Cache-Control: no-store`")
            if last_good.refused_first_time(self.operation):
                course.warn(
                    LAST_GOOD,
                    f"{self.operation.id}: the service says `Cache-Control: no-store`, so its answers are not kept, "
                    "and the fallback `cache` has none to give",
                )
        elif keeps and violation is not None:
            path, rule = (self.observer.masker.quoted(text) for text in violation)
            course.emit(LAST_GOOD, "not_kept", reason="the answer breaks its schema", path=path, rule=rule)
        elif keeps and call.request is not None:
            kept = last_good.keep(self.operation, call.version, call.request, response, data)
            if kept:
                course.emit(LAST_GOOD, "keep")
        return replace(answered, data=data)

    def _built(self, call: Call) -> Request | Failed:
        """Return the request of a call, or why there is none."""
        try:
            return self.build(call)
        except CredentialMissing as error:
            return Failed(error, Kind.CREDENTIAL_FAULT)
        except CallError as error:
            call.course.emit(Stage.OUTBOUND_MAPPING, "mapping_error")
            return Failed(error, Kind.MAPPING_FAULT)

    async def _untold(self, call: Call) -> Failed | None:
        """Store that a call begins (strict audit); return its refusal where that can't be."""
        try:
            await self.observer.started(call)
        except StoreUnavailable as down:
            call.course.emit(Stage.TELEMETRY, "unavailable")
            message = f"{self.operation.id}: its audit entry can't be stored, so nothing was sent: {down}"
            return Failed(JournalUnavailable(message), Kind.REJECTED)
        return None

    def _row_action(self, failed: Failed) -> str | None:
        row = self.row_of(failed)
        return None if row is None else row.action

    def environ(self, name: str) -> str:
        """Return the text of an environment variable that a header names; it is masked from then on."""
        secret = self.surroundings.secrets.resolve(f"env:{name}")
        if self._environment.get(name) != secret:
            self._environment[name] = secret
            self.observer.masker.register(secret)
        return secret.reveal()

    def _elapsed_s(self, call: Call) -> float:
        return self.surroundings.clock.monotonic_s() - call.started_s
