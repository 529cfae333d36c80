"""What both faces of an integration have in common: everything that neither waits nor sends."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any, Generic, Self, TypeVar

from intertie.client.by_name import Operations
from intertie.client.options import CallOptions, CloseStores
from intertie.core.answers import ServiceAnswer
from intertie.core.errors import UsageError
from intertie.core.plurals import plural
from intertie.runtime.call import Outcome
from intertie.runtime.linked import LinkedPlan
from intertie.runtime.masking import ShownResponse
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.reports import PlanStatistics
from intertie.runtime.state import BreakerHandle, LimiterHandle


class OperationFace:
    """An operation of one view of an integration. A face adds how its calls are waited for."""

    def __init__(self, linked: LinkedPlan, plan: OperationPlan, options: CallOptions) -> None:
        self._linked = linked
        self.plan = plan
        self._options = options
        self._usual = partial(
            linked.run,
            plan.id,
            caller=options.caller,
            version=options.version,
            timeout_s=options.timeout_s,
            explain=options.explain,
        )
        """Begins a call with the input alone, and no options but the view's."""

    def _run(
        self,
        input: Mapping[str, object],  # noqa: A002  # what callers give is the operation's input
        options: CallOptions | None = None,
        *,
        idempotency_key: str | None = None,
        stream: bool = False,
    ) -> Coroutine[Any, Any, Outcome]:
        """Return a call that has not begun; `options` are the view's where none are given."""
        options = options or self._options
        return self._linked.run(
            self.plan.id,
            input,
            caller=options.caller,
            version=options.version,
            timeout_s=options.timeout_s,
            idempotency_key=idempotency_key,
            explain=options.explain,
            stream=stream,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.plan.id}: {self.plan.wire.title})"


OperationT = TypeVar("OperationT", bound=OperationFace)


class IntegrationFace(Generic[OperationT]):
    """An integration whose operations are of one face. A face adds calls of its own that wait, and its end."""

    _operation_class: type[OperationT]

    def __init__(
        self, linked: LinkedPlan, options: CallOptions | None = None, *, close_stores: CloseStores | None = None
    ) -> None:
        self._linked = linked
        self._options = options or CallOptions()
        self._close_stores = close_stores

    @property
    def plan(self) -> Plan:
        """The compiled plan."""
        return self._linked.plan

    @property
    def operations(self) -> Mapping[str, OperationT]:
        """Every operation by its id, also one whose name is a keyword or a name that an integration has itself."""
        return Operations(self._linked.plan.operations, self.operation)

    def operation(self, name: str) -> OperationT:
        """Return one operation by its id.

        Raises:
            UsageError: There is none of that name; the message names the nearest.
        """
        plan = self._linked.plan.operations.get(name)
        if plan is None:
            raise UsageError(self._linked.unknown_operation(name))
        return self._operation_class(self._linked, plan, self._options)

    def __getattr__(self, name: str) -> OperationT:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            operation = self.operation(name)
        except UsageError as unknown:
            raise AttributeError(str(unknown)) from None
        # Found by the interpreter itself from now on: neither the plan nor the options of a face change.
        self.__dict__[name] = operation
        return operation

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._linked.plan.operations})

    def with_version(self, version: str) -> Self:
        """Return a view whose calls ask for `version`."""
        return self._view(self._options.but(version=version))

    def with_options(
        self, *, timeout_s: float | None = None, caller: str | None = None, explain: bool | None = None
    ) -> Self:
        """Return a view whose calls have these options; it shares connections and state with this one."""
        return self._view(self._options.but(timeout_s=timeout_s, caller=caller, explain=explain))

    def _view(self, options: CallOptions) -> Self:
        return type(self)(self._linked, options, close_stores=self._close_stores)

    def require_credential(self) -> None:
        """Raise now where calls would find no credential, so that an application stops at its start; nothing is sent.

        Raises:
            CredentialMissing: Its environment variable or file is not there; the message names the reference.
        """
        self._linked.require_credential()

    @property
    def limiter(self) -> LimiterHandle:
        """The limiter, for an operator's hand: `pause(seconds)`, `resume()`."""
        return self._linked.guards.limiter

    @property
    def breakers(self) -> Mapping[str, BreakerHandle]:
        """The breakers by name, for an operator's hand: `force("open")`, `force("closed")`, `force(None)`."""
        return self._linked.guards.breakers

    def shown_response(self, response: ServiceAnswer) -> ShownResponse:
        """Return an answer of this service as it may be logged: masked, without control characters, cut.

        `str()` of it has status line, headers and body; `as_json()` the same as data.
        """
        return self._linked.shown_response(response)

    def statistics(self) -> PlanStatistics:
        """Return limiter, breaker, queue and budget as they are now."""
        return self._linked.statistics()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.plan.key}, {plural(len(self.plan.operations), 'operation')})"
