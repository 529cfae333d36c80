"""Requests made from the internal object: mapped, validated and encoded before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from msgspec.structs import replace

from intertie.core.errors import InvalidInput, snake_case
from intertie.core.secret import Secret
from intertie.runtime.http import Request
from intertie.runtime.inputs.complaints import invalid, unknown
from intertie.runtime.inputs.scalars import scalar_text
from intertie.runtime.mapping.contracts import MISSING
from intertie.runtime.mapping.mapper import Mapper
from intertie.runtime.mapping.paths import NamePath, Step, StepPath
from intertie.runtime.plan import MappingRow, OperationPlan
from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.wires.rest.plan import STREAM_TYPES, HeaderPlan, RestWire, rest_wire
from intertie.runtime.wires.rest.requests.bodies import RAW_FIELD, BodyWriter, Payload
from intertie.runtime.wires.rest.requests.headers import Sources, head_line, pattern_of, sendable
from intertie.runtime.wires.rest.requests.leftovers import merged, without
from intertie.runtime.wires.rest.requests.parameters import Parameter
from intertie.runtime.wires.rest.requests.percent import component
from intertie.runtime.wires.rest.requests.versions import known_versions, path_template, pieces

_PARAMETERS: Final = "\x00parameters"
_HEADERS: Final = "\x00headers"
"""Where outbound rows put parameters among the members of the body, out of the way of every other name."""


class _Place(NamedTuple):
    """Where an input field goes by its name; to a parameter and the body where both are declared."""

    parameter: str | None = None
    header: str | None = None
    body: bool = False


class _Template(NamedTuple):
    """One version's target: literal texts and parameters of the path in turn, and the query that is always there."""

    parts: tuple[str, ...]
    query: str


class _Usual(NamedTuple):
    """What requests have in common whose input is all the body's: JSON to one place, with a key or no field at all."""

    target: str
    head: bytes
    body: BodyWriter


