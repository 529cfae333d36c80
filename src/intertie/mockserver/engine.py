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
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Protocol
from urllib.parse import parse_qs

import msgspec
from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.rng import SeededRng
from intertie.core.secret import Secret
from intertie.core.units import wait_text
from intertie.mockserver.authentication import AuthenticationRule
from intertie.mockserver.failures import DeclaredErrors
from intertie.mockserver.faults import FAULT_WORDS, ProfileState, forced_answer, malformed, throttled
from intertie.mockserver.generation import Unsatisfiable
from intertie.mockserver.idempotency import KeyedAnswers
from intertie.mockserver.kept import Kept
from intertie.mockserver.latency import LatencyCurve, LatencyDraws
from intertie.mockserver.limits import EXACT, ServiceLimits, Tolerance
from intertie.mockserver.messages import Answer, Fault, MockReply, MockRequest
from intertie.mockserver.operations import MockOperation
from intertie.mockserver.problems import place_of, problem
from intertie.mockserver.profile_reading import ProfileError, load_profile
from intertie.mockserver.profiles import HEALTHY, Behaviour, Profile
from intertie.mockserver.received import Masking, Received, ReceivedLog
from intertie.mockserver.resource_shapes import Role, find_roles
from intertie.mockserver.resources import ResourceAnswers, Wanted
from intertie.mockserver.routing import Route, Router, UnknownPath, UnsupportedVersion, WrongMethod
from intertie.mockserver.samples import SuccessAnswers
from intertie.mockserver.thing_maker import ThingMaker
from intertie.mockserver.things import Store
from intertie.mockserver.twins import Twins
from intertie.mockserver.versions import VersionRule
from intertie.runtime.plan import OperationPlan, Plan

_CACHED = 4096
_LONGEST_CACHED = 1024


class SecretSource(Protocol):
    """Turns references into secrets."""

    def resolve(self, reference: str) -> Secret:
        """Return the secret behind a reference."""


