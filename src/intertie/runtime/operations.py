"""One operation, linked: its stages folded around its transport."""

from __future__ import annotations

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
from intertie.runtime.classify import Classifier, declared_retry_after
from intertie.runtime.concluding import also_warned, concluded, failure_in
from intertie.runtime.hints import has_hint, read_hint
from intertie.runtime.http import Request, Response
from intertie.runtime.observing import Observer
from intertie.runtime.pipeline import CallNext, Policy, link
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.auth.policy import AuthPolicy
from intertie.runtime.policies.breaker.policy import BreakerAgainPolicy, BreakerPolicy
from intertie.runtime.policies.budget.policy import BudgetPolicy
from intertie.runtime.policies.budget.state import alert_quantity
from intertie.runtime.policies.connection.policy import ConnectionPolicy
from intertie.runtime.policies.deadline.clip import connect_timeout_s
from intertie.runtime.policies.deadline.policy import DeadlinePolicy
from intertie.runtime.policies.error_mapping.apply import apply_row
from intertie.runtime.policies.error_mapping.options import ErrorMappingRow
from intertie.runtime.policies.fallback.policy import FallbackPolicy
from intertie.runtime.policies.limiter.policy import LimiterPolicy
from intertie.runtime.policies.retry.policy import RetryPolicy
from intertie.runtime.policies.version.policy import VersionPolicy
from intertie.runtime.requests import RequestBuilder
from intertie.runtime.responses import ResponseReader, matching_row
from intertie.runtime.sending import Sender
from intertie.runtime.shared_guards import SharedGuards
from intertie.runtime.stages import Stage
from intertie.runtime.state import ServerHint
from intertie.runtime.surroundings import Surroundings


