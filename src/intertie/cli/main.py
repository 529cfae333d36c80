"""The `intertie` command: global options, lazy subcommands, exit statuses.

Exit status: 0 done; 1 findings or a failed call; 2 wrong usage; 70 a bug in Intertie.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intertie._version import __version__
from intertie.cli.context import CliContext
from intertie.cli.help import HelpContext, with_help
from intertie.cli.layout import MOST
from intertie.core.errors import IntertieError, UsageError
from intertie.core.outside_text import printable_line, printable_lines, shown

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

BUG_STATUS = 70
_LONGEST_NAME = 100
_OUTPUT_FAILED = frozenset({errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG})

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Create a workspace: intertie.toml, specs/, cases."),
    "new": ("new", "Create a spec from the template, or from an API description."),
    "check": ("check", "Find mistakes in specs, and explain how to fix them."),
    "doctor": ("doctor", "Check that everything calls need is in place."),
    "rule": ("rule", "Explain a rule, with an example and its fix."),
    "fmt": ("fmt", "Format specs."),
    "diff": ("diff", "Show how a change to a spec affects its callers."),
    "plan": ("plan", "Show what a call will do, and where each number comes from."),
    "call": ("call", "Call an operation, with all its guards."),
    "mock": ("mock", "Serve a mock of the service."),
    "queue": ("queue", "List, send or delete queued calls."),
    "generate": ("generate", "Generate OpenAPI or typed Python from a spec."),
    "report": ("report", "Report costs and past calls."),
    "status": ("status", "Show the current state of limits, breakers, queue and budget."),
    "breaker": ("breaker", "Force a breaker open or closed, or back to automatic."),
    "limiter": ("limiter", "Pause or resume all calls to a service."),
    "budget": ("budget", "Settle amounts that crashed processes left reserved."),
    "lsp": ("lsp", "Start the language server for editors."),
    "dev": ("dev", "For work on Intertie itself."),
}
"""Command -> (module in `intertie.cli.commands`, one line of help); modules are imported when used."""


class LazyGroup(click.Group):
    """A group that imports a command when it is used, so that `--help` stays quick."""

    context_class = HelpContext

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order people meet them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"intertie.cli.commands.{COMMANDS[cmd_name][0]}")
        return with_help(module.command)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a spec with errors is shown in one way, whichever command met it."""
        try:
            return super().invoke(ctx)
        except IntertieError as error:
            from intertie.diagnostics import SpecError  # noqa: PLC0415  # keeps `--help` quick

            if not isinstance(error, SpecError):
                raise
            from intertie.cli.common import show_spec_error  # noqa: PLC0415

            show_spec_error(error, ctx)
            return 1

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command for a wrong one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415  # only for a slip

            near = get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            ctx.fail(f"there is no command `{name}`.{hint}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer commands without importing any of them; options once one is begun."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        from click.shell_completion import CompletionItem  # noqa: PLC0415  # only where a shell asks

        return [
            CompletionItem(name, help=text)
            for name, (_, text) in COMMANDS.items()
            if name.startswith(incomplete) and name != "dev"
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command list without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items() if name != "dev"])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": MOST})
@click.version_option(__version__, prog_name="intertie")
@click.option(
    "--workspace",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Workspace folder. Default: the nearest parent folder with an intertie.toml.",
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Configuration file. Default: the intertie.toml of the workspace.",
)
@click.option("-v", "--verbose", count=True, help="Show the log of calls at level info; -vv shows level debug.")
@click.option("--no-color", is_flag=True, help="Do not use colors.")
@click.pass_context
def cli(ctx: click.Context, workspace: Path | None, config: Path | None, verbose: int, no_color: bool) -> None:
    """Check, plan, mock and call the external service that a Markdown spec describes."""
    ctx.obj = CliContext(workspace, config, verbose, _color(no_color=no_color))


def _color(*, no_color: bool) -> bool | None:
    """Return whether output is coloured, None where the terminal decides.

    Source: no-color.org, force-color.org.
    """
    if no_color or os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status."""
    color = _color(no_color="--no-color" in arguments)
    try:
        status = cli.main(arguments, prog_name="intertie", standalone_mode=False, color=color)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as wrong:
        _show_wrong_usage(wrong, color)
        return wrong.exit_code
    except click.Abort:
        _complain("stopped", color, label="")
        return 130
    except UsageError as wrong:
        _complain(str(wrong), color)
        return 2
    except IntertieError as failure:
        _complain(str(failure), color)
        return 1
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is left to say, and Python must not say it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as failure:
        if failure.filename is None and failure.errno in _OUTPUT_FAILED:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            _complain(f"can't write the output: {failure.strerror}", color)
            return 1
        if failure.filename is None:
            return _report_bug(failure, verbose=_wants_trace(arguments))
        # A name that is too long, a folder that may not be read, a full disk: not ours to fix, but to name.
        name = os.fsdecode(failure.filename) if isinstance(failure.filename, str | bytes) else str(failure.filename)
        _complain(f"{shown(name, most=_LONGEST_NAME)}: {failure.strerror}", color)
        return 1
    except Exception as bug:  # noqa: BLE001  # the last line of defence: say how to report it, show the trace on -v
        return _report_bug(bug, verbose=_wants_trace(arguments))
    return status if isinstance(status, int) else 0


def _complain(message: str, color: bool | None, *, label: str = "Error: ") -> None:
    """Say on stderr why there was nothing to do, or what failed; it may hold what a stranger wrote."""
    for line in CliContext(color=color).sentences().said(f"{label}{printable_line(message)}"):
        click.echo(line, err=True, color=color)


def _show_wrong_usage(wrong: click.ClickException, color: bool | None) -> None:
    """Show what is wrong with the command line; what was typed may hold anything."""
    if isinstance(wrong, click.UsageError) and wrong.ctx is not None:
        usage = printable_lines(wrong.ctx.get_usage(), color=True)
        click.echo(f"{usage}\nTry `{wrong.ctx.command_path} --help`.\n", err=True, color=color)
    _complain(wrong.format_message(), color)


def _wants_trace(arguments: list[str]) -> bool:
    return any(argument in {"-v", "-vv", "--verbose"} for argument in arguments)


def _report_bug(bug: Exception, *, verbose: bool) -> int:
    if verbose:
        import traceback  # noqa: PLC0415  # only for a bug

        traceback.print_exception(bug)
    frame = bug.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "?"
    click.echo(
        f"Intertie {__version__} has a bug: {type(bug).__name__} at {place}.\n"
        "Run the command again with -v to get the trace, and report it together with the command line. Leave out "
        "secrets.",
        err=True,
    )
    return BUG_STATUS


if __name__ == "__main__":
    main()
