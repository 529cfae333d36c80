"""The tiny protocol, linked: questions written, frames read and judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from intertie.core.clock import Clock
from intertie.core.errors import InvalidInput, InvalidResponse, Reach, ServiceError, TokenRefused
from intertie.core.secret import Secret
from intertie.runtime.call import Answered, Failed, Kind, Outcome
from intertie.runtime.classify import unreadable
from intertie.runtime.http import Request, Response
from intertie.runtime.inputs.coercion import coerced
from intertie.runtime.mapping.mapper import Mapper
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.state import ServerHint
from intertie.runtime.wires.contract import NOT_PLAIN
from support.tiny_protocol.plan import KEY_HEADER, STREAM, TAG, TinyWire

WAIT_HEADER = "tiny-wait"
_DENIED, _BUSY, _BROKEN = "denied", "busy", "broken"


class Tiny:
    """The protocol."""

    tag = TAG

    def link(self, plan: Plan, operation: OperationPlan, *, clock: Clock, quote: Callable[[str], str]) -> LinkedTiny:
        """Return an operation, ready to be called."""
        del clock
        return LinkedTiny(plan, operation, quote)


class LinkedTiny:
    """One topic."""

    unusual_headers = frozenset({WAIT_HEADER.encode()})

    def __init__(self, plan: Plan, operation: OperationPlan, quote: Callable[[str], str]) -> None:
        assert isinstance(operation.wire, TinyWire)
        self._plan = plan
        self._operation = operation
        self._wire = operation.wire
        self._quote = quote
        self.opens_streams = self._wire.follows
        self._mapper = Mapper(operation.outbound, operation=operation.id) if operation.outbound else None

    def encode(
        self,
        input: Mapping[str, object],  # noqa: A002  # the word of the format
        *,
        version: str | None = None,
        idempotency_key: str | None = None,
        new_uuid: Callable[[], str],
        now: Callable[[], datetime],
        environ: Callable[[str], str],
        body_field: tuple[str, Secret] | None = None,
    ) -> Request:
        """Return the question."""
        del now, environ
        operation = self._operation
        question = dict(input) if self._mapper is None else self._mapper.map_object(input)
        schema = self._wire.question
        if schema is not None:
            question = coerced(question, schema.json, schema.json)
            if not schema.is_valid(question):
                path, rule = schema.first_error(question) or ("$", "schema")
                raise InvalidInput(
                    f"{operation.id}: {path} must be {rule}", operation=operation.id, field=path, rule=rule
                )
        if body_field is not None:
            question[body_field[0]] = body_field[1].reveal()
        headers = []
        if operation.idempotency_header is not None:
            headers.append((KEY_HEADER, idempotency_key or new_uuid()))
        if self._plan.version is not None and self._plan.version.strategy == "header":
            headers.append((self._plan.version.name, version or self._plan.version.current))
        body = f"TINY {self._wire.topic}\n{json.dumps(question)}".encode()
        target = f"{self._plan.origin.base_path}/tiny"
        upgrade = "tiny" if self._wire.follows else None
        return Request(
            "POST", target, tuple(headers), body=body, body_is_secret=body_field is not None, upgrade=upgrade
        )

    def idempotency_key_in(self, input: Mapping[str, object]) -> str | None:  # noqa: A002
        """Return none: a question has no place for it."""
        del input

    def plain(self, response: Response) -> object:
        """Return the data of an `OK` frame."""
        word, _, rest = response.body.partition(b"\n")
        if response.status != 200 or word != b"OK":
            return NOT_PLAIN
        try:
            return json.loads(rest)
        except ValueError:
            return NOT_PLAIN

    def answer(self, response: Response, *, stream: bool = False) -> Outcome:
        """Return what a frame is."""
        if stream and self.is_streamed(response):
            return Answered(None, response.status, response)
        word, _, rest = response.body.partition(b"\n")
        if response.status != 200 or not word.startswith((b"OK", b"NO ")):
            return self._failed(response, Kind.SERVICE_FAULT, _BROKEN, "no frame")
        if word == b"OK":
            try:
                return Answered(json.loads(rest), response.status, response)
            except ValueError:
                error = InvalidResponse(f"{self._operation.id}: the frame holds no JSON", path="$", rule="be JSON")
                return unreadable(error, response)
        code = word.removeprefix(b"NO ").decode("ascii", "replace")
        kinds = {_DENIED: Kind.CREDENTIAL_FAULT, _BUSY: Kind.THROTTLED, _BROKEN: Kind.SERVICE_FAULT}
        return self._failed(response, kinds.get(code, Kind.CALLER_FAULT), code, rest.decode("utf-8", "replace"))

    def is_streamed(self, response: Response) -> bool:
        """Return whether lines follow."""
        return response.status == 101 or (response.status == 200 and response.headers.get("content-type") == STREAM)

    def read_hint(self, response: Response, throttled: bool) -> ServerHint | None:
        """Return the pause of a `NO busy`."""
        waits_s = response.headers.get(WAIT_HEADER)
        if not throttled and waits_s is None:
            return None
        return ServerHint(throttled=throttled, pause_s=None if waits_s is None else float(waits_s))

    def _failed(self, response: Response, kind: Kind, code: str, words: str) -> Failed:
        codes = {Kind.SERVICE_FAULT: (code, "5xx"), Kind.THROTTLED: (code, "429")}.get(kind, (code, "4xx"))
        made = TokenRefused if kind is Kind.CREDENTIAL_FAULT else ServiceError
        error = made(f"{self._operation.id}: {self._plan.service} says no: {self._quote(code)}", reached=Reach.YES)
        error.external_code, error.external_message = self._quote(code), self._quote(words)
        unknown = kind is Kind.SERVICE_FAULT and not self._operation.replay_safe
        waits_s = response.headers.get(WAIT_HEADER)
        return Failed(
            error,
            kind,
            Reach.YES,
            effect_unknown=unknown,
            response=response,
            external_codes=codes,
            retry_after_s=float(waits_s) if kind is Kind.THROTTLED and waits_s is not None else None,
        )
