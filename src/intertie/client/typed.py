"""What generated modules promise to type checkers: the faces of `client`, with the types of one spec.

At run time these are `Integration`, `Operation` and `Result`. A generated module casts to its own protocols, which
extend the ones here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Literal, Protocol, Self, TypeVar

from intertie.core.answers import ServiceAnswer
from intertie.core.errors import CallError
from intertie.core.money import Money
from intertie.runtime.events import Event
from intertie.runtime.http import Response
from intertie.runtime.masking import ShownResponse
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.reports import PlanStatistics, ReplayReport
from intertie.runtime.state import BreakerHandle, LimiterHandle

Data_co = TypeVar("Data_co", covariant=True)
Input_contra = TypeVar("Input_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)
Version_contra = TypeVar("Version_contra", contravariant=True)


class TypedResult(Protocol[Data_co]):
    """The type of a `Result` with known data. For objects, generated modules add `result["field"]` for each field."""

    @property
    def data(self) -> Data_co:
        """The mapped answer; None for a queued call, and for an answer without a body."""

    @property
    def operation(self) -> str:
        """Operation id."""

    @property
    def status(self) -> int | None:
        """HTTP status; None if the service did not answer."""

    @property
    def fallback(self) -> str | None:
        """`cache`, `default` or `queue`; None if the service answered."""

    @property
    def stale(self) -> bool:
        """The answer came from the cache."""

    @property
    def attempts(self) -> int:
        """Attempts sent."""

    @property
    def elapsed_s(self) -> float:
        """Seconds, waits included."""

    @property
    def cost(self) -> Money | None:
        """What the attempts cost, None if calls have no price."""

    @property
    def receipt(self) -> str | None:
        """Id of the queued call."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what will hurt later."""

    @property
    def events(self) -> tuple[Event, ...]:
        """What each guard decided, if the call was made with `explain`."""

    @property
    def response(self) -> Response | None:
        """The service's answer as it came; None for a fallback answer."""

    @property
    def cause(self) -> CallError | None:
        """The error that a fallback stands in for; None where the service's answer is the result."""

    def explain(self) -> str:
        """Return the timeline of the call (needs `explain=True`)."""


class TypedOperation(Protocol[Input_contra, Answer_co, Version_contra]):
    """The type of an `Operation` with a known input and result. Generated modules add the keywords of its call."""

    plan: OperationPlan

    def call(
        self,
        input: Input_contra,  # noqa: A002  # the name that `Operation` has
        *,
        version: Version_contra | None = ...,
        timeout_s: float | None = ...,
        caller: str | None = ...,
        idempotency_key: str | None = ...,
        explain: bool | None = ...,
    ) -> Answer_co:
        """Call with the input as a mapping and options for this call alone."""


class TypedAsyncOperation(Protocol[Input_contra, Answer_co, Version_contra]):
    """The type of an `AsyncOperation` with a known input and result. Generated modules add the keywords of its call."""

    plan: OperationPlan

    async def call(
        self,
        input: Input_contra,  # noqa: A002
        *,
        version: Version_contra | None = ...,
        timeout_s: float | None = ...,
        caller: str | None = ...,
        idempotency_key: str | None = ...,
        explain: bool | None = ...,
    ) -> Answer_co:
        """Call with the input as a mapping and options for this call alone."""


class _Shared(Protocol[Version_contra]):
    """What both faces of an integration have."""

    @property
    def plan(self) -> Plan:
        """The compiled plan."""

    @property
    def operations(self) -> Mapping[str, object]:
        """Every operation by its id. A generated module knows the type of each."""

    @property
    def limiter(self) -> LimiterHandle:
        """The limiter, for an operator's hand."""

    @property
    def breakers(self) -> Mapping[str, BreakerHandle]:
        """The breakers by name, for an operator's hand."""

    def require_credential(self) -> None:
        """Raise now where calls would find no credential."""

    def shown_response(self, response: ServiceAnswer) -> ShownResponse:
        """Return an answer of this service as it may be logged: masked, without control characters, cut."""

    def statistics(self) -> PlanStatistics:
        """Return limiter, breaker, queue and budget as they are now."""

    def with_version(self, version: Version_contra) -> Self:
        """Return a view whose calls ask for `version`."""

    def with_options(
        self, *, timeout_s: float | None = ..., caller: str | None = ..., explain: bool | None = ...
    ) -> Self:
        """Return a view whose calls have these options; it shares connections and state with this one."""


class TypedIntegration(_Shared[Version_contra], Protocol[Version_contra]):
    """The type of an `Integration` with known operations. Generated modules add them as attributes."""

    def replay_queue(self, *, limit: int | None = ..., receipt: str | None = ...) -> ReplayReport:
        """Send what the queue holds, oldest first."""

    def close(self) -> None:
        """Write what is grouped, return what is leased, close connections."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False] | None: ...


class TypedAsyncIntegration(_Shared[Version_contra], Protocol[Version_contra]):
    """The type of an `AsyncIntegration` with known operations. Generated modules add them as attributes."""

    async def replay_queue(self, *, limit: int | None = ..., receipt: str | None = ...) -> ReplayReport:
        """Send what the queue holds, oldest first."""

    async def aclose(self) -> None:
        """Write what is grouped, return what is leased, close connections."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False] | None: ...
