"""`intertie plan`: what will happen on a call, and where each number comes from."""

from __future__ import annotations

from pathlib import Path

import click

from intertie.cli.common import (
    base_url_option,
    environment_option,
    format_option,
    print_json,
    put_lines,
    workbench,
)
from intertie.cli.completing import complete_operation, complete_spec
from intertie.cli.context import CliContext


@click.command("plan", short_help="Show what a call will do, and where each number comes from.")
@click.argument("spec", shell_complete=complete_spec)
@click.argument("operation", required=False, shell_complete=complete_operation)
@environment_option
@base_url_option
@format_option
@click.pass_obj
def command(
    context: CliContext,
    spec: str,
    operation: str | None,
    environment: str | None,
    base_url: str | None,
    output_format: str,
) -> int:
    """Show what calls of SPEC (a path or an id) will do, for one OPERATION or for all.

    Sends nothing. Each number shows its source: a line of the spec, `config` or `default`. The end of the plan lists
    what the spec promises and this version does not do. Exits with 1 if the spec has errors.
    """
    from intertie.cli.plan_text import plan_text  # noqa: PLC0415  # keeps `--help` quick
    from intertie.compiler import plan_json  # noqa: PLC0415

    bench = workbench(context, spec)
    plan = bench.plan(spec, environment=environment, base_url=base_url)
    if output_format == "json":
        print_json(plan_json(plan, operation))
    else:
        layout = context.layout()
        text = plan_text(plan, operation, layout=layout, root=bench.root, here=Path.cwd())
        put_lines(text, color=layout.paint.on)
    return 0
