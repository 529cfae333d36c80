"""A call, and what became of it. Expected failure is a value that travels.

These are msgspec structs rather than dataclasses: frozen ones are made ten times faster, and a call makes several.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias, final

import msgspec

from intertie.core.errors import CallError, Reach
from intertie.core.money import Money
from intertie.runtime.course import Course
from intertie.runtime.events import Event
from intertie.runtime.held import Held
from intertie.runtime.http import Request, Response
from intertie.runtime.plan import OperationPlan


class Kind(StrEnum):
    """What an attempt was; decided once, by classify, and acted on by everybody else."""

    SUCCESS = "success"
    CALLER_FAULT = "caller_fault"
    """A 4xx: the request, not the service, is at fault."""
    SERVICE_FAULT = "service_fault"
    """A 5xx, a reset, a timeout; a success whose body is of another media type than the spec declares."""
    THROTTLED = "throttled"
    """A 429 or one of its disguises: pauses the limiter for everyone, neutral to the breaker."""
    QUOTA_EXHAUSTED = "quota_exhausted"
    """Throttled for longer than a call can wait."""
    CREDENTIAL_FAULT = "credential_fault"
    """A 401, or a 403 on our credential."""
    REJECTED = "rejected"
    """A refusal of ours: never retried, never counted as a failure of the service."""
    MAPPING_FAULT = "mapping_fault"
    """A mapping or validation of ours or theirs failed; says nothing about whether the service is up."""


class Call(msgspec.Struct, frozen=True):
    """One use of an operation, as it stands at one stage; a stage that changes it hands on a copy.

    Attributes:
        operation: Its plan.
        input: The internal object.
        call_id: Unique; the join of ledger, history, audit and log.
        started_s, deadline_s: Monotonic instants.
        attempt: The one that is under way: 1, 2, …
        version: API version asked for; None means the plan's current one.
        idempotency_key: The same for every attempt; None where the operation has no such header.
        request: Set by outbound mapping.
        caller: Who calls, for audit; empty where nobody said.
        explain: Whether events are collected.
        stream: Whether the body is handed on unread.
        course: Notes of the whole call.
        held: What the current attempt has taken so far; its stages write into it.
    """

    operation: OperationPlan
    input: Mapping[str, object]
    call_id: str
    started_s: float
    deadline_s: float
    attempt: int = 1
    version: str | None = None
    idempotency_key: str | None = None
    request: Request | None = None
    caller: str = ""
    explain: bool = False
    stream: bool = False
    course: Course = msgspec.field(default_factory=Course)
    held: Held = msgspec.field(default_factory=Held)


@final
class Answered(msgspec.Struct, frozen=True):
    """The call succeeded, or a fallback answered.

    Attributes:
        data: Mapped result; None for what was queued.
        status: HTTP status; None where the service gave no answer (fallback).
        fallback: `cache`, `default` or `queue` where the answer is one, else None.
        stale: The answer came from the cache.
        receipt: Id of the queued call.
        cause: The failure that a fallback stands in for, None where the service answered.
        warnings: Sentences: deprecations, a broken response schema in mode `warn`, a store that is down.
    """

    data: object
    status: int | None
    response: Response | None = None
    attempts: int = 1
    elapsed_s: float = 0.0
    fallback: str | None = None
    stale: bool = False
    cost: Money | None = None
    receipt: str | None = None
    warnings: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    cause: Failed | None = None


@final
class Failed(msgspec.Struct, frozen=True):
    """The attempt or call failed, for the reason in `error` (not raised yet).

    Attributes:
        kind: The classification.
        effect_unknown: It may have taken effect and the operation can't be replayed: never sent again blindly.
        response: The answer, where one came.
        external_codes: What `error_mapping` rows are matched against, most specific first: the provider's own code,
            the status, its class.
        again: The credential that was refused is another one by now: one more attempt is worth making.
        retry_after_s: What the server said, where it said; for a throttled attempt the pause now in force.
    """

    error: CallError
    kind: Kind
    reached: Reach = Reach.NO
    effect_unknown: bool = False
    response: Response | None = None
    external_codes: tuple[str, ...] = ()
    retry_after_s: float | None = None
    again: bool = False
    attempts: int = 0
    elapsed_s: float = 0.0
    cost: Money | None = None
    warnings: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def is_broken_success(self) -> bool:
        """Whether the status says success and the service is at fault all the same: a 5xx without a number."""
        return self.kind is Kind.SERVICE_FAULT and self.response is not None and self.response.status < 500


Outcome: TypeAlias = Answered | Failed
