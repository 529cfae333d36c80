"""The mock itself: a request in, an answer out. No sockets; time and draws come from outside.

A request passes, in this order; the first that objects answers:

| step | objects with |
|---|---|
| route | 404, 405 |
| limits, counted by arrival | 429 |
| profile: forced answers, throttling, outage, errors | what it says |
| authentication | 401 |
| version | 400 |
| headers, path, query, body | 400 (422 where declared), 415 |
| idempotency key | the kept answer, or 422 |
| the answer: stored thing, example, or made from the schema | |

Faults of the wire happen to the answer after all that: a request whose connection breaks has taken effect.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.rng import SeededRng
from intertie.core.secret import Secret
from intertie.core.units import wait_text
from intertie.mockserver.faults import FAULT_WORDS, ProfileState, malformed, throttled
from intertie.mockserver.generation import Unsatisfiable
from intertie.mockserver.guards import gates_of
from intertie.mockserver.guards.auth import AuthenticationRule
from intertie.mockserver.guards.idempotency import KeyedAnswers
from intertie.mockserver.guards.version import VersionRule
from intertie.mockserver.latency import LatencyCurve, LatencyDraws
from intertie.mockserver.messages import Answer, Fault, MockReply, MockRequest
from intertie.mockserver.problems import place_of, problem
from intertie.mockserver.profile_reading import ProfileError, load_profile
from intertie.mockserver.profiles import HEALTHY, Behaviour, Profile
from intertie.mockserver.received import Masking, Received, ReceivedLog
from intertie.mockserver.wires.contract import Asked, MockWire
from intertie.mockserver.wires.registry import protocols_of
from intertie.runtime.plan import OperationPlan, Plan

_CACHED = 4096
_LONGEST_CACHED = 1024


class SecretSource(Protocol):
    """Turns references into secrets."""

    def resolve(self, reference: str) -> Secret:
        """Return the secret behind a reference."""


class MockEngine:
    """One plan as the service behind it. All methods may be called from any thread.

    Args:
        plan: What to be.
        clock: Time; virtual or real. It is only read.
        seed: The same seed and the same requests at the same times give the same answers.
        profile: A `Profile`, or the name of a built-in one.
        latency: Whether answers take the time that the spec's targets say.
        credential: The one credential that passes (basic: `user:password`); None lets any of the right form pass.
        secrets: Resolves the credential that a profile names.
        on_received: Told of each request once it is answered; secrets are masked.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        clock: Clock,
        seed: int | str = 0,
        profile: Profile | str = HEALTHY,
        latency: bool = True,
        credential: Secret | None = None,
        secrets: SecretSource | None = None,
        on_received: Callable[[Received], None] | None = None,
    ) -> None:
        self.plan = plan
        self.seed = seed
        self._clock = clock
        self._latency = latency
        self._given_credential = credential
        self._secrets = secrets
        self._on_received = on_received
        self._lock = threading.RLock()
        # Generated dates lie before today's midnight: the same seed gives the same data all day.
        self._recent_s = clock.utc_s() // 86400 * 86400
        self._versions = VersionRule(plan.version)
        self._wires = {
            tag: protocol.mock(plan, versions=self._versions, seed=seed, recent_s=self._recent_s)
            for tag, protocol in protocols_of(plan).items()
        }
        self._gates = gates_of(plan)
        self._next_flight = 1
        self._keyed = KeyedAnswers()
        idempotency = frozenset(
            op.idempotency_header.lower() for op in plan.operations.values() if op.idempotency_header
        )
        self.received = ReceivedLog(Masking(plan.auth, idempotency))
        self._counts: dict[str, dict[int, int]] = {}
        self._delays = self._drawn()
        self._credential_field = (
            plan.auth.name if plan.auth.type == "api_key" and plan.auth.location == "body" else None
        )
        self.use_profile(load_profile(profile) if isinstance(profile, str) else profile)

    def _drawn(self) -> dict[str, LatencyDraws]:
        return {
            op.id: LatencyDraws(LatencyCurve(op.targets), SeededRng(f"{self.seed}:latency:{op.id}"))
            for op in self.plan.operations.values()
        }

    def _wire_of(self, operation: OperationPlan) -> MockWire:
        return self._wires[operation.wire.protocol]

    # --- being asked

    def handle(self, request: MockRequest, *, since_s: float | None = None) -> MockReply:
        """Return the answer to a request; it is in the record of what was received.

        It came between `since_s` (monotonic) and now, which limits take in favour of the client; None means now.
        """
        with self._lock:
            now_s = self._clock.monotonic_s()
            reply = self._answer(request, now_s, 0.0 if since_s is None else max(0.0, now_s - since_s))
            self._record(request, reply)
            return reply

    def _record(self, request: MockRequest, reply: MockReply) -> None:
        counts = self._counts.setdefault(reply.operation or "", {})
        counts[reply.status] = counts.get(reply.status, 0) + 1
        entry = self.received.add(request, reply, self._clock.utc_s())
        if self._on_received is not None:
            self._on_received(entry)

    def _answer(self, request: MockRequest, now_s: float, lag_s: float) -> MockReply:
        asked = self._find(request)
        if isinstance(asked, Answer):
            return MockReply(asked.status, asked.headers, asked.body, reason=asked.reason)
        plan, utc_s = asked.operation, self._clock.utc_s()
        refusals = (gate.refusal(plan, now_s, utc_s, lag_s) for gate in self._gates)
        refusal = next((refusal for refusal in refusals if refusal is not None), None)
        if refusal is None:
            for gate in self._gates:
                gate.count(plan, now_s, utc_s, lag_s)
        told = [header for gate in self._gates for header in gate.headers(now_s, utc_s)]
        if refusal is not None:
            place = place_of(plan, refusal.stage, refusal.option, "windows")
            wire = self._wire_of(plan)
            header = wire.retry_header(plan)
            limited = problem(
                429, refusal.rule, f"{refusal.detail} ({place})", place=place, operation=plan.id,
                headers=((header, str(refusal.retry_after_s)),),
            )  # fmt: skip
            reason = f"{limited.reason}; free again in {wait_text(refusal.retry_after_s)}"
            answer = wire.refusal(limited)
            return MockReply(answer.status, (*answer.headers, *told), answer.body, operation=plan.id, reason=reason)
        answer, delay_s, fault = self._behaved(asked, request, now_s, utc_s)
        flight = self._next_flight
        self._next_flight += 1
        for gate in self._gates:
            gate.begin_flight(flight, plan, now_s + delay_s)
        headers = (*answer.headers, *told)
        return MockReply(answer.status, headers, answer.body, delay_s, fault, plan.id, flight, answer.reason)

    def _behaved(
        self, asked: Asked, request: MockRequest, now_s: float, utc_s: float
    ) -> tuple[Answer, float, Fault | None]:
        """Return the answer with its delay and its fault: what the profile makes of what the spec says."""
        state, plan = self._profile, asked.operation
        if state.quiet:
            return self._kept(asked, request, utc_s)[0], self._delay_s(plan, 1.0), None
        behaviour = state.profile.of(plan.id)
        forced = state.forced(plan.id)
        if forced is not None:
            fault = Fault(forced.fault) if forced.fault is not None else None
            if forced.status is not None or forced.has_body:
                answer = replace(self._wire_of(plan).forced(forced, plan), reason=state.said())
            else:
                answer, _ = self._kept(asked, request, utc_s)
            delay_s = self._delay_s(plan, behaviour.latency_factor) if forced.delay_s is None else forced.delay_s
            return _with_fault(answer, fault, state), delay_s, fault
        troubled = self._troubled(plan, behaviour, now_s)
        if troubled is not None:
            troubled = replace(troubled, reason=state.said())
            return troubled, self._delay_s(plan, behaviour.latency_factor), None
        answer, good = self._kept(asked, request, utc_s)
        fault = state.wire_fault(behaviour)
        if good and answer.body and state.happens(behaviour.malformed_share):
            answer = Answer(answer.status, answer.headers, malformed(answer.body), state.said("breaks the body"))
        return _with_fault(answer, fault, state), self._delay_s(plan, behaviour.latency_factor), fault

    def _troubled(self, plan: OperationPlan, behaviour: Behaviour, now_s: float) -> Answer | None:
        """Return the trouble that the profile makes before the request is looked at, None where it makes none."""
        if behaviour.throttle is not None and self._profile.happens(behaviour.throttle_share):
            wait_s = max(1, round(self.plan.limits.retry_after_s)) if self.plan.limits else 1
            return throttled(plan, self._wire_of(plan), behaviour.throttle, retry_after_s=wait_s)
        status = self._profile.error_status(behaviour, now_s)
        return None if status is None else self._wire_of(plan).error(plan, status)

    def _kept(self, asked: Asked, request: MockRequest, utc_s: float) -> tuple[Answer, bool]:
        """Return the answer, and whether the request was carried out; a known idempotency key's comes from memory."""
        message = asked.read(request)
        readable = None if isinstance(message, Answer) else message
        plan = asked.operation
        wire = self._wire_of(plan)
        refused = self._authentication.broken_by(request, asked.query, readable, plan)
        version = self._versions.asked(request, asked.query, asked.version)
        refused = refused or self._versions.broken_by(version, plan)
        if refused is not None:
            refused = wire.refusal(refused)
        else:
            message, refused = asked.check(request, message, credential_field=self._credential_field)
        notice = self._versions.notice(version)
        if refused is not None:
            return replace(refused, headers=(*refused.headers, *notice)), False
        key = asked.idempotency_key(request)
        if key:
            known = self._keyed.find(plan, key, request, reused=wire.key_reused_status(plan))
            if known is not None:
                return (known, True) if known.status < 400 else (wire.refusal(known), False)
        try:
            answer = asked.answer(request, message, utc_s)
        except Unsatisfiable as reason:
            detail = f"no answer can be made from the response schema: {reason} ({plan.source})"
            return wire.refusal(problem(500, "no-answer", detail, place=plan.source, operation=plan.id)), False
        if notice:
            answer = replace(answer, headers=(*answer.headers, *notice))
        if key:
            self._keyed.keep(plan, key, request, answer)
        return answer, True

    def _find(self, request: MockRequest) -> Asked | Answer:
        """Return what a request means; where it means nothing, the refusal of the first protocol."""
        refused: Answer | None = None
        for wire in self._wires.values():
            found = wire.find(request)
            if not isinstance(found, Answer):
                return found
            refused = refused or found
        return refused or problem(404, "unknown-path", "no such path")

    def _delay_s(self, operation: OperationPlan, factor: float) -> float:
        return self._delays[operation.id].next_s() * factor if self._latency else 0.0

    def flight_ended(self, flight: int) -> None:
        """Tell that the client of a reply has gone before it came."""
        if flight:
            with self._lock:
                for gate in self._gates:
                    gate.end_flight(flight)

    # --- being steered

    def use_profile(self, profile: Profile | str) -> None:
        """Do from now on what a profile says; its time and its forced answers begin anew.

        Raises:
            ProfileError: There is no profile of that name.
            CredentialMissing: The profile's credential can't be found.
        """
        chosen = load_profile(profile) if isinstance(profile, str) else profile
        exact = self._given_credential
        if chosen.credential is not None:
            if self._secrets is None:
                raise ProfileError(f"profile {chosen.name}: nothing here resolves its credential {chosen.credential}")
            exact = self._secrets.resolve(chosen.credential)
        with self._lock:
            self._authentication = AuthenticationRule(self.plan.auth, exact)
            self._profile = ProfileState(chosen, self.seed, self._clock.monotonic_s())

    def reset(self) -> None:
        """Forget what was stored, counted, received and kept; the profile begins anew."""
        with self._lock:
            for gate in self._gates:
                gate.reset()
            for wire in self._wires.values():
                wire.reset()
            self._keyed.reset()
            self.received.clear()
            self._counts.clear()
            self._delays = self._drawn()
            self.use_profile(self._profile.profile)

    def requests(self) -> list[Received]:
        """Return what was received, oldest first, at most the newest thousand."""
        with self._lock:
            return self.received.newest()

    def forget_requests(self) -> None:
        """Empty the record of what was received."""
        with self._lock:
            self.received.clear()

    def state(self) -> dict[str, object]:
        """Return a snapshot, JSON-ready: profile, counts by operation and status, limits, stored things."""
        with self._lock:
            profile = self._profile
            return {
                "service": self.plan.service,
                "spec": self.plan.spec_path,
                "environment": self.plan.environment,
                "seed": self.seed,
                "profile": {"name": profile.profile.name, "forced_left": profile.left()},
                "received": self.received.total,
                "counts": {
                    name or "(no operation)": {str(status): count for status, count in sorted(counts.items())}
                    for name, counts in self._counts.items()
                },
                "limits": [
                    entry
                    for gate in self._gates
                    for entry in gate.snapshot(self._clock.monotonic_s(), self._clock.utc_s())
                ],
                "things": {name: count for wire in self._wires.values() for name, count in wire.counts().items()},
            }


def _with_fault(answer: Answer, fault: Fault | None, state: ProfileState) -> Answer:
    """Return the answer with a word about what will go wrong on the wire."""
    return answer if fault is None else replace(answer, reason=state.said(FAULT_WORDS[fault.kind]))
