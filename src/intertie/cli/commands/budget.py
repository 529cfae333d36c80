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


@click.group("budget", short_help="Reconcile what dead processes left in the ledger.")
def command() -> None:
    """Settle what the ledger can't know by itself."""


@command.command("reconcile")
@click.argument("spec", required=False, shell_complete=complete_spec)
@click.option(
    "--give-back",
    is_flag=True,
    help="Nothing of it was sent: give it back. Without this, it is settled as spent.",
)
@format_option
@click.pass_obj
def reconcile(context: CliContext, spec: str | None, give_back: bool, output_format: str) -> None:
    """Settle what processes that died left set aside: as spent, or given back.

    Only shares whose owner is known to be gone are touched. Compare with the provider's own bill first: what a dead
    process had sent is in there.
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
        say("nothing to reconcile: no dead process left anything set aside")
    for month in months:
        how = "given back" if give_back else "settled as spent"
        say(f"{month.key} {month.month}: {how}; the month stands at {Money(month.amount, month.currency)}")
