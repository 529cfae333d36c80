"""The course of one call: what has happened on it so far, written by its stages and read at its end."""

from __future__ import annotations

from intertie.core.clock import Clock
from intertie.core.errors import Reach
from intertie.core.money import Money
from intertie.runtime.events import Emit, Event
from intertie.runtime.http import Request


class Course:
    """One call's notes. They belong to that call alone, so they need no lock.

    Attributes:
        attempts: Tries on the wire, the first included; a connection that could not be made counts, a refusal does not.
        sends: Exchanges begun; a stage that is cancelled compares it with before to know whether bytes may have left.
        wire_s: Seconds that the last exchange took.
        sent: What the last attempt wrote to its connection, None where none came so far.
        reached: The strongest reach of all attempts.
        cost: What all attempts cost, None where nothing is paid.
        warnings: Sentences for the caller, each once.
        decisions: Names of the guards' events, in order.
        events: The events themselves where the call is explained.
        watched: Whether anybody looks at the details of events; where nobody does, adding a
            name to `decisions` is all that a stage needs to do.
    """

    __slots__ = (
        "_clock",
        "_listener",
        "attempts",
        "cost",
        "decisions",
        "events",
        "explain",
        "reached",
        "sends",
        "sent",
        "started_s",
        "warnings",
        "watched",
        "wire_s",
    )

    def __init__(
        self,
        *,
        started_s: float = 0.0,
        clock: Clock | None = None,
        explain: bool = False,
        listener: Emit | None = None,
        warnings: tuple[str, ...] = (),
    ) -> None:
        self._clock = clock
        self._listener = listener
        self.explain = explain
        self.watched = explain or listener is not None
        self.started_s = started_s
        self.attempts = 0
        self.sends = 0
        self.sent: Request | None = None
        self.wire_s = 0.0
        self.reached = Reach.NO
        self.cost: Money | None = None
        self.warnings = list(warnings)
        self.decisions: list[str] = []
        self.events: list[Event] = []

    def emit(self, stage: str, event: str, **detail: object) -> None:
        """Note an event by name; build it only where somebody looks."""
        self.decisions.append(event)
        if not self.watched:
            return
        built = Event(self._t_s(), stage, event, detail)
        if self.explain:
            self.events.append(built)
        if self._listener is not None:
            self._listener(built)

    def explained(self, stage: str, event: str, **detail: object) -> None:
        """Note what only an explanation shows: no decision of a guard, and nothing that listeners get."""
        if self.explain:
            self.events.append(Event(self._t_s(), stage, event, detail))

    def warn(self, stage: str, sentence: str) -> None:
        """Tell the caller something once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)
            self.emit(stage, "warn", message=sentence)

    def _t_s(self) -> float:
        return self._clock.monotonic_s() - self.started_s if self._clock is not None else 0.0

    def reach(self, reached: Reach) -> None:
        """Keep the strongest reach."""
        self.reached = max(self.reached, reached)

    def add_cost(self, cost: Money) -> None:
        """Add what an attempt cost."""
        self.cost = cost if self.cost is None else Money(self.cost.amount + cost.amount, cost.currency)
