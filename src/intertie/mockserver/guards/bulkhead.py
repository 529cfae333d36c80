"""A service that takes so many requests to one endpoint at a time."""

from __future__ import annotations

from intertie.core.plurals import plural
from intertie.mockserver.guards.gate import Flights, LimitRefusal
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.bulkhead.options import NAME, STAGE, BulkheadOptions


class ServicePlaces:
    """The places of each operation that declares any."""

    def __init__(self, plan: Plan) -> None:
        self._most: dict[str, int] = {}
        for operation in plan.operations.values():
            options = operation.guards.get(NAME)
            if isinstance(options, BulkheadOptions):
                self._most[operation.id] = options.concurrent
        self._flights = {operation_id: Flights() for operation_id in self._most}

    @property
    def bounds_any(self) -> bool:
        """Whether any operation declares places."""
        return bool(self._most)

    def refusal(
        self,
        operation: OperationPlan,
        now_s: float,
        utc_s: float,  # noqa: ARG002
        lag_s: float,  # noqa: ARG002
    ) -> LimitRefusal | None:
        """Refuse a request to an operation whose places are all taken."""
        most = self._most.get(operation.id)
        if most is None or self._flights[operation.id].count(now_s) < most:
            return None
        detail = f"more than {plural(most, 'request')} to this endpoint would be in flight"
        return LimitRefusal("too-many-at-once", detail, 1, STAGE, "concurrent")

    def count(self, operation: OperationPlan, now_s: float, utc_s: float, lag_s: float) -> None:
        """Arrivals are not counted, flights are."""

    def begin_flight(self, number: int, operation: OperationPlan, until_s: float) -> None:
        """Take a place until the answer is due."""
        if operation.id in self._flights:
            self._flights[operation.id].begin(number, until_s)

    def end_flight(self, number: int) -> None:
        """Free the place of a client that has gone."""
        for flights in self._flights.values():
            flights.end(number)

    def headers(self, now_s: float, utc_s: float) -> tuple[tuple[str, str], ...]:  # noqa: ARG002
        """No answer speaks of places."""
        return ()

    def reset(self) -> None:
        """Forget all flights."""
        for flights in self._flights.values():
            flights.clear()

    def snapshot(self, now_s: float, utc_s: float) -> list[dict[str, object]]:  # noqa: ARG002
        """Return the places of each operation, JSON-ready."""
        return [
            {"name": f"concurrent, {operation}", "limit": most, "in_flight": self._flights[operation].count(now_s)}
            for operation, most in self._most.items()
        ]


def gate(plan: Plan) -> ServicePlaces | None:
    """Return the gate of a plan, None where no operation declares places."""
    places = ServicePlaces(plan)
    return places if places.bounds_any else None
