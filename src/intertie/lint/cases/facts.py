"""What cases may name of a spec: its operations, their inputs and results, its codes, environments and versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from intertie.core.errors import InvalidInput, MappingError, snake_case
from intertie.runtime.inputs.schema_shape import shape_of
from intertie.runtime.mapping import parse_path
from intertie.runtime.plan import MappingRow, OperationPlan, Plan
from intertie.runtime.policies.fallback.options import applies
from intertie.runtime.statuses import StatusSet
from intertie.runtime.wires.rest.plan import RestWire
from intertie.runtime.wires.rest.requests.bodies import RAW_FIELD, BodyWriter
from intertie.runtime.wires.rest.requests.headers import pattern_of
from intertie.spec.model import Spec

if TYPE_CHECKING:
    from intertie.runtime.wires.rest.requests.builder import RequestBuilder


def _nothing_refused(_given: Mapping[str, object]) -> None:
    return None


class OperationFacts(Struct, frozen=True):
    """One operation, as a case sees it.

    Attributes:
        inputs: Names that its input may hold; None where they are not known.
        takes_others: Its body takes names that nothing declares.
        results: First names of paths in `data`; None where any may be there.
        declared: Names of the answer's schema where nothing is mapped: others may be there too.
        max_attempts: Of one call, the first included; None where there is no plan.
        fallback: What may answer instead: `cache`, `default`, `queue`; None where nothing does.
        successes: Statuses that the spec declares for a success, as written.
        longest_s: The longest a call can take, waits and retries included; None where there is no plan.
        refusal: Field and rule for which an input is refused before anything is sent, None where it is sent.
    """

    inputs: frozenset[str] | None = None
    takes_others: bool = True
    results: frozenset[str] | None = None
    declared: frozenset[str] = frozenset()
    max_attempts: int | None = None
    fallback: str | None = None
    successes: StatusSet = StatusSet()
    longest_s: float | None = None
    refusal: Callable[[Mapping[str, object]], tuple[str, str] | None] = _nothing_refused


class SpecFacts(Struct, frozen=True):
    """One spec, as a case sees it.

    Attributes:
        path: As shown.
        id: Empty where it has none.
        operations: By id, in the author's order.
        is_planned: A plan could be made: what an operation lacks it does not have.
        codes: The internal codes of its error mapping.
        environments: Names; empty where it has one URL.
        versions: That may be asked for; empty where it has none.
        cases: As Validation Cases gives them.
    """

    path: str
    id: str
    operations: Mapping[str, OperationFacts]
    is_planned: bool
    codes: frozenset[str]
    environments: tuple[str, ...]
    versions: tuple[str, ...]
    cases: tuple[str, ...]


def facts_of(spec: Spec, plan: Plan | None) -> SpecFacts:
    """Return what cases may name of a spec; without a plan only its operations are known."""
    names = [snake_case(endpoint.name.value) for endpoint in spec.endpoints if endpoint.name is not None]
    planned = plan.operations if plan is not None else {}
    return SpecFacts(
        spec.path,
        spec.id or "",
        {
            name: _operation(plan, planned[name]) if plan is not None and name in planned else OperationFacts()
            for name in names
        },
        plan is not None,
        frozenset(row.internal_code.value for row in spec.error_mapping if row.internal_code is not None),
        tuple(name.value for name, _ in spec.service.environments) if spec.service is not None else (),
        _versions(spec),
        tuple(line.path.value for line in spec.cases if line.path is not None),
    )


def _versions(spec: Spec) -> tuple[str, ...]:
    versioning = spec.versioning
    if versioning is None:
        return ()
    return tuple(dict.fromkeys(each.value for each in (versioning.current, *versioning.supported) if each is not None))


def _operation(plan: Plan, operation: OperationPlan) -> OperationFacts:
    fallback = plan.fallback
    stands_in = fallback.strategy if fallback is not None and applies(fallback, is_read=operation.is_read) else None
    default = fallback.default_response if fallback is not None and stands_in == "default" else None
    wire = operation.wire
    if not isinstance(wire, RestWire):
        return OperationFacts(max_attempts=operation.max_attempts, fallback=stands_in)
    body = BodyWriter(wire.body, operation.id) if wire.body is not None else None
    inputs = set(_read_names(operation.outbound))
    for name in wire.slots:
        inputs |= {name, snake_case(name)}
    for header in wire.headers:
        inputs |= {header.name, header.name.lower(), snake_case(header.name)}
        pattern = pattern_of(header)
        inputs.update(pattern.inputs if pattern is not None else ())
    if body is not None:
        inputs |= set(body.shape.members) if body.takes_members else {RAW_FIELD}
    results, declared = _results(operation)
    if results is not None and isinstance(default, Mapping):
        results |= {str(name) for name in default}
    return OperationFacts(
        frozenset(inputs),
        body is not None and body.takes_members and not body.shape.closed,
        results,
        declared,
        operation.max_attempts,
        stands_in,
        wire.response.statuses,
        operation.worst_case_s,
        # A credential in the body is none of the case's.
        _Refusing(plan, operation) if plan.auth.location != "body" else _nothing_refused,
    )


class _Refusing:
    """Asks the builder of an operation's requests, made when it is first asked, whether it takes an input."""

    def __init__(self, plan: Plan, operation: OperationPlan) -> None:
        self._plan = plan
        self._operation = operation

    def __call__(self, given: Mapping[str, object]) -> tuple[str, str] | None:
        try:
            self._builder.build(given, new_uuid=_no_uuid, now=_no_time, environ=_any_text)
        except InvalidInput as wrong:
            return wrong.field, wrong.rule
        except MappingError as wrong:
            return wrong.path.removeprefix(
                "$."
            ), f"can't be mapped by `{wrong.transform}`" if wrong.transform else "can't be mapped"
        return None

    @cached_property
    def _builder(self) -> RequestBuilder:
        from intertie.runtime.wires.rest.requests.builder import RequestBuilder  # noqa: PLC0415  # few cases need it

        return RequestBuilder(self._operation, self._plan.version, self._plan.origin.base_path)


def _no_uuid() -> str:
    return "00000000-0000-4000-8000-000000000000"


def _no_time() -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC)


def _any_text(_name: str) -> str:
    return "text"


def _read_names(rows: tuple[MappingRow, ...]) -> Iterator[str]:
    for row in rows:
        first = next(iter(getattr(row.read, "steps", ())), None)
        if isinstance(first, str):
            yield first


def _results(operation: OperationPlan) -> tuple[frozenset[str] | None, frozenset[str]]:
    """Return the names that `data` has at most, None where that is open, and those that its schema declares."""
    if operation.inbound:
        names: set[str] = set()
        for row in operation.inbound:
            first = next(iter(getattr(row.write, "steps", ())), None)
            if not isinstance(first, str):
                # A row that writes elsewhere than to a name: what the whole looks like is not known.
                return None, frozenset()
            names.add(first)
        return frozenset(names), frozenset()
    schema = operation.result.schema
    if schema is None:
        return None, frozenset()
    shape = shape_of(schema.json, schema.json)
    declared = frozenset(str(name) for name in shape.members)
    return (declared if shape.closed and declared else None), declared


def head_of(path: str) -> str | None:
    """Return the first name of a path into an answer, None where it begins otherwise or can't be read."""
    try:
        steps = getattr(parse_path(path), "steps", ())
    except ValueError:
        return None
    return steps[0] if steps and isinstance(steps[0], str) else None
