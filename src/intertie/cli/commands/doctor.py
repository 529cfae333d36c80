"""`intertie doctor`: check whether everything that calls need is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import environment_option, format_option, print_json, tell, workbench
from intertie.cli.completing import complete_spec
from intertie.cli.context import CliContext

if TYPE_CHECKING:
    from intertie.app.doctor.examination import Examined


@click.command("doctor", short_help="Check that everything calls need is in place.")
@click.argument("specs", metavar="[SPEC]...", nargs=-1, shell_complete=complete_spec)
@environment_option
@click.option("--offline", is_flag=True, help="Do not connect to any service.")
@format_option
@click.pass_obj
def command(
    context: CliContext, specs: tuple[str, ...], environment: str | None, offline: bool, output_format: str
) -> int:
    """Check that everything calls of SPEC need is in place. Without SPEC, check all specs of the workspace.

    Checks credentials, certificates, the proxy, the connection to each service, the state folder, the clock and
    installed extras, and explains how to fix each problem. To test a connection, it opens one and completes the TLS
    handshake, within 5 seconds; it sends no request. Exits with 1 if calls would fail.
    """
    from intertie.app.doctor.examination import examine  # noqa: PLC0415  # keeps `--help` quick
    from intertie.cli.doctor_lines import doctor_lines, summary_line  # noqa: PLC0415

    bench = workbench(context, specs[0] if specs else None, quiet=True)
    examined = examine(bench, specs or tuple(bench.spec_files()), environment=environment, offline=offline)
    checks = [check for each in examined for check in each.checks]
    if output_format == "json":
        print_json(_document(examined))
    else:
        tell(doctor_lines(examined, context.layout()))
        tell(["", summary_line(checks)])
    return 1 if any(check.level == "problem" for check in checks) else 0


def _document(examined: list[Examined]) -> dict[str, object]:
    checks = [
        {"spec": each.path, "about": check.about, "level": check.level.value, "what": check.what, "fix": check.fix}
        for each in examined
        for check in each.checks
    ]
    count = {level: sum(check["level"] == level for check in checks) for level in ("ok", "warning", "problem")}
    return {
        "checks": checks,
        "summary": {"ok": count["ok"], "warnings": count["warning"], "problems": count["problem"]},
    }
