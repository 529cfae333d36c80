"""`intertie status`: the guards as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import (
    environment_option,
    format_option,
    print_json,
    say,
    show_findings,
    state_url_option,
    tell,
    workbenches,
)
from intertie.cli.completing import complete_spec
from intertie.cli.layout import BAD, DIM, GOOD, STRONG, WARN
from intertie.core.money import Money
from intertie.core.outside_text import shown
from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.diagnostics import SpecError
from intertie.runtime.policies.budget.state import alert_sentence, has_reached_mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intertie.cli.context import CliContext
    from intertie.cli.layout import Layout
    from intertie.runtime.plan import Plan
    from intertie.runtime.policies.budget.options import PricingOptions
    from intertie.runtime.reports import PlanStatistics
    from intertie.runtime.state import LedgerMonth
    from intertie.runtime.state_key import StateKey

_MOST_ELSEWHERE = 5

_COLUMN = 9
_BREAKER_STYLES = {"closed": GOOD, "half_open": WARN, "open": BAD}


@click.command("status", short_help="Show the current state of limits, breakers, queue and budget.")
@click.argument("specs", metavar="[SPEC]...", nargs=-1, shell_complete=complete_spec)
@environment_option
@state_url_option
@format_option
@click.pass_obj
def command(
    context: CliContext, specs: tuple[str, ...], environment: str | None, base_url: str | None, output_format: str
) -> int:
    """Show the current state of limits, breakers, queue and budget, shared by all processes of the workspace.

    Without SPEC, show all specs of the workspace. Below each spec stand the other environments and URLs, such as
    mocks, that have state; --env and --base-url show it.
    """
    from intertie.app.opening import open_blocking  # noqa: PLC0415  # keeps `--help` quick
    from intertie.app.opening_stores import Purpose  # noqa: PLC0415
    from intertie.app.places import other_places  # noqa: PLC0415

    found: list[tuple[Plan, PlanStatistics, tuple[StateKey, ...]]] = []
    status = 0
    for bench, chosen in workbenches(context, specs):
        for spec in chosen:
            try:
                plan = bench.plan(spec, environment=environment, base_url=base_url)
            except SpecError as error:
                show_findings(error, context)
                status = 1
                continue
            with open_blocking(bench, plan, purpose=Purpose.LOOKING) as integration:
                now = integration.statistics()
                found.append((integration.plan, now, other_places(bench, plan.key)))
    if output_format == "json":
        print_json({"integrations": [_as_json(plan, now, others) for plan, now, others in found]})
        return status
    if not found and not status:
        say("this workspace has no specs; `intertie new NAME` creates one")
    for number, (plan, now, others) in enumerate(found):
        tell([""] if number else [])
        tell(_shown(plan, now, others, context.layout()))
    return status


def _shown(plan: Plan, now: PlanStatistics, others: Sequence[StateKey], layout: Layout) -> Iterator[str]:
    yield from layout.text(shown(f"{plan.title} ({plan.id}, {plan.environment})"), hanging=2, style=STRONG)
    yield from layout.text(plan.origin.url, indent=2, hanging=2, style=DIM)
    warnings = (("warning", warning, WARN) for warning in plan.warnings)
    for label, text, style in (*_facts(plan, now), *_elsewhere(others), *warnings):
        yield from layout.labelled(label, shown(text, most=None), column=_COLUMN, text_style=style)


def _facts(plan: Plan, now: PlanStatistics) -> Iterator[tuple[str, str, str]]:
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
        scope = f"{name}: " if name else ""
        counted = "" if breaker.state == "open" else f", {plural(breaker.failures, 'failure')} counted"
        state = breaker.state.replace("_", "-")
        yield "breaker", f"{scope}{state}{forced}{counted}{opens}", _BREAKER_STYLES.get(breaker.state, "")
    if not now.breakers:
        yield "breaker", "none declared", DIM
    for stage, scopes in now.guards.items():
        for name, said in scopes.items():
            words = ", ".join(f"{what.replace('_', ' ')} {value}" for what, value in said.items())
            yield stage.replace("_", " "), f"{name}: {words}" if name else words, ""
    waiting = ", ".join(f"{count:,} {state}" for state, count in sorted(now.queue.items()) if count)
    yield "queue", waiting or "empty", WARN if waiting else ""
    month = now.ledger
    if month is None:
        yield "budget", "nothing is paid per call", DIM
        return
    spent = Money(month.amount, month.currency)
    of = f" of {Money(month.monthly_limit, month.currency)}" if month.monthly_limit is not None else ""
    yield "budget", f"{spent}{of} spent in {month.month}, {plural(month.calls, 'attempt')} billed", ""
    if plan.pricing is not None and _is_alerted(plan.pricing, month):
        yield "budget", f"warning: {alert_sentence(plan.pricing)}", WARN
    if month.reserved:
        yield "budget", f"{Money(month.reserved, month.currency)} set aside", ""
    if month.unreconciled:
        left = Money(month.unreconciled, month.currency)
        yield "budget", f"{left} left by crashed processes, counted as spent; see `intertie budget reconcile`", WARN


def _elsewhere(others: Sequence[StateKey]) -> Iterator[tuple[str, str, str]]:
    for key in others[:_MOST_ELSEWHERE]:
        yield "also", str(key), DIM
    if len(others) > _MOST_ELSEWHERE:
        yield "also", f"{len(others) - _MOST_ELSEWHERE} others", DIM


def _is_alerted(pricing: PricingOptions, month: LedgerMonth) -> bool:
    return has_reached_mark(pricing, month.amount + month.reserved + month.unreconciled)


def _as_json(plan: Plan, now: PlanStatistics, others: Sequence[StateKey]) -> dict[str, object]:
    month = now.ledger
    return {
        "id": plan.id,
        "service": plan.service,
        "environment": plan.environment,
        "origin": plan.key.origin,
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
            plan.key.scoped(scope): {
                "state": b.state,
                "failures": b.failures,
                "successes": b.successes,
                "probes": b.probes,
                "opens_for_s": b.opens_for_s,
                "forced": b.forced,
            }
            for scope, b in now.breakers.items()
        },
        "guards": {stage: dict(scopes) for stage, scopes in now.guards.items()},
        "queue": dict(now.queue),
        "elsewhere": [key.as_json() for key in others],
        "warnings": list(plan.warnings),
        "budget": None
        if month is None
        else {
            "month": month.month,
            "calls": month.calls,
            "amount": Money(month.amount, month.currency).as_json(),
            "reserved": Money(month.reserved, month.currency).as_json(),
            "unreconciled": Money(month.unreconciled, month.currency).as_json(),
            "alerted": plan.pricing is not None and _is_alerted(plan.pricing, month),
            "monthly_limit": None
            if month.monthly_limit is None
            else Money(month.monthly_limit, month.currency).as_json(),
        },
    }
