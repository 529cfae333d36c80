"""`intertie breaker`: an operator's hand on a breaker, for every process of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import environment_option, say, state_url_option, workbench
from intertie.cli.completing import complete_operation, complete_spec
from intertie.core.errors import UsageError

if TYPE_CHECKING:
    from intertie.cli.context import CliContext

_FORCED = {"open": "open", "close": "closed", "auto": None}
_SAID = {
    "open": "forced open: calls are refused",
    "close": "forced closed: every call is sent",
    "auto": "automatic again",
}


@click.command("breaker", short_help="Force a breaker open or closed, or back to automatic.")
@click.argument("action", type=click.Choice(["open", "close", "auto"]))
@click.argument("spec", shell_complete=complete_spec)
@click.option(
    "--operation",
    help="Breaker of this operation, if the spec has one for each.",
    shell_complete=complete_operation,
)
@environment_option
@state_url_option
@click.pass_obj
def command(
    context: CliContext,
    action: str,
    spec: str,
    operation: str | None,
    environment: str | None,
    base_url: str | None,
) -> None:
    """Force the breaker of SPEC open or closed for all processes of the workspace, or back to automatic."""
    from intertie.app.opening import open_blocking  # noqa: PLC0415  # keeps `--help` quick
    from intertie.app.opening_stores import Purpose  # noqa: PLC0415

    bench = workbench(context, spec)
    plan = bench.plan(spec, environment=environment, base_url=base_url)
    with open_blocking(bench, plan, caller="cli:breaker", purpose=Purpose.STEERING) as integration:
        breakers = integration.breakers
        if not breakers:
            raise UsageError(f"{plan.id} declares no circuit breaker")
        chosen = {
            scope: handle for scope, handle in breakers.items() if operation is None or (scope and scope == operation)
        }
        if not chosen:
            names = ", ".join(filter(None, breakers))
            has = f"it has breakers of {names}" if names else "it has one for all operations: leave out --operation"
            raise UsageError(f"{plan.id} has no breaker of {operation}; {has}")
        for scope, handle in chosen.items():
            handle.force(_FORCED[action])
            say(f"{plan.key.scoped(scope)}: {_SAID[action]}")
