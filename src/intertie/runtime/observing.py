"""What is left of a call when it is over: its record in the journal and its line in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import lru_cache

import msgspec

from intertie.core.errors import JournalUnavailable, StoreUnavailable
from intertie.core.money import decimal_text
from intertie.core.outside_text import LONGEST_LINE, shown
from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.runtime.call import Answered, Call, Failed, Outcome
from intertie.runtime.http import Request, Response
from intertie.runtime.masking import Masker
from intertie.runtime.masking.messages import body_text, shown_fields
from intertie.runtime.plan import Plan
from intertie.runtime.state import CallRecord
from intertie.runtime.surroundings import Surroundings

logging.getLogger("intertie").addHandler(logging.NullHandler())  # who configures no logging hears nothing from us

STARTED = "started"
"""Outcome of the entry that a strict audit stores before a call is sent; the finished call has an entry of its own."""
CANCELLED = "cancelled"
"""Outcome of a call whose caller went away."""

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "fatal": logging.CRITICAL,
}

_amount_text = lru_cache(maxsize=256)(decimal_text)
"""Most calls of an operation cost the same."""


class Observer:
    """Records finished calls of one integration; with `strict` audit before a call is sent and before it returns.

    The log is stdlib logging, logger `intertie.<service>`: a success at `info` (`warning` where it has warnings or is a
    fallback answer), a failure at `error`, a guard's decisions with it at `debug`; the spec's `level` is the least
    that is written, the application's own configuration of logging decides beyond that.

    Attributes:
        listener: Told of every record, such as metrics; None where nobody is.
    """

    def __init__(
        self, plan: Plan, surroundings: Surroundings, *, listener: Callable[[CallRecord], None] | None
    ) -> None:
        self.key = plan.key
        self.strict = plan.audit == "strict"
        self.listener = listener
        self._journal = surroundings.journal
        self._clock = surroundings.clock
        self._transport = surroundings.transport
        self._options = plan.logging
        self.masker = Masker(plan.logging, surroundings.known_secrets)
        self.logger = logging.getLogger(f"intertie.{plan.service}")
        self.least = _LEVELS.get(plan.logging.level.lower(), logging.INFO)

    @property
    def wants_messages(self) -> bool:
        """Whether headers or bodies are logged, so that requests must be at hand."""
        return self._options.include_headers or self._options.include_body

    async def started(self, call: Call) -> None:
        """Store, before anything is sent, that a call begins (strict audit only)."""
        await self._journal.record_strict(self._record(call, STARTED, None, 0.0), deadline_s=call.deadline_s)

    async def finished(self, call: Call, outcome: Outcome, *, elapsed_s: float) -> str | None:
        """Record and log the final outcome; return what the caller should know of that, None where all is well."""
        if type(outcome) is Answered:
            name = "fallback" if outcome.fallback else "success"
            record = self._record(call, name, outcome.status, elapsed_s, fallback=outcome.fallback)
        else:
            response = outcome.response
            status = None if response is None else response.status
            record = self._record(call, str(outcome.kind), status, elapsed_s)
        trouble = None
        if self.strict and not _is_unrecordable(outcome):
            trouble = await self._store(record, call.deadline_s)
        else:
            self._journal.record(record)
        self.tell(record)
        self._log(call, outcome, record)
        return trouble

    async def _store(self, record: CallRecord, deadline_s: float) -> str | None:
        """Store a record; what has happened stands, so a store that fails now is a warning and is told again later."""
        try:
            await self._journal.record_strict(record, deadline_s=deadline_s)
        except StoreUnavailable as down:
            self._journal.record(record)
            return f"{record.operation} is not in the audit yet: {down}"
        return None

    def cancelled(self, call: Call, *, elapsed_s: float) -> None:
        """Record a call whose caller went away in the middle; never waits, so that cancellation passes at once."""
        record = self._record(call, CANCELLED, None, elapsed_s)
        self._journal.record(record)
        self.tell(record)

    def tell(self, record: CallRecord) -> None:
        """Hand a record to the listener."""
        if self.listener is not None:
            self.listener(record)

    def _record(
        self, call: Call, outcome: str, status: int | None, elapsed_s: float, *, fallback: str | None = None
    ) -> CallRecord:
        course = call.course
        cost = course.cost
        return CallRecord(
            self.key,
            call.call_id,
            self._clock.utc_s(),
            call.operation.id,
            call.caller,
            outcome,
            status,
            course.attempts,
            elapsed_s,
            None if cost is None else _amount_text(cost.amount),
            None if cost is None else cost.currency,
            fallback,
            str(course.reached),
            tuple(course.decisions),
        )

    def _log(self, call: Call, outcome: Outcome, record: CallRecord) -> None:
        level = _level_of(outcome)
        if level < self.least or not self.logger.isEnabledFor(level):
            return
        self.logger.log(level, "%s", sentence(record, outcome), extra={"intertie": self._detail(call, outcome, record)})
        self._log_messages(call.course.sent, outcome.response, level)

    def log_success(self, record: CallRecord) -> None:
        """Write the line of a plain success; the caller looked at `least` and the logger."""
        self.logger.info("%s", sentence(record, None), extra={"intertie": msgspec.to_builtins(record)})

    def _detail(self, call: Call, outcome: Outcome, record: CallRecord) -> dict[str, object]:
        detail: dict[str, object] = msgspec.to_builtins(record)
        if isinstance(outcome, Failed):
            detail["error"] = {"code": outcome.error.code, "message": self.masker.text(str(outcome.error))}
        if call.course.warnings:
            detail["warnings"] = [self.masker.text(text) for text in call.course.warnings]
        if self.least > logging.DEBUG:
            del detail["decisions"]
        return detail

    def _log_messages(self, request: Request | None, response: Response | None, level: int) -> None:
        """Write what the last attempt sent and got, where the spec asks for it; a secret's body never.

        Everything is masked, on one line and cut. Request headers are those on the wire, the transport's own included.
        """
        if self._options.include_headers:
            if request is not None:
                self._log_fields(level, "request headers", self._transport.written_fields(request))
            if response is not None:
                self._log_fields(level, "response headers", response.headers)
        if self._options.include_body:
            if request is not None and isinstance(request.body, bytes) and not request.body_is_secret:
                self._log_body(level, "request body", request.body)
            if response is not None and response.stream is None:
                self._log_body(level, "response body", response.body)

    def _log_fields(self, level: int, what: str, pairs: Iterable[tuple[str, str]]) -> None:
        fields = shown_fields(pairs, self.masker)
        self.logger.log(level, "%s %s", what, " | ".join(f"{name}: {value}" for name, value in fields))

    def _log_body(self, level: int, what: str, body: bytes) -> None:
        self.logger.log(level, "%s %s", what, shown(body_text(body, self.masker, indent=-1), most=LONGEST_LINE))


def _is_unrecordable(outcome: Outcome) -> bool:
    """Return whether a call was refused because the journal could not be written: it is told later."""
    return type(outcome) is Failed and isinstance(outcome.error, JournalUnavailable)


def sentence(record: CallRecord, outcome: Outcome | None) -> str:
    """Return the line that a person reads.

    >>> sentence(CallRecord("k", "c", 0, "get_charge", "", "success", 200, 1, 0.12, None, None, None, "yes"), None)
    'get_charge: success 200 in 120 ms, 1 attempt'
    """
    status = "" if record.status is None else f" {record.status}"
    fallback = f" from {record.fallback}" if record.fallback else ""
    tries = plural(record.attempts, "attempt")
    took = seconds_text(round(record.elapsed_s, 6))
    line = f"{shown(record.operation)}: {record.outcome}{fallback}{status} in {took}, {tries}"
    if isinstance(outcome, Failed):
        return f"{line}, {shown(outcome.error.code)}"
    return line


def _level_of(outcome: Outcome) -> int:
    if isinstance(outcome, Failed):
        return logging.ERROR
    return logging.WARNING if outcome.warnings or outcome.fallback else logging.INFO