class LinkedOperation:
    """The general pipeline of one operation: every case, in the order of `runtime.stages`.

    Attributes:
        operation: Its plan.
        builder, reader: Outbound and inbound mapping with their codecs.
        guards: What it shares with the integration's other operations.
    """

    def __init__(
        self, plan: Plan, operation: OperationPlan, surroundings: Surroundings, guards: SharedGuards, observer: Observer
    ) -> None:
        self.plan = plan
        self.operation = operation
        self.surroundings = surroundings
        self.guards = guards
        self.observer = observer
        self._environment: dict[str, Secret] = {}
        self.breaker = guards.breaker_of(plan, operation)
        self.builder = RequestBuilder(operation, plan.version, plan.origin.base_path)
        self.reader = ResponseReader(operation, plan.errors)
        rows = frozenset(row.external_code for row in plan.errors.rows if not _is_status(row.external_code))
        self.classifier = Classifier(
            operation, self.reader, plan.service, rows, surroundings.clock, observer.masker.quoted
        )
        inner = self._attempt_policies()
        sender = Sender(plan.timeouts, self.classifier, observer.masker, surroundings.clock)
        core: list[Policy] = [DeadlinePolicy(plan.timeouts, surroundings.clock), self._retry_policy(), *inner]
        fallback = self._fallback_policy()
        self._run: CallNext = link([fallback, *core] if fallback is not None else core, sender)
        self._run_without_fallback: CallNext = link(core, sender)

    def build(self, call: Call, body_field: tuple[str, Secret] | None = None) -> Request:
        """Map the input to a request.

        Raises:
            InvalidInput: The input breaks the operation's contract.
            MappingError: A row can't do what it says.
            CredentialMissing: A header names an environment variable that is not there.
        """
        return self.builder.build(
            call.input,
            version=call.version,
            idempotency_key=call.idempotency_key,
            new_uuid=self.surroundings.rng.uuid4,
            now=self.surroundings.clock.utc_now,
            environ=self._environ,
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
            outcome, call = await self._outcome(call, fallback=fallback)
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
        for problem in (*self.surroundings.coordination.problems(), *self.surroundings.journal.problems()):
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
        course = call.course
        if answered.fallback is not None or answered.response is None or answered.response.stream is not None:
            return answered
        response = answered.response
        mode = self.operation.response.validate
        last_good = self.guards.last_good
        keeps = last_good is not None and call.request is not None and last_good.may_keep(self.operation, response)
        # What would be kept is judged in every mode: a broken answer is never given again.
        violation = self.reader.violation(answered.data) if mode != "off" or keeps else None
        if violation is not None and mode != "off":
            path, rule = (self.observer.masker.quoted(text) for text in violation)
            course.emit(Stage.RESPONSE_VALIDATION, "violation", path=path, rule=rule)
            sentence = f"{self.operation.id}: the answer breaks its schema at {path}: {rule}"
            if mode == "strict":
                error = InvalidResponse(sentence, path=path, rule=rule, reached=Reach.YES)
                return Failed(error, Kind.MAPPING_FAULT, Reach.YES, response=response)
            course.warn(Stage.RESPONSE_VALIDATION, sentence)
        try:
            data = self.reader.map_inbound(answered.data)
        except MappingError as error:
            course.emit(Stage.INBOUND_MAPPING, "mapping_error", path=error.path)
            return Failed(error, Kind.MAPPING_FAULT, Reach.YES, response=response)
        if last_good is not None and not keeps and last_good.is_refused(self.operation, response):
            course.emit(Stage.LAST_GOOD, "not_kept", reason="the service says `Cache-Control: no-store`")
            if last_good.refused_first_time(self.operation):
                course.warn(
                    Stage.LAST_GOOD,
                    f"{self.operation.id}: the service says `Cache-Control: no-store`, so its answers are not kept, "
                    "and the fallback `cache` has none to give",
                )
        elif keeps and violation is not None:
            path, rule = (self.observer.masker.quoted(text) for text in violation)
            course.emit(Stage.LAST_GOOD, "not_kept", reason="the answer breaks its schema", path=path, rule=rule)
        elif keeps and last_good is not None and call.request is not None:
            kept = last_good.keep(self.operation, call.version, call.request, response, data)
            if kept:
                course.emit(Stage.LAST_GOOD, "keep")
        return replace(answered, data=data)

    async def _outcome(self, call: Call, *, fallback: bool) -> tuple[Outcome, Call]:
        if call.request is None:
            try:
                call = replace(call, request=self.build(call))
            except CredentialMissing as error:
                return Failed(error, Kind.CREDENTIAL_FAULT), call
            except CallError as error:
                call.course.emit(Stage.OUTBOUND_MAPPING, "mapping_error")
                return Failed(error, Kind.MAPPING_FAULT), call
        if call.idempotency_key is not None:
            call.course.emit(Stage.IDEMPOTENCY_KEY, "key", header=self.operation.idempotency_header)
        try:
            await self.observer.started(call)
        except StoreUnavailable as down:
            call.course.emit(Stage.TELEMETRY, "unavailable")
            message = f"{self.operation.id}: its audit entry can't be stored, so nothing was sent: {down}"
            return Failed(JournalUnavailable(message), Kind.REJECTED), call
        outcome = await (self._run if fallback else self._run_without_fallback)(call)
        return (self.received(call, outcome) if isinstance(outcome, Answered) else outcome), call

    def _attempt_policies(self) -> list[Policy]:
        plan, guards, around = self.plan, self.guards, self.surroundings
        timeouts = plan.timeouts
        policies: list[Policy] = []
        if plan.breaker is not None and self.breaker is not None:
            policies.append(BreakerPolicy(plan.breaker, self.breaker, plan.service))
        if plan.pricing is not None and guards.ledger is not None:
            policies.append(
                BudgetPolicy(plan.pricing, guards.ledger, timeouts.wire_s, around.clock, alert_quantity(plan.pricing))
            )
        if guards.credentials is not None:
            policies.append(AuthPolicy(guards.credentials, self.build))
        policies.append(VersionPolicy(plan.version, around.clock))
        policies.append(
            ConnectionPolicy(
                around.transport,
                fresh=not self.operation.replay_safe,
                connect_timeout_s=lambda now_s, deadline_s: connect_timeout_s(
                    timeouts, now_s=now_s, deadline_s=deadline_s
                ),
                judge=self.classifier.failure,
                clock=around.clock,
            )
        )
        policies.append(LimiterPolicy(guards.limits, guards.limiter, self.read_hint, plan.service, around.clock))
        if self.breaker is not None:
            policies.append(BreakerAgainPolicy(self.breaker, plan.service))
        return policies

    def _retry_policy(self) -> RetryPolicy:
        around = self.surroundings
        return RetryPolicy(self.plan.retry, self.guards.retry_budget, self._row_action, around.clock, around.rng)

    def _fallback_policy(self) -> FallbackPolicy | None:
        plan, around = self.plan, self.surroundings
        if plan.fallback is None:
            return None
        return FallbackPolicy(
            plan.fallback,
            plan.key,
            self._row_action,
            rows_name_fallback=any(row.action == "fallback" for row in plan.errors.rows),
            last_good=self.guards.last_good,
            breaker=self.breaker,
            journal=around.journal,
            clock=around.clock,
            rng=around.rng,
        )

    def _row_action(self, failed: Failed) -> str | None:
        row = self.row_of(failed)
        return None if row is None else row.action

    def read_hint(self, response: Response, throttled: bool) -> ServerHint | None:
        """Return what an answer says about the limit."""
        header = declared_retry_after(self.operation.response.errors, response.status)
        if header is None and not throttled and not has_hint(response.headers):
            return None
        pauses = throttled or response.status in {429, 503}
        now_s = self.surroundings.clock.utc_s()
        return read_hint(response.headers, now_s=now_s, throttled=throttled, pauses=pauses, retry_after_header=header)

    def _environ(self, name: str) -> str:
        secret = self.surroundings.secrets.resolve(f"env:{name}")
        if self._environment.get(name) != secret:
            self._environment[name] = secret
            self.observer.masker.register(secret)
        return secret.reveal()

    def _elapsed_s(self, call: Call) -> float:
        return self.surroundings.clock.monotonic_s() - call.started_s


def _is_status(code: str) -> bool:
    return len(code) == 3 and code[0] in "12345" and (code.isdigit() or code[1:].lower() == "xx")
