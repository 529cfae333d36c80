"""Every event that a call can emit: one table for docs, metrics and tests.

Names are stable. `severity` is how a person should take it: `debug` for what always happens, `info` for a decision that
changed the call's course, `warning` for what somebody should know, `error` for what a person has to fix. Details
hold numbers and words, never data of the caller, never a secret; `answer` alone holds what the service sent, masked and
cut, and only the caller who asks for an explanation gets it.
"""

from __future__ import annotations

from typing import NamedTuple

from intertie.runtime.stages import Stage


class EventKind(NamedTuple):
    """One row of the table."""

    stage: Stage
    event: str
    severity: str
    detail: tuple[str, ...]
    says: str


CATALOGUE: tuple[EventKind, ...] = (
    EventKind(Stage.TELEMETRY, "warn", "warning", ("message",), "a store has a problem"),
    EventKind(Stage.TELEMETRY, "unavailable", "error", (), "a strict audit can't be stored; nothing was sent"),
    EventKind(Stage.OUTBOUND_MAPPING, "mapping_error", "error", (), "the input could not be mapped; nothing was sent"),
    EventKind(Stage.FALLBACK, "fallback", "warning", ("strategy", "age_s", "receipt"), "a fallback answers"),
    EventKind(
        Stage.FALLBACK, "not_applied", "info", ("reason",), "the fallback does not apply; the call fails as mapped"
    ),
    EventKind(Stage.FALLBACK, "fail_fast", "info", ("breaker",), "the call fails with what the breaker knows"),
    EventKind(Stage.FALLBACK, "warn", "warning", ("message",), "the queue can't be written"),
    EventKind(Stage.DEADLINE, "deadline", "debug", ("left_s",), "the total time starts"),
    EventKind(Stage.DEADLINE, "timeout", "warning", ("phase",), "time ran out"),
    EventKind(Stage.RETRY, "retry", "info", ("attempt", "delay_s", "reason"), "another attempt follows"),
    EventKind(Stage.RETRY, "give_up", "info", ("reason", "attempts"), "no further attempt, and why"),
    EventKind(Stage.CIRCUIT_BREAKER, "admit", "debug", (), "the circuit is closed"),
    EventKind(Stage.CIRCUIT_BREAKER, "half_open", "info", ("probe", "state"), "the attempt is a probe"),
    EventKind(
        Stage.CIRCUIT_BREAKER, "reject", "warning", ("state", "retry_after_s", "forced"), "the circuit is not closed"
    ),
    EventKind(Stage.CIRCUIT_BREAKER, "open", "error", ("state",), "this attempt opened the circuit"),
    EventKind(Stage.CIRCUIT_BREAKER, "close", "info", ("state",), "this attempt closed the circuit"),
    EventKind(Stage.BUDGET, "reserve", "debug", ("amount", "currency"), "the expected cost is set aside"),
    EventKind(Stage.BUDGET, "warn", "warning", ("message",), "the month's budget has reached its mark, `alert_at`"),
    EventKind(Stage.BUDGET, "reject", "error", ("spent", "limit"), "the attempt would exceed the month's budget"),
    EventKind(Stage.BUDGET, "unavailable", "error", (), "the cost can't be recorded; nothing was sent"),
    EventKind(
        Stage.AUTHENTICATION,
        "credential",
        "debug",
        ("type", "location", "name", "reference"),
        "the credential is attached",
    ),
    EventKind(
        Stage.AUTHENTICATION, "credential_missing", "error", (), "the credential's reference resolves to nothing"
    ),
    EventKind(
        Stage.AUTHENTICATION,
        "refused",
        "error",
        ("reference",),
        "the service refuses the credential; it is resolved again",
    ),
    EventKind(Stage.VERSION, "version", "debug", ("version", "strategy"), "the request asks for an API version"),
    EventKind(Stage.VERSION, "warn", "warning", ("message",), "the version or the resource ends"),
    EventKind(Stage.IDEMPOTENCY_KEY, "key", "debug", ("header",), "every attempt carries the same key"),
    EventKind(Stage.CONNECTION, "connect", "debug", ("opened",), "a connection is ready, new or pooled"),
    EventKind(Stage.CONNECTION, "attempt", "warning", ("attempt", "error"), "no connection could be opened"),
    EventKind(Stage.RATE_LIMIT, "permit", "debug", (), "the attempt may leave now"),
    EventKind(Stage.RATE_LIMIT, "wait", "info", ("waited_s",), "the attempt waited for its turn"),
    EventKind(Stage.RATE_LIMIT, "reject", "warning", ("reason", "retry_after_s"), "the attempt got no turn in time"),
    EventKind(Stage.RATE_LIMIT, "pause", "warning", ("pause_s",), "the answer pauses all callers"),
    EventKind(
        Stage.CIRCUIT_BREAKER_AGAIN,
        "reject",
        "warning",
        ("state", "retry_after_s"),
        "the circuit opened while the attempt waited",
    ),
    EventKind(Stage.SEND, "attempt", "debug", ("attempt",), "the request leaves"),
    EventKind(Stage.SEND, "answer", "debug", ("status", "headers", "body"), "what came back, masked and cut"),
    EventKind(
        Stage.CLASSIFY,
        "classified",
        "debug",
        ("kind", "status", "reached", "error", "effect_unknown"),
        "the outcome is classified",
    ),
    EventKind(Stage.CLASSIFY, "warn", "warning", ("message",), "a status that the spec does not declare"),
    EventKind(Stage.SETTLE, "settle", "debug", ("amount", "currency", "reached"), "the attempt is billed"),
    EventKind(Stage.SETTLE, "settle_later", "debug", ("amount", "currency"), "a stream is settled when it ends"),
    EventKind(Stage.RESPONSE_VALIDATION, "violation", "warning", ("path", "rule"), "the answer breaks its schema"),
    EventKind(Stage.RESPONSE_VALIDATION, "warn", "warning", ("message",), "the caller gets a warning"),
    EventKind(Stage.INBOUND_MAPPING, "mapping_error", "error", ("path",), "the answer could not be mapped"),
    EventKind(Stage.LAST_GOOD, "keep", "debug", (), "the answer is kept as the last good one"),
    EventKind(
        Stage.LAST_GOOD,
        "not_kept",
        "info",
        ("reason", "path", "rule"),
        "the answer is not kept as the last good one",
    ),
    EventKind(Stage.LAST_GOOD, "warn", "warning", ("message",), "the service forbids keeping answers of an operation"),
)

_KNOWN = {(kind.stage.value, kind.event): kind for kind in CATALOGUE}


def kind_of(stage: str, event: str) -> EventKind | None:
    """Return the row of an event, None where there is none.

    >>> kind_of("retry", "retry").severity
    'info'
    """
    return _KNOWN.get((stage, event))


def events_markdown() -> str:
    """Return the page `docs/reference/events.md`."""
    lines = [
        "# Events",
        "",
        "Generated from the catalogue. What the guards saw and decided on one call: in `--explain`, in",
        "`Result.events`, in `CallError.events`. Names are stable. Details hold numbers and words, never data, never a",
        "secret; durations are in seconds and end in `_s`. One event is different: `answer` holds head and body of an",
        "attempt's answer, masked and cut. Only an explained call has it, and listeners never get it.",
        "",
        "| stage | event | severity | what happened | details |",
        "|---|---|---|---|---|",
    ]
    for kind in CATALOGUE:
        detail = ", ".join(f"`{name}`" for name in kind.detail) or "-"
        lines.append(f"| `{kind.stage}` | `{kind.event}` | {kind.severity} | {kind.says} | {detail} |")
    return "\n".join(lines) + "\n"
