"""`intertie limiter`: an operator's hand on a limiter, for every process of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import environment_option, say, state_url_option, workbench
from intertie.cli.completing import complete_spec
from intertie.core.errors import UsageError
from intertie.core.units import parse_duration_s, seconds_text

if TYPE_CHECKING:
    from intertie.cli.context import CliContext


_LONGEST_PAUSE_S = 31 * 86_400.0


@click.command("limiter", short_help="Pause or resume all calls to a service.")
@click.argument("action", type=click.Choice(["pause", "resume"]))
@click.argument("spec", shell_complete=complete_spec)
@click.option("--for", "duration", default="5m", show_default=True, help="Length of the pause, such as 30s, 5m or 1h.")
@environment_option
@state_url_option
@click.pass_obj
def command(
    context: CliContext, action: str, spec: str, duration: str, environment: str | None, base_url: str | None
) -> None:
    """Pause all calls to SPEC, or end a pause, whether the service or an operator asked for it."""
    from intertie.app.opening import open_blocking  # noqa: PLC0415  # keeps `--help` quick
    from intertie.app.opening_stores import Purpose  # noqa: PLC0415

    pause_s = parse_duration_s(duration, bare_unit="s")
    if pause_s is None or pause_s <= 0:
        raise UsageError(f"--for {duration} is not a duration such as 30s, 5m or 1h")
    if pause_s > _LONGEST_PAUSE_S:
        raise UsageError(f"--for {duration} is longer than {seconds_text(_LONGEST_PAUSE_S)}, the longest pause")
    bench = workbench(context, spec)
    plan = bench.plan(spec, environment=environment, base_url=base_url)
    with open_blocking(bench, plan, caller="cli:limiter", purpose=Purpose.STEERING) as integration:
        if action == "resume":
            integration.limiter.resume()
            say(f"{plan.key}: resumed")
        else:
            integration.limiter.pause(float(pause_s))
            say(f"{plan.key}: paused for {seconds_text(float(pause_s))}; calls wait, or fail at their deadline")
