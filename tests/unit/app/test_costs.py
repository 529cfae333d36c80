"""The cost report: each integration in its own month."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from intertie.adapters.stores import InlineOffload, open_journal
from intertie.app import costs
from intertie.app.workbench import open_workbench
from intertie.core.clock import BlockingClock
from intertie.core.errors import Reach, UsageError
from intertie.core.money import ONE_UNIT
from intertie.core.rng import SeededRng
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.state import Reservation
from intertie.runtime.state_key import StateKey
from intertie.runtime.stepping import run_blocking
from intertie.testing import VirtualClock

SPEC = """---
id: INT-{number}
type: Integration
name: Service {number}
status: review
service: service{number}
---
# Service {number}
## Service Configuration
```yaml
service: {{base_url: "http://127.0.0.1:9"}}
```
## API Endpoints
### Get It
```yaml
endpoint: {{path: /it, method: GET}}
response: {{success: {{status: 200}}}}
```
## Cost Management
```yaml
costs: {{pricing_model: per_request, currency: EUR, time_zone: {zone}, tiers: [{{name: all, cost: 0.10, unit: request}}]}}
```
"""


def test_the_current_month_is_that_of_the_integrations_own_time_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 23:30 UTC on the last of October it is November in Berlin: that month is shown, and October in New York."""
    now = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    (tmp_path / "specs").mkdir()
    (tmp_path / "intertie.toml").write_text("")
    clock = VirtualClock(epoch=now)
    journal = open_journal(
        "sqlite:///.intertie/journal.db", clock=clock, rng=SeededRng(1), offload=InlineOffload(), root=tmp_path
    )
    for number, zone in ((1, "Europe/Berlin"), (2, "America/New_York")):
        (tmp_path / "specs" / f"s{number}.md").write_text(SPEC.format(number=number, zone=zone))
        pricing = PricingOptions("per_request", "EUR", (PriceTier("all", None, Decimal("0.10")),), time_zone=zone)
        ledger = journal.ledger(StateKey(f"INT-{number}", "default"), pricing)
        reservation = ledger.reserve_nowait(ONE_UNIT)
        if reservation is None:
            from intertie.runtime.stepping import run_blocking

            reservation = run_blocking(ledger.reserve(ONE_UNIT))
        ledger.settle(reservation, quantity=ONE_UNIT, reached=Reach.YES)
    journal.close()

    class Now:
        def utc_now(self) -> datetime:
            return now

    monkeypatch.setattr(costs, "BlockingClock", Now)
    bench = open_workbench(workspace=tmp_path, environ={})
    assert [line.id for line in costs.cost_report(bench, ()).lines] == ["INT-1", "INT-2"]
    assert [line.id for line in costs.cost_report(bench, (), month="2026-11").lines] == ["INT-1"]
    assert [line.id for line in costs.cost_report(bench, (), month="2026-10").lines] == ["INT-2"]
    with pytest.raises(UsageError, match="2026-13 is not a month"):
        costs.cost_report(bench, (), month="2026-13")


def test_the_fee_is_the_service_s_alone(tmp_path: Path) -> None:
    """Calls to a mock have a line of their own, without the monthly fee of the service."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "intertie.toml").write_text("")
    text = SPEC.format(number=1, zone="UTC").replace("tiers:", "monthly_fee: 20, tiers:")
    (tmp_path / "specs" / "s1.md").write_text(text)
    bench = open_workbench(workspace=tmp_path)
    plan = bench.plan("INT-1")
    assert plan.pricing is not None
    journal = open_journal(
        "sqlite:///.intertie/journal.db",
        clock=BlockingClock(),
        rng=SeededRng(1),
        offload=InlineOffload(),
        root=tmp_path,
    )
    for key in (plan.key, StateKey("INT-1", "default", "http://127.0.0.1:8420")):
        ledger = journal.ledger(key, plan.pricing)
        reservation = run_blocking(ledger.reserve(ONE_UNIT))
        assert isinstance(reservation, Reservation)
        ledger.settle(reservation, quantity=ONE_UNIT, reached=Reach.YES)
    journal.close()
    report = costs.cost_report(bench, ["INT-1"])
    assert {line.origin: str(line.amount.amount) for line in report.lines} == {
        "http://127.0.0.1:9": "20.10",
        "http://127.0.0.1:8420": "0.10",
    }
