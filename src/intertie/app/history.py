"""The call history and audit as people and scripts read it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from intertie.app.records import open_records
from intertie.app.workbench import Workbench
from intertie.core.money import Money
from intertie.runtime.state import CallRecord


class CallLine(Struct, frozen=True):
    """One entry of the journal: a finished call, or with a strict audit the beginning of one (`started`)."""

    record: CallRecord

    @property
    def at(self) -> str:
        """When it ended (when it began, for `started`), in UTC."""
        return datetime.fromtimestamp(self.record.at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @property
    def cost(self) -> Money | None:
        """What its attempts cost, None where nothing is paid."""
        record = self.record
        if record.amount is None or record.currency is None:
            return None
        return Money(Decimal(record.amount), record.currency)

    def as_json(self) -> dict[str, object]:
        """Return the entry in the shape of `report calls --format json`."""
        record = self.record
        return {
            "at": self.at,
            "call_id": record.call_id,
            "id": record.key.integration,
            "environment": record.key.environment,
            "origin": record.key.origin,
            "operation": record.operation,
            "caller": record.caller,
            "outcome": record.outcome,
            "status": record.status,
            "attempts": record.attempts,
            "elapsed_ms": round(record.elapsed_s * 1000, 3),
            "cost": None if self.cost is None else self.cost.as_json(),
            "fallback": record.fallback,
            "reached": record.reached,
            "decisions": list(record.decisions),
        }


def call_history(bench: Workbench, spec: str | Path | None, *, limit: int) -> tuple[CallLine, ...]:
    """Return the newest entries, newest first: of one spec in all environments, at all origins, or of the workspace.

    Raises:
        UsageError: There is no such spec.
        StoreUnavailable: The journal can't be read.
    """
    spec_id = None if spec is None else bench.identity(spec)
    with open_records(bench) as journal:
        return tuple(CallLine(record) for record in journal.records(integration=spec_id, limit=limit))
