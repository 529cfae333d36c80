"""REST as a service speaks it: the operation that a request means, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from urllib.parse import parse_qs

import msgspec

from intertie.mockserver.guards.version import VersionRule
from intertie.mockserver.kept import Kept
from intertie.mockserver.messages import Answer, MockRequest
from intertie.mockserver.problems import problem
from intertie.mockserver.profiles import ForcedAnswer
from intertie.mockserver.wires.rest.failures import DeclaredErrors
from intertie.mockserver.wires.rest.forced import forced_answer
from intertie.mockserver.wires.rest.operations import MockOperation
from intertie.mockserver.wires.rest.resource_shapes import Role, find_roles
from intertie.mockserver.wires.rest.resources import ResourceAnswers, Wanted
from intertie.mockserver.wires.rest.routing import Route, Router, UnknownPath, UnsupportedVersion, WrongMethod
from intertie.mockserver.wires.rest.samples import SuccessAnswers
from intertie.mockserver.wires.rest.thing_maker import ThingMaker
from intertie.mockserver.wires.rest.things import Store
from intertie.mockserver.wires.rest.twins import Twins
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.wires.rest.plan import RestWire, rest_operations, rest_wire

_CACHED = 4096
_LONGEST_CACHED = 1024


class RestService:
    """The protocol."""

    tag = "rest"

    def mock(self, plan: Plan, *, versions: VersionRule, seed: int | str, recent_s: float) -> RestMock:
        """Return the REST operations of a plan."""
        return RestMock(plan, versions=versions, seed=seed, recent_s=recent_s)


class RestAsked:
    """An operation found by method and path."""

    __slots__ = ("_made", "_path", "_path_values", "_target_refused", "mocked", "operation", "query", "version")

    def __init__(
        self, mocked: MockOperation, route: Route, path: str, query: Mapping[str, list[str]], made: MadeAnswers
    ) -> None:
        self.operation = mocked.plan
        self.mocked = mocked
        self.query = query
        self.version = route.version
        self._path = path
        self._path_values = route.path_values
        self._target_refused = mocked.check_target(route.path_values, query)
        self._made = made

    def read(self, request: MockRequest) -> object | Answer:
        """Return the decoded body."""
        return self.mocked.read_body(request)

    def check(
        self, request: MockRequest, message: object | Answer, *, credential_field: str | None
    ) -> tuple[object, Answer | None]:
        """Return the body as its schema types it, and the refusal of headers, path, query or body."""
        refused = self.mocked.check_headers(request) or self._target_refused
        if refused is None and isinstance(message, Answer):
            refused = message
        if refused is not None:
            return None, refused
        return self.mocked.check_body(message, credential_field=credential_field)

    def idempotency_key(self, request: MockRequest) -> str | None:
        """Return the value of the header that is one."""
        header = self.mocked.idempotency_header
        return request.headers.get(header) if header else None

    def answer(self, request: MockRequest, message: object, utc_s: float) -> Answer:
        """Return the stored thing, the example, or what the schema allows."""
        mocked = self.mocked
        if mocked.resource is not None:
            fields = message if isinstance(message, Mapping) else None
            return mocked.resource.answer(Wanted(self._path, self._path_values, self.query, fields, utc_s))
        # The same request gets the same answer: made once, kept encoded.
        key = (self.operation.id, request.target, blake2b(request.body, digest_size=16).digest())
        made = self._made.get(key)
        if made is None:
            given = mocked.given(self._path_values, self.query, message)
            made = mocked.success.made(f"{request.target}:{key[2].hex()}", given)
            self._made.put(key, made, len(request.target) + len(made.body))
        return made


MadeAnswers = Kept[tuple[str, str, bytes], Answer]


class _Resolved(msgspec.Struct, frozen=True):
    """What method and target alone decide: one operation, a refusal, or several that the rest tells apart."""

    found: RestAsked | Answer
    twins: Mapping[str, RestAsked] = {}


class RestMock:
    """The REST operations of one plan."""

    def __init__(self, plan: Plan, *, versions: VersionRule, seed: int | str, recent_s: float) -> None:
        self._plan = plan
        self._versions = versions
        self._seed = seed
        self._recent_s = recent_s
        self._router = Router(plan)
        self._errors = DeclaredErrors(plan, recent_s=recent_s, seed=seed)
        self._store = Store()
        self._resolved: dict[tuple[str, str], _Resolved] = {}
        self._twins: dict[tuple[str, ...], Twins] = {}
        self._made: MadeAnswers = Kept(_CACHED)
        self._retry_headers = {operation.id: _retry_header(wire) for operation, wire in rest_operations(plan)}
        self._operations = self._prepared()

    def _prepared(self) -> dict[str, MockOperation]:
        roles = find_roles(self._plan)
        makers: dict[str, ThingMaker] = {}
        prepared: dict[str, MockOperation] = {}
        for operation, _ in rest_operations(self._plan):
            success = SuccessAnswers(operation, seed=self._seed, recent_s=self._recent_s)
            role = roles.get(operation.id)
            resource = None
            if role is not None:
                if role.collection not in makers:
                    makers[role.collection] = self._maker(role, roles)
                resource = ResourceAnswers(role, success, makers[role.collection], self._errors, self._store)
            prepared[operation.id] = MockOperation(operation, success, resource)
        return prepared

    def _maker(self, role: Role, roles: Mapping[str, Role]) -> ThingMaker:
        members = [
            (self._plan.operations[name], other) for name, other in roles.items() if other.collection == role.collection
        ]
        return ThingMaker(members, seed=self._seed, recent_s=self._recent_s)

    def find(self, request: MockRequest) -> RestAsked | Answer:
        """Return the operation that method and path mean; of several, the one that the rest of the request means."""
        resolved = self._resolved.get((request.method, request.target)) or self._resolve(request)
        return self._one_of(resolved.twins, request) if resolved.twins else resolved.found

    def error(self, operation: OperationPlan, status: int, *, code: str | None = None, rule: str = "forced") -> Answer:
        """Return the declared error answer of a status, else a problem document."""
        return self._errors.answer(operation, status, code=code, rule=rule)

    def refusal(self, answer: Answer) -> Answer:
        """Return it as it is: a problem document is REST's own form."""
        return answer

    def forced(self, forced: ForcedAnswer, operation: OperationPlan) -> Answer:
        """Return the given body, else the declared error's, else an empty success."""
        return forced_answer(forced, operation, self._errors)

    def retry_header(self, operation: OperationPlan) -> str:
        """Return the declared header of a 429, else `Retry-After`."""
        return self._retry_headers[operation.id]

    def key_reused_status(self, operation: OperationPlan) -> int:
        """Return 422, or 409 or 400 where only that is declared."""
        declared = {error.status for error in rest_wire(operation).response.errors}
        return next((status for status in (422, 409, 400) if str(status) in declared), 422)

    def reset(self) -> None:
        """Forget what was stored."""
        self._store.reset()
        self._resolved.clear()
        self._operations = self._prepared()

    def counts(self) -> dict[str, int]:
        """Return how many things are stored, by collection."""
        return self._store.counts()

    def _resolve(self, request: MockRequest) -> _Resolved:
        path, _, query_text = request.target.partition("?")
        found = self._router.find(request.method, path)
        if isinstance(found, Route):
            query = parse_qs(query_text, keep_blank_values=True) if query_text else {}
            routed = {
                route.operation.id: RestAsked(self._operations[route.operation.id], route, path, query, self._made)
                for route in (found, *found.twins)
            }
            resolved = _Resolved(routed[found.operation.id], routed if found.twins else {})
        else:
            resolved = _Resolved(self._unrouted(found, request.method))
        if len(self._resolved) >= _CACHED:
            self._resolved.clear()
        if len(request.target) <= _LONGEST_CACHED:
            self._resolved[(request.method, request.target)] = resolved
        return resolved

    def _one_of(self, twins: Mapping[str, RestAsked], request: MockRequest) -> RestAsked | Answer:
        """Return what a request means that method and path alone don't decide."""
        names = tuple(twins)
        known = self._twins.get(names)
        if known is None:
            known = self._twins[names] = Twins(self._plan.operations[name] for name in names)
        chosen = known.chosen(self._operations, next(iter(twins.values())).query, request)
        return known.refusal(self._plan.spec_path) if chosen is None else twins[chosen]

    def _unrouted(self, found: WrongMethod | UnsupportedVersion | UnknownPath, method: str) -> Answer:
        place = f"{self._plan.spec_path}:1"
        if isinstance(found, WrongMethod):
            allowed = ", ".join(found.allowed)
            detail = f"{method} is not declared for this path; the spec has {allowed} ({self._plan.spec_path})"
            return problem(405, "wrong-method", detail, place=place, headers=(("Allow", allowed),))
        if isinstance(found, UnsupportedVersion):
            operation = next(iter(self._plan.operations.values()))
            return self._versions.refusal(found.version, operation)
        base = self._plan.origin.base_path
        hint = f"; its paths begin with {base}" if found.outside else ""
        detail = f"no endpoint of {self._plan.spec_path} has this path{hint}"
        return problem(404, "unknown-path", detail, place=place)


def _retry_header(wire: RestWire) -> str:
    """Return the header that a 429 of an operation tells the pause in."""
    declared = (error.retry_after_header for error in wire.response.errors if error.status.lower() in ("429", "4xx"))
    return next((name for name in declared if name), "Retry-After")
