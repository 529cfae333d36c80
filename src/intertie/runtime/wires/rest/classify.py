"""Decides once what an answer was; everybody else acts on that.

| what came | kind | to the breaker |
|---|---|---|
| a declared success, or another 2xx (with a warning) | success | success |
| the same with a body of another media type than the spec declares | service_fault | failure, where it counts any 5xx |
| 429 or a disguise of one (`disguises`) | throttled | neutral |
| the same, when the pause is longer than the call can wait | quota_exhausted | neutral |
| 401; 403 that speaks of our credential | credential_fault | neutral |
| any other 4xx; a 3xx, since redirects are not followed | caller_fault | success: the service answered |
| 5xx | service_fault | failure, where the plan counts it |
| an answer that can't be read | mapping_fault | neutral |

A body's media type is judged on successes alone: an error status keeps its class whatever comes with it. An absent
type counts as the declared one, and an empty body has none. What agrees: `core.media_types`. A small JSON document in
the place of another type is asked first whether it is an error.

After an ambiguous failure (408, or a 5xx that is not a plain refusal to work; a success of another media type) an
operation that can't be replayed has an unknown effect. Exchanges that failed: `runtime.classify`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from intertie.core.clock import Clock
from intertie.core.errors import (
    CallError,
    InvalidResponse,
    MappingError,
    ProtocolError,
    Reach,
    ServiceError,
    TokenRefused,
)
from intertie.runtime.bounds import decode_json
from intertie.runtime.call import Answered, Failed, Kind, Outcome
from intertie.runtime.classify import unreadable
from intertie.runtime.disguises import hidden_codes, may_hide_error, says_bad_credential, says_throttled
from intertie.runtime.hints import quota, retry_after_s
from intertie.runtime.http import Response
from intertie.runtime.plan import OperationPlan
from intertie.runtime.wires.rest.plan import ErrorAnswerPlan, RestWire
from intertie.runtime.wires.rest.unexpected_type import UnexpectedTypeError

if TYPE_CHECKING:
    from intertie.runtime.wires.rest.responses import ErrorReading, ResponseReader

UNEXPECTED_TYPE = "unexpected_content_type"
"""The `external_code` of a success whose body is of another media type, beside `5xx`."""
_NO_CONTENT = frozenset({204, 205, 304})
_LONGEST_LABELLED = 64 * 1024
"""Bytes of a body that is tried as JSON for a message alone."""
NOT_AMBIGUOUS_5XX = frozenset({501, 503, 505})
"""Server errors that say the request was not carried out: unknown method, no capacity, unknown protocol version."""


class _Said(Struct, frozen=True):
    """Code and message of the service, safe to hand on; None where it gives none."""

    code: str | None
    message: str | None

    def put_on(self, error: CallError) -> CallError:
        """Note both on an error."""
        error.external_code, error.external_message = self.code, self.message
        return error

    def __str__(self) -> str:
        """Return what follows a status in a sentence: ` (card_declined), saying "Your card was declined."`."""
        code = f" ({self.code})" if self.code else ""
        return f'{code}, saying "{self.message}"' if self.message else code


class Classifier(Struct, frozen=True):
    """The judge of one operation's attempts.

    Attributes:
        service: Slug, for messages.
        row_codes: `external_code`s of the error mapping that are a provider's own: a success that holds one is an
            error.
        quote: Makes words of the service safe to hand on: on one line, masked, cut. Rows are matched before it.
    """

    operation: OperationPlan
    wire: RestWire
    reader: ResponseReader
    service: str
    row_codes: frozenset[str]
    clock: Clock
    quote: Callable[[str], str]

    def is_success(self, status: int) -> bool:
        """Return whether an answer of this status is one: declared, or another 2xx."""
        return status in self.wire.response.statuses or 200 <= status < 300

    def is_streamed(self, response: Response) -> bool:
        """Return whether the body of an answer is handed on as a stream: of a success, of a declared media type."""
        if not self.is_success(response.status):
            return False
        try:
            if self._has_body(response):
                self.reader.check_type(response)
        except UnexpectedTypeError:
            return False
        return True

    def answer(self, response: Response, *, stream: bool = False) -> Outcome:
        """Return what an answer is; the data of a success is decoded, neither validated nor mapped."""
        if self.is_success(response.status):
            declared = response.status in self.wire.response.statuses
            try:
                if not stream:
                    return self._success(response, declared=declared)
                if self._has_body(response):
                    self.reader.check_type(response)
            except UnexpectedTypeError as unexpected:
                # A declared success may have an error's status: with a body that nobody declared it is that error.
                if response.status >= 400:
                    return self._error(response)
                hidden = self.hidden_error(response.body, response)
                return self._of_another_type(response, unexpected) if hidden is None else hidden
            return Answered(None, response.status, response)
        return self._error(response)

    def _has_body(self, response: Response) -> bool:
        """Return whether a body follows a head, as far as the head says (RFC 9110 section 6.4.1)."""
        no_body = self.wire.method == "HEAD" or response.status in _NO_CONTENT
        return not no_body and response.headers.get("content-length") != "0"

    def _of_another_type(self, response: Response, unexpected: UnexpectedTypeError) -> Failed:
        """Return what a success is whose body is of another media type."""
        unknown = not self.operation.replay_safe
        effect = "; it may have taken effect, so it was not sent again" if unknown else ""
        error = ServiceError(
            f"{self.operation.id}: {self.service} answered {response.status} with {self.quote(unexpected.received)}, "
            f"and the spec declares {unexpected.declared}{_of_what_it_is(response.body)}{effect}",
            reached=Reach.YES,
        )
        codes = (UNEXPECTED_TYPE, "5xx")
        return Failed(
            error, Kind.SERVICE_FAULT, Reach.YES, effect_unknown=unknown, response=response, external_codes=codes
        )

    def _success(self, response: Response, *, declared: bool) -> Outcome:
        try:
            data = self.reader.decode(response)
        except UnexpectedTypeError:
            raise
        except (ProtocolError, InvalidResponse, MappingError) as error:
            return unreadable(error, response)
        hidden = self.hidden_error(data, response)
        if hidden is not None:
            return hidden
        warnings = () if declared else (self._undeclared(response.status),)
        return Answered(data, response.status, response, warnings=warnings)

    def hidden_error(self, data: object, response: Response) -> Failed | None:
        """Return what a success is whose body holds an error; None where it is what it says.

        Data that is still bytes is looked at where a small JSON document came in its place.
        """
        if type(data) is bytes:
            data = self.reader.small_json(response)
        return self.error_in(data, response) if may_hide_error(data) else None

    def error_in(self, data: object, response: Response) -> Failed | None:
        """Return what a success is whose data may hold an error, None where it holds none."""
        codes = hidden_codes(data)
        if not (codes or self.row_codes):
            return None
        throttle = next((code for code in codes if code == "429" or says_throttled(code)), None) if codes else None
        if throttle is not None:
            said = self._said(throttle, self.reader.own_message(data, response.status))
            return self._failed(response, Kind.THROTTLED, (throttle, "429", "4xx"), said)
        if self.row_codes:
            own = self.reader.own_code(data, response)
            if own is not None and own in self.row_codes:
                said = self._said(own, self.reader.own_message(data, response.status))
                return self._failed(response, Kind.CALLER_FAULT, (own,), said)
        return None

    def _error(self, response: Response) -> Failed:
        status = response.status
        reading = self.reader.error_codes(response)
        own = reading.external_code
        codes = (*((own,) if own is not None else ()), str(status), f"{status // 100}xx")
        unknown = _is_ambiguous(status) and not self.operation.replay_safe
        said = self._said(own, reading.message)
        if self._is_throttled(response, reading):
            return self._failed(response, Kind.THROTTLED, codes, said, effect_unknown=unknown)
        if status == 401 or (status == 403 and self._is_about_our_credential(response, reading)):
            return self._credential_fault(response, codes, said)
        kind = Kind.SERVICE_FAULT if status >= 500 else Kind.CALLER_FAULT
        return self._failed(response, kind, codes, said, effect_unknown=unknown)

    def _said(self, code: str | None, message: str | None) -> _Said:
        """Return what the service says, as it may stand in errors, logs and on terminals."""
        quoted = self.quote(message) if message else None
        return _Said(self.quote(code) if code is not None else None, quoted if quoted != code else None)

    def _is_throttled(self, response: Response, reading: ErrorReading) -> bool:
        status = response.status
        if status == 429 or says_throttled(reading.external_code):
            return True
        if status not in {403, 503}:
            return False
        now_s = self.clock.utc_s()
        stated_s = retry_after_s(response.headers, now_s=now_s, header=self._retry_after_header(status))
        # A service that is down tells what is left of the quota too: of a 503, nothing left is no reason.
        spent = status == 403 and quota(response.headers, now_s=now_s)[0] == 0
        return bool(stated_s) or spent or says_throttled(reading.message)

    def _is_about_our_credential(self, response: Response, reading: ErrorReading) -> bool:
        challenge = response.headers.get("www-authenticate")
        return any(says_bad_credential(text) for text in (challenge, reading.external_code, reading.message))

    def _credential_fault(self, response: Response, codes: tuple[str, ...], said: _Said) -> Failed:
        message = (
            f"{self.operation.id}: {self.service} refuses our credential with status {response.status}{said}; "
            "check the secret that `authentication` refers to"
        )
        error = said.put_on(TokenRefused(message, reached=Reach.YES))
        return Failed(error, Kind.CREDENTIAL_FAULT, Reach.YES, response=response, external_codes=codes)

    def _failed(
        self,
        response: Response,
        kind: Kind,
        codes: tuple[str, ...],
        said: _Said,
        *,
        effect_unknown: bool = False,
    ) -> Failed:
        status = response.status
        pauses = kind is Kind.THROTTLED or status in {429, 503}
        header = self._retry_after_header(status)
        wait_s = retry_after_s(response.headers, now_s=self.clock.utc_s(), header=header) if pauses else None
        verb = "throttles us with" if kind is Kind.THROTTLED else "answered"
        effect = "; whether it took effect is unknown, so it was not sent again" if effect_unknown else ""
        message = f"{self.operation.id}: {self.service} {verb} {status}{said}{effect}"
        error = ServiceError(message, reached=Reach.YES, retry_after_s=wait_s)
        return Failed(
            said.put_on(error),
            kind,
            Reach.YES,
            effect_unknown=effect_unknown,
            response=response,
            external_codes=codes,
            retry_after_s=wait_s,
        )

    def _retry_after_header(self, status: int) -> str | None:
        return declared_retry_after(self.wire.response.errors, status)

    def _undeclared(self, status: int) -> str:
        return f"{self.operation.id}: {self.service} answered {status}, which the spec does not declare as a success"


def _is_ambiguous(status: int) -> bool:
    """Return whether an answer leaves open if the request took effect, whatever else it says."""
    return status == 408 or (status >= 500 and status not in NOT_AMBIGUOUS_5XX)


def declared_retry_after(errors: tuple[ErrorAnswerPlan, ...], status: int) -> str | None:
    """Return the header that the most specific declared answer for `status` names, None where none does."""
    named = {error.status: error.retry_after_header for error in errors if error.retry_after_header}
    return named.get(str(status)) or named.get(f"{status // 100}xx") or named.get("default")


def _of_what_it_is(body: bytes) -> str:
    """Return what to do where a service labels its JSON as something else."""
    if len(body) > _LONGEST_LABELLED or body.lstrip()[:1] not in {b"{", b"["}:
        return ""
    try:
        decode_json(body)
    except ValueError:  # no JSON, or out of bounds
        return ""
    return "; the body is JSON: where this service always labels it so, declare `*/*`"