class RequestBuilder:
    """Makes one operation's requests. Compiled once; `build` may be called from any thread.

    An input field that an outbound row names goes where the row says. Any other goes by name: to the parameter, the
    body's field or the header that is declared under it (to parameter and body where both are); a field that no schema
    names goes into an object body unless that is closed. A body that is no object is the input field `body`. Null is no
    value for a parameter or a header.
    """

    def __init__(self, operation: OperationPlan, version: VersionOptions | None, base_path: str) -> None:
        wire = rest_wire(operation)
        self._id = operation.id
        self._method = wire.method
        self._version = version
        self._versions = known_versions(version)
        self._body = BodyWriter(wire.body, operation.id) if wire.body is not None else None
        self._parameters = tuple(Parameter(plan, operation.id) for plan in wire.parameters)
        self._query = tuple(parameter for parameter in self._parameters if parameter.location == "query")
        self._in_path = {parameter.name: parameter for parameter in self._parameters if parameter.location == "path"}
        self._in_headers = tuple(parameter for parameter in self._parameters if parameter.location == "header")
        self._templates = {
            known: _Template(*pieces(path_template(base_path, wire.path, version, known)))
            for known in (*self._versions, None)
        }
        self._compile_headers(operation, wire)
        self._compile_rows(operation, wire)
        self._places = self._compile_places(wire)
        self._compile_shortcuts()
        names = () if self._key_header is None else _names_of(self._key_header)
        self._key_names = tuple(name for name in names if self._places[name].header)
        self._any_key_name = frozenset(self._key_names)
        self._known = (*self._places, *(str(row.read.text) for row in self._rows))
        self._heads = {
            (known, with_body): b"".join(head_line(*line) for line in self._static(known, with_body, frozenset()))
            for known in (*self._versions, None)
            for with_body in (False, True)
        }
        self._usual = self._compile_usual()

    def build(
        self,
        input: Mapping[str, object],  # noqa: A002  # the word of DESIGN
        *,
        version: str | None = None,
        idempotency_key: str | None = None,
        new_uuid: Callable[[], str],
        now: Callable[[], datetime],
        environ: Callable[[str], str],
        body_field: tuple[str, Secret] | None = None,
    ) -> Request:
        """Return the request of one call.

        Args:
            input: The internal object.
            version: API version asked for; None for the current one.
            idempotency_key: Value of the header that is one; None for a fresh one.
            new_uuid: For `{uuid}` and the boundary of multipart bodies.
            now: For `{timestamp}`.
            environ: Text of an environment variable by its name, for `{env:NAME}`.
            body_field: Name and credential that `authentication` puts into the body.

        Raises:
            InvalidInput: A field is missing, unknown, or breaks its schema; the version is not supported.
            MappingError: An outbound row can't do what it says.
            CredentialMissing: `environ` knows no such variable.
        """
        usual = self._usual
        if usual is not None and version is None and body_field is None and type(input) is dict and input:
            own = self._usual_lines(idempotency_key)
            if own is not None and self._is_all_body(input):
                sent = usual.body.at_once(input)
                if sent is not None:
                    return Request(self._method, usual.target, own, usual.head, sent)
        asked = self._asked(version)
        if type(input) is not dict and not isinstance(input, Mapping):
            raise invalid(self._id, "", "must be an object")
        parameters, body, headers, raw = self._sorted(input)
        template = self._templates[asked]
        target = self._path(template, parameters) if len(template.parts) > 1 else template.parts[0]
        query = self._query_of(template, parameters) if self._query or template.query else ""
        if self._only_key is not None and idempotency_key is not None and not headers:
            lines = [self._key_line(self._only_key, idempotency_key)]
        elif self._has_dynamic or headers:
            sources = Sources(new_uuid, now, environ)
            lines = self._dynamic(input, parameters, headers, idempotency_key, sources)
        else:
            lines = []
        payload: Payload | None = None
        if self._body is not None:
            if not self._body.takes_members:
                if raw is not MISSING and raw is not None:
                    payload = self._body.raw(raw).payload
                elif self._body.required:
                    raise invalid(self._id, RAW_FIELD, f"is required: it is the whole body ({self._body.content_type})")
                if body_field is not None:
                    raise invalid(self._id, "", f"can't carry the credential: the body is {self._body.content_type}")
            elif body or self._body.required or body_field is not None:
                payload, content_type = self._body.members(body, self._internal, new_uuid, body_field)
                if content_type is not None:
                    lines.append(("Content-Type", content_type))
        elif body_field is not None:
            raise invalid(self._id, "", "can't carry the credential: the endpoint has no body")
        if self._version is not None and self._version.strategy == "query":
            pair = f"{component(self._version.name)}={component(asked or self._version.current)}"
            query = f"{query}&{pair}" if query else pair
        return Request(
            self._method,
            f"{target}?{query}" if query else target,
            tuple(lines),
            self._head(asked, lines, with_body=payload is not None),
            payload,
            None,
            body_field is not None,
        )

    def idempotency_key_in(self, input: Mapping[str, object]) -> str | None:  # noqa: A002
        """Return the idempotency key that the caller gives by the header's name, None where none is given."""
        given: object = input
        # What is no object is refused by `build`, which says so.
        if (type(given) is dict or isinstance(given, Mapping)) and not self._any_key_name.isdisjoint(given):
            for name in self._key_names:
                value = given.get(name)
                if value is not None:
                    return self._header(name, value)
        return None

    def _asked(self, version: str | None) -> str | None:
        if version is None:
            return None if self._version is None else self._version.current
        if version in self._versions:
            return version
        if self._version is None:
            raise invalid(self._id, "", "asks for an API version, and the spec has no versions")
        raise invalid(self._id, "", f"asks for an API version that is none of {', '.join(self._versions)}")

    # --- input to places ----------------------------------------------------------------------------------------------

    def _sorted(
        self, given: Mapping[str, object]
    ) -> tuple[dict[str, object], dict[str, object], dict[str, str], object]:
        """Return parameters, body members, caller's headers (lower case -> value) and the raw body."""
        parameters: dict[str, object] = {}
        body: dict[str, object] = {}
        headers: dict[str, str] = {}
        raw: object = MISSING
        if self._mapper is not None:
            body = self._mapper.map_object(given)
            if self._maps_parameters:
                parameters = body.pop(_PARAMETERS, {})  # type: ignore[assignment]
            if self._maps_headers:
                headers = self._mapped_headers(body.pop(_HEADERS, {}))  # type: ignore[arg-type]
            if self._consumed.issuperset(given):
                return parameters, body, headers, raw
        elif type(given) is dict and self._is_all_body(given):
            return parameters, given, headers, raw
        places, consumed, partly = self._places, self._consumed, self._partly
        for name, value in given.items():
            if name in consumed:
                continue
            if partly and name in partly:
                value = without(value, partly[name])  # noqa: PLW2901  # what is left of it
                if value is MISSING:
                    continue
            place = places.get(name)
            if place is None:
                self._unknown(name)
                body[name] = value if name not in body else self._joined(name, body[name], value)
                continue
            if place.parameter is not None:
                if place.parameter in parameters:
                    raise self._set_twice(name)
                parameters[place.parameter] = value
            if place.header is not None and value is not None:
                if place.header in headers:
                    raise self._set_twice(name)
                headers[place.header] = self._header(name, value)
            if place.body:
                if self._body is not None and not self._body.takes_members:
                    raw = value
                else:
                    body[name] = value if name not in body else self._joined(name, body[name], value)
        return parameters, body, headers, raw

    def _is_all_body(self, given: dict[str, object]) -> bool:
        """Return whether each field goes into the body by its name, and nowhere else."""
        if self._only_body is None:
            return False
        return self._elsewhere.isdisjoint(given) if self._is_open else self._only_body.issuperset(given)

    def _mapped_headers(self, mapped: Mapping[str, object]) -> dict[str, str]:
        """Return the headers that rows fill, by lower-case name; one without a value is not sent."""
        return {name: self._header(self._spelled[name], value) for name, value in mapped.items() if value is not None}

    def _unknown(self, name: str) -> None:
        """Refuse an input field that nothing declares, unless the body takes any."""
        if self._body is not None and self._body.takes_members and not self._body.shape.closed:
            return
        where = "the operation" if self._body is None else "the operation, whose body takes no others"
        raise unknown(self._id, str(name), self._known, where)

    def _joined(self, name: str, made: object, left: object) -> object:
        both = merged(made, left)
        if both is MISSING:
            raise self._set_twice(name)
        return both

    def _set_twice(self, name: str) -> InvalidInput:
        ours = self._internal.get(name)
        other = f"the mapping from `{ours}`" if ours else "another spelling of its name"
        return invalid(self._id, name, f"is set by {other} already: give only one of both")

    def _header(self, name: str, value: object) -> str:
        try:
            return sendable(scalar_text(value))
        except ValueError as error:
            raise invalid(self._id, name, str(error)) from None

    # --- parts of the request -----------------------------------------------------------------------------------------

    def _path(self, template: _Template, parameters: Mapping[str, object]) -> str:
        written = list(template.parts)
        for index in range(1, len(written), 2):
            name = written[index]
            parameter = self._in_path.get(name)
            if parameter is None:
                raise invalid(self._id, name, "stands in the path, and no parameter declares it")
            written[index] = parameter.text(parameters.get(name, MISSING), self._internal) or ""
        return "".join(written)

    def _query_of(self, template: _Template, parameters: Mapping[str, object]) -> str:
        written = [template.query] if template.query else []
        for parameter in self._query:
            text = parameter.text(parameters.get(parameter.name, MISSING), self._internal)
            if text:
                written.append(text)
        return "&".join(written)

    def _dynamic(
        self,
        given: Mapping[str, object],
        parameters: Mapping[str, object],
        headers: dict[str, str],
        key: str | None,
        sources: Sources,
    ) -> list[tuple[str, str]]:
        lines: list[tuple[str, str]] = []
        for parameter in self._in_headers:
            text = parameter.text(parameters.get(parameter.name, MISSING), self._internal)
            if text is not None:
                lines.append((parameter.name, text))
        for pattern in self._patterns:
            plan = pattern.plan
            if plan.name.lower() in headers:
                continue
            try:
                value = pattern.value(given, key, sources)
            except ValueError as error:
                raise invalid(self._id, ", ".join(pattern.inputs) or plan.name, str(error)) from None
            if value is not None:
                lines.append((plan.name, value))
            elif plan.required:
                missing = next(name for name in pattern.inputs if given.get(name) is None)
                raise invalid(self._id, missing, f"is required (for the header {plan.name})")
        for plan in self._required:
            if plan.name.lower() not in headers:
                raise invalid(self._id, plan.name, "is required (header)")
        lines.extend((self._spelled.get(name, name), value) for name, value in headers.items())
        return lines

    def _usual_lines(self, key: str | None) -> tuple[tuple[str, str], ...] | None:
        """Return the call's own lines where they are the key or none, None where they need a look."""
        name = self._only_key
        if name is None:
            return () if not self._has_dynamic else None
        return ((name, key.strip(" ")),) if key is not None and key.isascii() and key.isprintable() else None

    def _key_line(self, name: str, key: str) -> tuple[str, str]:
        try:
            return name, sendable(key)
        except ValueError as error:
            raise invalid(self._id, name, str(error)) from None

    def _head(self, version: str | None, lines: list[tuple[str, str]], *, with_body: bool) -> bytes:
        for name, _ in lines:
            if name.lower() in self._static_names:
                own = frozenset(each.lower() for each, _ in lines)
                return b"".join(head_line(*line) for line in self._static(version, with_body, own))
        return self._heads[version, with_body]

    def _static(self, version: str | None, with_body: bool, without_names: frozenset[str]) -> list[tuple[str, str]]:
        lines = list(self._literals)
        if with_body and self._body is not None:
            lines.append(("Content-Type", self._body.content_type))
        if self._version is not None and self._version.strategy == "header":
            lines.append((self._version.name, version or self._version.current))
        return [line for line in lines if line[0].lower() not in without_names]

    # --- compiled once ------------------------------------------------------------------------------------------------

    def _compile_headers(self, operation: OperationPlan, wire: RestWire) -> None:
        patterns = [pattern_of(plan) for plan in wire.headers]
        self._patterns = tuple(pattern for pattern in patterns if pattern is not None)
        literals = [
            (plan.name, sendable(plan.value))
            for plan, pattern in zip(wire.headers, patterns, strict=True)
            if pattern is None and plan.value is not None
        ]
        names = {plan.name.lower() for plan in wire.headers} | {p.name.lower() for p in self._in_headers}
        accept = STREAM_TYPES.get(operation.streaming or "", wire.response.content_type)
        if accept and "accept" not in names:
            literals.insert(0, ("Accept", accept))
        self._literals = tuple(literals)
        static = {name.lower() for name, _ in literals} | {"content-type"}
        if self._version is not None and self._version.strategy == "header":
            static.add(self._version.name.lower())
        self._static_names = frozenset(static)
        self._required = tuple(plan for plan in wire.headers if plan.value is None and plan.required)
        self._spelled = {plan.name.lower(): plan.name for plan in wire.headers}
        self._has_dynamic = bool(self._patterns or self._required or self._in_headers)
        self._key_header: HeaderPlan | None = next((p for p in wire.headers if p.is_idempotency_key), None)

    def _compile_rows(self, operation: OperationPlan, wire: RestWire) -> None:
        names = {parameter.name for parameter in wire.parameters}
        headers = self._mappable_headers(wire)
        rows: list[MappingRow] = []
        for row in operation.outbound:
            if row.write.text.strip() in names:
                rows.append(replace(row, write=StepPath(row.write.text, (_PARAMETERS, row.write.text.strip()))))
            elif row.write.text.strip().lower() in headers:
                rows.append(replace(row, write=StepPath(row.write.text, (_HEADERS, row.write.text.strip().lower()))))
            elif self._body is not None:
                rows.append(row)
            # A row for a body field does not apply where there is no body: FORMAT section 8.
        self._rows = tuple(rows)
        self._mapper = Mapper(self._rows, operation=operation.id) if rows else None
        self._maps_parameters = any(row.write.text.strip() in names for row in rows)
        self._maps_headers = any(isinstance(row.write, StepPath) and row.write.steps[0] == _HEADERS for row in rows)
        self._internal = {row.write.text.strip(): row.read.text.strip() for row in rows}
        self._consumed = frozenset(row.read.name for row in rows if isinstance(row.read, NamePath))
        partly: dict[str, list[tuple[Step, ...]]] = {}
        for row in rows:
            steps: tuple[Step, ...] = getattr(row.read, "steps", ())
            if len(steps) > 1 and isinstance(steps[0], str):
                partly.setdefault(steps[0], []).append(steps[1:])
        self._partly = partly

    def _mappable_headers(self, wire: RestWire) -> frozenset[str]:
        """Return lower-case names of headers that rows fill: those that a caller gives, no key, no member of the body.

        An idempotency key is the call's before anything is mapped.
        """
        members = self._body.shape.members if self._body is not None and self._body.takes_members else {}
        return frozenset(
            plan.name.lower()
            for plan in wire.headers
            if plan.value is None and not plan.is_idempotency_key and plan.name not in members
        )

    def _compile_places(self, wire: RestWire) -> dict[str, _Place]:
        """Return where each name goes; declared names come first, other spellings fill what is free."""
        places: dict[str, _Place] = {}
        for parameter in wire.parameters:
            places[parameter.name] = _Place(parameter=parameter.name)
        if self._body is not None:
            members = self._body.shape.members if self._body.takes_members else {RAW_FIELD: True}
            for name in members:
                places[name] = places.get(name, _Place())._replace(body=True)
        for plan in wire.headers:
            for name in _names_of(plan):
                places.setdefault(name, _Place(header=plan.name.lower()))
        for parameter in wire.parameters:
            places.setdefault(snake_case(parameter.name), _Place(parameter=parameter.name))
        for pattern in self._patterns:
            for name in pattern.inputs:
                places.setdefault(name, _Place())
        return places

    def _compile_shortcuts(self) -> None:
        """Note what the usual requests need not look for: where all input is the body's, and one header is the key."""
        in_body = frozenset(name for name, place in self._places.items() if place == _Place(body=True))
        takes_members = self._body is not None and self._body.takes_members
        self._only_body = in_body if takes_members else None
        self._elsewhere = frozenset(self._places) - in_body
        self._is_open = self._body is not None and not self._body.shape.closed
        key = (
            self._patterns[0].plan if len(self._patterns) == 1 and not self._required and not self._in_headers else None
        )
        is_key = key is not None and key.is_idempotency_key and key.value == "{uuid}"
        self._only_key = key.name if key is not None and is_key and key.name.lower() not in self._static_names else None

    def _compile_usual(self) -> _Usual | None:
        asked = self._asked(None)
        template = self._templates[asked]
        in_query = self._version is not None and self._version.strategy == "query"
        if self._body is None or self._only_body is None or self._mapper is not None or self._query or in_query:
            return None
        if len(template.parts) > 1 or (self._has_dynamic and self._only_key is None):
            return None
        target = f"{template.parts[0]}?{template.query}" if template.query else template.parts[0]
        return _Usual(target, self._heads[asked, True], self._body)


def _names_of(plan: HeaderPlan) -> tuple[str, ...]:
    """Return the spellings under which a caller may give a header."""
    return tuple(dict.fromkeys((plan.name, plan.name.lower(), snake_case(plan.name))))