class _Resolved(msgspec.Struct, frozen=True):
    """What method and target alone decide."""

    operation: MockOperation | None
    refused: Answer | None
    path: str = ""
    path_values: Mapping[str, str] = {}
    query: Mapping[str, list[str]] = {}
    version: str | None = None
    target_refused: Answer | None = None
    twins: Mapping[str, _Resolved] = {}
    """By operation id, where the rest of the request decides which of several operations is meant."""


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
        tolerance: How far arrivals may be off from departures when limits are counted.
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
        tolerance: Tolerance = EXACT,
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
        self._router = Router(plan)
        self._versions = VersionRule(plan.version)
        self._errors = DeclaredErrors(plan, recent_s=self._recent_s, seed=seed)
        self.limits = ServiceLimits(plan.limits, tolerance)
        self._keyed = KeyedAnswers()
        self._store = Store()
        idempotency = frozenset(
            op.idempotency_header.lower() for op in plan.operations.values() if op.idempotency_header
        )
        self.received = ReceivedLog(Masking(plan.auth, idempotency))
        self._resolved: dict[tuple[str, str], _Resolved] = {}
        self._twins: dict[tuple[str, ...], Twins] = {}
        self._made: Kept[tuple[str, str, bytes], Answer] = Kept(_CACHED)
        self._counts: dict[str, dict[int, int]] = {}
        self._operations = self._prepared()
        self._retry_headers = {op.id: _retry_header(op) for op in plan.operations.values()}
        self._credential_field = (
            plan.auth.name if plan.auth.type == "api_key" and plan.auth.location == "body" else None
        )
        self.use_profile(load_profile(profile) if isinstance(profile, str) else profile)

    def _prepared(self) -> dict[str, MockOperation]:
        roles = find_roles(self.plan)
        makers: dict[str, ThingMaker] = {}
        prepared: dict[str, MockOperation] = {}
        for operation in self.plan.operations.values():
            success = SuccessAnswers(operation, seed=self.seed, recent_s=self._recent_s)
            role = roles.get(operation.id)
            resource = None
            if role is not None:
                if role.collection not in makers:
                    makers[role.collection] = self._maker(role, roles)
                resource = ResourceAnswers(role, success, makers[role.collection], self._errors, self._store)
            draws = LatencyDraws(LatencyCurve(operation.targets), SeededRng(f"{self.seed}:latency:{operation.id}"))
            prepared[operation.id] = MockOperation(operation, success, resource, draws)
        return prepared

    def _maker(self, role: Role, roles: Mapping[str, Role]) -> ThingMaker:
        members = [
            (self.plan.operations[name], other) for name, other in roles.items() if other.collection == role.collection
        ]
        return ThingMaker(members, seed=self.seed, recent_s=self._recent_s)

    # --- being asked

    def handle(self, request: MockRequest) -> MockReply:
        """Return the answer to a request that arrives now; it is in the record of what was received."""
        with self._lock:
            now_s = self._clock.monotonic_s()
            reply = self._answer(request, now_s)
            self._record(request, reply)
            return reply

    def _record(self, request: MockRequest, reply: MockReply) -> None:
        counts = self._counts.setdefault(reply.operation or "", {})
        counts[reply.status] = counts.get(reply.status, 0) + 1
        entry = self.received.add(request, reply, self._clock.utc_s())
        if self._on_received is not None:
            self._on_received(entry)

    def _answer(self, request: MockRequest, now_s: float) -> MockReply:
        resolved = self._resolved.get((request.method, request.target)) or self._resolve(request)
        if resolved.twins:
            resolved = self._one_of(resolved.twins, request)
        operation = resolved.operation
        if operation is None:
            refused = resolved.refused or problem(404, "unknown-path", "no such path")
            return MockReply(refused.status, refused.headers, refused.body, reason=refused.reason)
        plan, utc_s = operation.plan, self._clock.utc_s()
        refusal = self.limits.admit(now_s, utc_s)
        told = self.limits.headers(now_s, utc_s)
        if refusal is not None:
            place = place_of(plan, "rate_limit", refusal.option, "windows")
            header = self._retry_headers[plan.id]
            answer = problem(
                429, refusal.rule, f"{refusal.detail} ({place})", place=place, operation=plan.id,
                headers=((header, str(refusal.retry_after_s)),),
            )  # fmt: skip
            reason = f"{answer.reason}; free again in {wait_text(refusal.retry_after_s)}"
            return MockReply(429, (*answer.headers, *told), answer.body, operation=plan.id, reason=reason)
        answer, delay_s, fault = self._behaved(operation, resolved, request, now_s, utc_s)
        flight = self.limits.begin_flight(now_s + delay_s)
        headers = (*answer.headers, *told)
        return MockReply(answer.status, headers, answer.body, delay_s, fault, plan.id, flight, answer.reason)

    def _behaved(
        self, operation: MockOperation, resolved: _Resolved, request: MockRequest, now_s: float, utc_s: float
    ) -> tuple[Answer, float, Fault | None]:
        """Return the answer with its delay and its fault: what the profile makes of what the spec says."""
        state, plan = self._profile, operation.plan
        if state.quiet:
            return self._kept(operation, resolved, request, utc_s)[0], self._delay_s(operation, 1.0), None
        behaviour = state.profile.of(plan.id)
        forced = state.forced(plan.id)
        if forced is not None:
            fault = Fault(forced.fault) if forced.fault is not None else None
            if forced.status is not None or forced.has_body:
                answer = replace(forced_answer(forced, plan, self._errors), reason=state.said())
            else:
                answer, _ = self._kept(operation, resolved, request, utc_s)
            delay_s = self._delay_s(operation, behaviour.latency_factor) if forced.delay_s is None else forced.delay_s
            return _with_fault(answer, fault, state), delay_s, fault
        troubled = self._troubled(operation, behaviour, now_s)
        if troubled is not None:
            troubled = replace(troubled, reason=state.said())
            return troubled, self._delay_s(operation, behaviour.latency_factor), None
        answer, good = self._kept(operation, resolved, request, utc_s)
        fault = state.wire_fault(behaviour)
        if good and answer.body and state.happens(behaviour.malformed_share):
            answer = Answer(answer.status, answer.headers, malformed(answer.body), state.said("breaks the body"))
        return _with_fault(answer, fault, state), self._delay_s(operation, behaviour.latency_factor), fault

    def _troubled(self, operation: MockOperation, behaviour: Behaviour, now_s: float) -> Answer | None:
        """Return the trouble that the profile makes before the request is looked at, None where it makes none."""
        plan = operation.plan
        if behaviour.throttle is not None and self._profile.happens(behaviour.throttle_share):
            wait_s = max(1, round(self.plan.limits.retry_after_s)) if self.plan.limits else 1
            header = self._retry_headers[plan.id]
            return throttled(plan, self._errors, behaviour.throttle, header=header, retry_after_s=wait_s)
        status = self._profile.error_status(behaviour, now_s)
        return None if status is None else self._errors.answer(plan, status)

    def _kept(
        self, operation: MockOperation, resolved: _Resolved, request: MockRequest, utc_s: float
    ) -> tuple[Answer, bool]:
        """Return the answer, and whether the request was carried out; a known idempotency key's comes from memory."""
        body = operation.read_body(request)
        readable = None if isinstance(body, Answer) else body
        plan = operation.plan
        refused = self._authentication.broken_by(request, resolved.query, readable, plan)
        version = self._versions.asked(request, resolved.query, resolved.version)
        refused = refused or self._versions.broken_by(version, plan)
        refused = refused or operation.check_headers(request) or resolved.target_refused
        if refused is None and isinstance(body, Answer):
            refused = body
        if refused is None:
            body, refused = operation.check_body(readable, credential_field=self._credential_field)
        notice = self._versions.notice(version)
        if refused is not None:
            return replace(refused, headers=(*refused.headers, *notice)), False
        key = request.headers.get(operation.idempotency_header) if operation.idempotency_header else None
        known = self._keyed.find(plan, key, request) if key else None
        if known is not None:
            return known, known.status < 400
        try:
            answer = self._carried_out(operation, resolved, request, body, utc_s)
        except Unsatisfiable as reason:
            detail = f"no answer can be made from the response schema: {reason} ({plan.source})"
            return problem(500, "no-answer", detail, place=plan.source, operation=plan.id), False
        if notice:
            answer = replace(answer, headers=(*answer.headers, *notice))
        if key:
            self._keyed.keep(plan, key, request, answer)
        return answer, True

    def _carried_out(
        self, operation: MockOperation, resolved: _Resolved, request: MockRequest, body: object, utc_s: float
    ) -> Answer:
        fields = body if isinstance(body, Mapping) else None
        if operation.resource is not None:
            wanted = Wanted(resolved.path, resolved.path_values, resolved.query, fields, utc_s)
            return operation.resource.answer(wanted)
        # The same request gets the same answer: made once, kept encoded.
        cache_key = (operation.plan.id, request.target, blake2b(request.body, digest_size=16).digest())
        made = self._made.get(cache_key)
        if made is None:
            given = operation.given(resolved.path_values, resolved.query, body)
            made = operation.success.made(f"{request.target}:{cache_key[2].hex()}", given)
            self._made.put(cache_key, made, len(request.target) + len(made.body))
        return made

    def _delay_s(self, operation: MockOperation, factor: float) -> float:
        return operation.latency.next_s() * factor if self._latency else 0.0

    def _resolve(self, request: MockRequest) -> _Resolved:
        path, _, query_text = request.target.partition("?")
        found = self._router.find(request.method, path)
        if isinstance(found, Route):
            query = parse_qs(query_text, keep_blank_values=True) if query_text else {}
            routed = {route.operation.id: self._routed(route, path, query) for route in (found, *found.twins)}
            first = routed[found.operation.id]
            resolved = msgspec.structs.replace(first, twins=routed) if found.twins else first
        else:
            resolved = _Resolved(None, self._unrouted(found, request.method))
        if len(self._resolved) >= _CACHED:
            self._resolved.clear()
        if len(request.target) <= _LONGEST_CACHED:
            self._resolved[(request.method, request.target)] = resolved
        return resolved

    def _routed(self, route: Route, path: str, query: Mapping[str, list[str]]) -> _Resolved:
        operation = self._operations[route.operation.id]
        refused = operation.check_target(route.path_values, query)
        return _Resolved(operation, None, path, route.path_values, query, route.version, refused)

    def _one_of(self, twins: Mapping[str, _Resolved], request: MockRequest) -> _Resolved:
        """Return what a request means that method and path alone don't decide."""
        names = tuple(twins)
        known = self._twins.get(names)
        if known is None:
            known = self._twins[names] = Twins(self.plan.operations[name] for name in names)
        chosen = known.chosen(self._operations, next(iter(twins.values())).query, request)
        return _Resolved(None, known.refusal(self.plan.spec_path)) if chosen is None else twins[chosen]

    def _unrouted(self, found: WrongMethod | UnsupportedVersion | UnknownPath, method: str) -> Answer:
        if isinstance(found, WrongMethod):
            allowed = ", ".join(found.allowed)
            detail = f"{method} is not declared for this path; the spec has {allowed} ({self.plan.spec_path})"
            return problem(405, "wrong-method", detail, place=self._spec_place(), headers=(("Allow", allowed),))
        if isinstance(found, UnsupportedVersion):
            operation = next(iter(self.plan.operations.values()))
            return self._versions.refusal(found.version, operation)
        base = self.plan.origin.base_path
        hint = f"; its paths begin with {base}" if found.outside else ""
        return problem(
            404, "unknown-path", f"no endpoint of {self.plan.spec_path} has this path{hint}", place=self._spec_place()
        )

    def _spec_place(self) -> str:
        return f"{self.plan.spec_path}:1"

    def flight_ended(self, flight: int) -> None:
        """Tell that the client of a reply has gone before it came."""
        if flight:
            with self._lock:
                self.limits.end_flight(flight)

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
            self.limits.reset()
            self._store.reset()
            self._keyed.reset()
            self.received.clear()
            self._counts.clear()
            self._operations = self._prepared()
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
                "limits": self.limits.snapshot(self._clock.monotonic_s(), self._clock.utc_s()),
                "things": self._store.counts(),
            }


def _with_fault(answer: Answer, fault: Fault | None, state: ProfileState) -> Answer:
    """Return the answer with a word about what will go wrong on the wire."""
    return answer if fault is None else replace(answer, reason=state.said(FAULT_WORDS[fault.kind]))


def _retry_header(operation: OperationPlan) -> str:
    """Return the header that a 429 of this operation tells the pause in."""
    declared = (
        error.retry_after_header for error in operation.wire.response.errors if error.status.lower() in ("429", "4xx")
    )
    return next((name for name in declared if name), "Retry-After")
