"""`intertie budget`: the ledger's loose ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import format_option, print_json, say, workbenches
from intertie.cli.completing import complete_spec
from intertie.core.money import Money

if TYPE_CHECKING:
    from intertie.cli.context import CliContext
    from intertie.runtime.state import LedgerMonth
    from intertie.runtime.state_key import StateKey


@click.group("budget", short_help="Settle amounts that crashed processes left reserved.")
def command() -> None:
    """Settle amounts that crashed processes left reserved."""


@command.command("reconcile")
@click.argument("spec", required=False, shell_complete=complete_spec)
@click.option(
    "--give-back",
    is_flag=True,
    help="Return the amounts to the budget. Default: settle them as spent.",
)
@format_option
@click.pass_obj
def reconcile(context: CliContext, spec: str | None, give_back: bool, output_format: str) -> None:
    """Settle amounts that crashed processes left reserved, as spent or as returned.

    Touches only reservations whose process is known to be gone. Look at the provider's bill first: it shows what those
    processes had sent.
    """
    from intertie.app.records import open_records  # noqa: PLC0415  # keeps `--help` quick

    months: list[LedgerMonth] = []
    for bench, specs in workbenches(context, () if spec is None else (spec,)):
        with open_records(bench) as journal:
            keys: list[StateKey | None] = [None]
            if spec is not None:
                wanted = bench.identity(specs[0])
                keys = [month.key for month in journal.months() if month.key.integration == wanted]
            months += [month for key in dict.fromkeys(keys) for month in journal.reconcile(key, give_back=give_back)]
    if output_format == "json":
        print_json(
            {
                "reconciled": [
                    {
                        "key": str(m.key),
                        **m.key.as_json(),
                        "month": m.month,
                        "amount": Money(m.amount, m.currency).as_json(),
                    }
                    for m in months
                ]
            }
        )
        return
    if not months:
        say("nothing to settle: no crashed process left an amount reserved")
    for month in months:
        how = "returned" if give_back else "settled as spent"
        say(f"{month.key} {month.month}: {how}; the month stands at {Money(month.amount, month.currency)}")
