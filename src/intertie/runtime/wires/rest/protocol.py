"""REST, linked: an operation's requests written, and its answers read and judged."""

from __future__ import annotations

from collections.abc import Callable

from intertie.core.clock import Clock
from intertie.core.errors import InvalidResponse, MappingError, ProtocolError
from intertie.runtime.call import Outcome
from intertie.runtime.disguises import ERROR_SIGNS
from intertie.runtime.hints import has_hint, read_hint
from intertie.runtime.http import Response
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.state import ServerHint
from intertie.runtime.wires.contract import NOT_PLAIN
from intertie.runtime.wires.rest.classify import Classifier, declared_retry_after
from intertie.runtime.wires.rest.plan import rest_wire
from intertie.runtime.wires.rest.requests.builder import RequestBuilder
from intertie.runtime.wires.rest.responses import ResponseReader

TAG = "rest"


class Rest:
    """The protocol."""

    tag = TAG

    def link(self, plan: Plan, operation: OperationPlan, *, clock: Clock, quote: Callable[[str], str]) -> LinkedRest:
        """Return an operation, ready to be called."""
        return LinkedRest(plan, operation, clock=clock, quote=quote)


class LinkedRest:
    """One operation of REST.

    Attributes:
        builder, reader, classifier: Requests written, bodies read, answers judged.
    """

    opens_streams = False
    unusual_headers: frozenset[bytes] = frozenset()

    def __init__(self, plan: Plan, operation: OperationPlan, *, clock: Clock, quote: Callable[[str], str]) -> None:
        wire = rest_wire(operation)
        self.builder = RequestBuilder(operation, plan.version, plan.origin.base_path)
        self.reader = ResponseReader(operation, plan.errors)
        rows = frozenset(row.external_code for row in plan.errors.rows if not _is_status(row.external_code))
        self.classifier = Classifier(operation, wire, self.reader, plan.service, rows, clock, quote)
        # The builder's own methods rather than ours around them: each call passes here.
        self.encode, self.idempotency_key_in = self.builder.build, self.builder.idempotency_key_in
        self._clock = clock
        self._pauses_named = tuple(error for error in wire.response.errors if error.retry_after_header)
        self._success_statuses = wire.response.statuses.codes

    def plain(self, response: Response) -> object:
        """Return the data of a declared success, `NOT_PLAIN` where the body is another type, broken, or an error."""
        if response.status not in self._success_statuses:
            return NOT_PLAIN
        try:
            data = self.reader.decode(response)
        except (ProtocolError, InvalidResponse, MappingError):
            return NOT_PLAIN
        if type(data) is dict:
            if data.keys().isdisjoint(ERROR_SIGNS) or self.classifier.error_in(data, response) is None:
                return data
        elif self.classifier.hidden_error(data, response) is None:
            return data
        return NOT_PLAIN

    def answer(self, response: Response, *, stream: bool = False) -> Outcome:
        """Return what an answer is."""
        return self.classifier.answer(response, stream=stream)

    def is_streamed(self, response: Response) -> bool:
        """Return whether the body of an answer is handed on as a stream: of a success, of a declared media type."""
        return self.classifier.is_streamed(response)

    def read_hint(self, response: Response, throttled: bool) -> ServerHint | None:
        """Return what an answer says about the limit: rate limit headers, and the pause of a refusal."""
        header = declared_retry_after(self._pauses_named, response.status) if self._pauses_named else None
        if header is None and not throttled and not has_hint(response.headers):
            return None
        pauses = throttled or response.status in {429, 503}
        now_s = self._clock.utc_s()
        return read_hint(response.headers, now_s=now_s, throttled=throttled, pauses=pauses, retry_after_header=header)


def _is_status(code: str) -> bool:
    return len(code) == 3 and code[0] in "12345" and (code.isdigit() or code[1:].lower() == "xx")
