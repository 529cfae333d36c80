"""`intertie status`: the guards as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import environment_option, format_option, print_json, say, show_findings, tell, workbench
from intertie.cli.completing import complete_spec
from intertie.cli.layout import BAD, DIM, GOOD, STRONG, WARN
from intertie.core.money import Money
from intertie.core.outside_text import shown
from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.diagnostics import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intertie.cli.context import CliContext
    from intertie.cli.layout import Layout
    from intertie.runtime.plan import Plan
    from intertie.runtime.reports import PlanStatistics

_COLUMN = 9
_BREAKER_STYLES = {"closed": GOOD, "half_open": WARN, "open": BAD}


@click.command("status", short_help="Show limiter, breaker, queue and budget as they are now.")
@click.argument("specs", metavar="[SPEC]...", nargs=-1, shell_complete=complete_spec)
@environment_option
@format_option
@click.pass_obj
def command(context: CliContext, specs: tuple[str, ...], environment: str | None, output_format: str) -> int:
    """Show limiter, breaker, queue and budget as every process of the workspace sees them now.

    Without SPEC, of all specs in the workspace.
    """
    from intertie.app.opening import open_blocking  # noqa: PLC0415  # keeps `--help` quick

    bench = workbench(context, specs[0] if specs else None)
    found: list[tuple[Plan, PlanStatistics]] = []
    status = 0
    for spec in specs or bench.spec_files():
        try:
            plan = bench.plan(spec, environment=environment)
        except SpecError as error:
            show_findings(error, context)
            status = 1
            continue
        with open_blocking(bench, plan) as integration:
            found.append((integration.plan, integration.statistics()))
    if output_format == "json":
        print_json({"integrations": [_as_json(plan, now) for plan, now in found]})
        return status
    if not found and not status:
        say("there are no specs in this workspace: `intertie new NAME` writes one")
    for number, (plan, now) in enumerate(found):
        tell([""] if number else [])
        tell(_shown(plan, now, context.layout()))
    return status


def _shown(plan: Plan, now: PlanStatistics, layout: Layout) -> Iterator[str]:
    yield from layout.text(shown(f"{plan.title} ({plan.id}, {plan.environment})"), hanging=2, style=STRONG)
    yield from layout.text(plan.origin.url, indent=2, hanging=2, style=DIM)
    for label, text, style in (*_facts(now), *(("warning", warning, WARN) for warning in plan.warnings)):
        yield from layout.labelled(label, shown(text, most=None), column=_COLUMN, text_style=style)


def _facts(now: PlanStatistics) -> Iterator[tuple[str, str, str]]:
    """Yield (label, what is so, style of it)."""
    limiter = now.limiter
    for window in limiter.windows:
        free = f", next in {seconds_text(round(window.free_in_s, 3))}" if window.free_in_s > 0 else ""
        used = f"{window.used:,} of {window.limit:,} used in {seconds_text(window.window_s)}{free}"
        yield "limit", used, WARN if free else ""
    if not limiter.windows:
        yield "limit", "none declared", DIM
    if limiter.paused_for_s > 0:
        yield "limit", f"paused for {seconds_text(round(limiter.paused_for_s, 3))} more", WARN
    if limiter.in_flight or limiter.waiting:
        yield "limit", f"{limiter.in_flight:,} in flight, {limiter.waiting:,} waiting", ""
    for name, breaker in now.breakers.items():
        forced = " (held by hand)" if breaker.forced else ""
        opens = f", probes in {seconds_text(round(breaker.opens_for_s, 1))}" if breaker.opens_for_s > 0 else ""
        scope = f"{name.partition('/')[2]}: " if "/" in name else ""
        counted = f"{plural(breaker.failures, 'failure')} counted"
        state = breaker.state.replace("_", "-")
        yield "breaker", f"{scope}{state}{forced}, {counted}{opens}", _BREAKER_STYLES.get(breaker.state, "")
    if not now.breakers:
        yield "breaker", "none declared", DIM
    waiting = ", ".join(f"{count:,} {state}" for state, count in sorted(now.queue.items()) if count)
    yield "queue", waiting or "empty", WARN if waiting else ""
    month = now.ledger
    if month is None:
        yield "budget", "nothing is paid per call", DIM
        return
    spent = Money(month.amount, month.currency)
    of = f" of {Money(month.monthly_limit, month.currency)}" if month.monthly_limit is not None else ""
    yield "budget", f"{spent}{of} spent in {month.month}, {plural(month.calls, 'attempt')} billed", ""
    if month.reserved:
        yield "budget", f"{Money(month.reserved, month.currency)} set aside", ""
    if month.unreconciled:
        left = Money(month.unreconciled, month.currency)
        yield "budget", f"{left} left by dead processes counts as spent: `intertie budget reconcile`", WARN


def _as_json(plan: Plan, now: PlanStatistics) -> dict[str, object]:
    month = now.ledger
    return {
        "id": plan.id,
        "service": plan.service,
        "environment": plan.environment,
        "limiter": {
            "windows": [
                {"limit": w.limit, "window_s": w.window_s, "used": w.used, "free_in_s": w.free_in_s}
                for w in now.limiter.windows
            ],
            "in_flight": now.limiter.in_flight,
            "waiting": now.limiter.waiting,
            "paused_for_s": now.limiter.paused_for_s,
        },
        "breakers": {
            name: {
                "state": b.state,
                "failures": b.failures,
                "successes": b.successes,
                "probes": b.probes,
                "opens_for_s": b.opens_for_s,
                "forced": b.forced,
            }
            for name, b in now.breakers.items()
        },
        "queue": dict(now.queue),
        "warnings": list(plan.warnings),
        "budget": None
        if month is None
        else {
            "month": month.month,
            "calls": month.calls,
            "amount": Money(month.amount, month.currency).as_json(),
            "reserved": Money(month.reserved, month.currency).as_json(),
            "unreconciled": Money(month.unreconciled, month.currency).as_json(),
            "monthly_limit": None
            if month.monthly_limit is None
            else Money(month.monthly_limit, month.currency).as_json(),
        },
    }
