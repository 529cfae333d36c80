"""`intertie status`: the guards as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import environment_option, format_option, plural, print_json, say, show_findings, workbench
from intertie.cli.completing import complete_spec
from intertie.core.money import Money
from intertie.core.units import seconds_text
from intertie.diagnostics import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intertie.cli.context import CliContext
    from intertie.runtime.plan import Plan
    from intertie.runtime.reports import PlanStatistics


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
    shown: list[tuple[Plan, PlanStatistics]] = []
    status = 0
    for spec in specs or bench.spec_files():
        try:
            plan = bench.plan(spec, environment=environment)
        except SpecError as error:
            show_findings(error, context)
            status = 1
            continue
        with open_blocking(bench, plan, calls=False) as integration:
            shown.append((integration.plan, integration.statistics()))
    if output_format == "json":
        print_json({"integrations": [_as_json(plan, now) for plan, now in shown]})
        return status
    if not shown and not status:
        say("there are no specs in this workspace: `intertie new NAME` writes one")
    for plan, now in shown:
        click.echo(f"{plan.id} {plan.title} ({plan.environment}, {plan.origin.url})")
        for line in _lines(now):
            click.echo(f"  {line}")
        for warning in plan.warnings:
            click.echo(f"  mind     {warning}")
    return status


def _lines(now: PlanStatistics) -> Iterator[str]:
    limiter = now.limiter
    for window in limiter.windows:
        free = f", next in {seconds_text(round(window.free_in_s, 3))}" if window.free_in_s > 0 else ""
        yield f"limit    {window.used} of {window.limit} used in {seconds_text(window.window_s)}{free}"
    if not limiter.windows:
        yield "limit    none declared"
    if limiter.paused_for_s > 0:
        yield f"limit    paused for {seconds_text(round(limiter.paused_for_s, 3))} more"
    if limiter.in_flight or limiter.waiting:
        yield f"limit    {limiter.in_flight} in flight, {limiter.waiting} waiting"
    for name, breaker in now.breakers.items():
        forced = " (forced)" if breaker.forced else ""
        opens = f", probes in {seconds_text(round(breaker.opens_for_s, 1))}" if breaker.opens_for_s > 0 else ""
        scope = f" {name.partition('/')[2]}" if "/" in name else ""
        yield f"breaker{scope}  {breaker.state.replace('_', '-')}{forced}, {breaker.failures} failures counted{opens}"
    if not now.breakers:
        yield "breaker  none declared"
    waiting = ", ".join(f"{count} {state}" for state, count in sorted(now.queue.items()) if count)
    yield f"queue    {waiting or 'empty'}"
    month = now.ledger
    if month is None:
        yield "budget   nothing is paid per call"
        return
    spent = Money(month.amount, month.currency)
    of = f" of {Money(month.monthly_limit, month.currency)}" if month.monthly_limit is not None else ""
    yield f"budget   {spent}{of} spent in {month.month}, {plural(month.calls, 'attempt')} billed"
    if month.reserved:
        yield f"budget   {Money(month.reserved, month.currency)} set aside"
    if month.unreconciled:
        yield (
            f"budget   {Money(month.unreconciled, month.currency)} left by dead processes counts as spent: "
            "`intertie budget reconcile`"
        )


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
