"""The reference page of the command line, written from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from intertie.cli.main import COMMANDS, cli

_STOPPING = """\
## What an error stops

Everything that runs a spec (`plan`, `call`, `mock`, `status`, `queue`, `generate` and others, `intertie.open`, and the
mock in tests) first looks for the errors that `intertie check` reports.

An error **in the spec itself**, or in a schema it refers to, stops it. The command shows the errors and exits with 1;
Python raises `SpecError`.

An error **around the spec** comes from the date, other specs, cases, the configuration or Intertie itself. It fails
`check` like any other error, but everything that runs the spec continues with a warning: the command line prints a
`Warning:` line on stderr, and `intertie.open` logs a line.

Reports of stored data (`report`, `queue list`) run nothing, so errors of rules don't stop them.

The [page of each rule](rules/README.md) says which kind its errors are. Some details:

- If no plan can be made, everything stops, whatever the cause: a variable of the base URL that is not set, or an
  environment that the spec does not declare.
- An error that `[lint]` ignores or lowers, or that a comment in the spec ignores, stops nothing. A warning that
  `[lint]` raises to an error stops everything.
- An ignore that has passed its date fails `check`, and is a warning everywhere else. No spec stops working overnight.
- `--base-url` replaces the URLs of the spec, so an error in those does not stop the call.
- The file `passed-checks` in the state folder remembers specs without errors, for the day, the settings, the versions
  of Intertie and Python, and what the application registered. Only the first run after a change runs all rules. If
  there is no state folder, nothing is remembered; opening an integration creates it.
- The folder `plans` beside it keeps the plan of each spec, for the same and for the environment, the base URL, the
  variables and the files that the plan was made from. It contains references to secrets, never their values. You can
  delete both at any time.

## What calls log

`call` and `queue replay` show on stderr what an application would log, from the level in `monitoring.logging.level` of
the spec. `-v` shows level `info` and above, `-vv` level `debug` and above, with the decisions of the guards. Without a
level in the spec and without `-v`, they show only their own summary.
"""

_COMPLETION = """\
## Completion

The shell completes commands, options, choices, ids of specs, operations, environments, profiles and rules.

| shell | add this line |
|---|---|
| bash, `~/.bashrc` | `eval "$(_INTERTIE_COMPLETE=bash_source intertie)"` |
| zsh, `~/.zshrc` | `eval "$(_INTERTIE_COMPLETE=zsh_source intertie)"` |
| fish, `~/.config/fish/completions/intertie.fish` | `_INTERTIE_COMPLETE=fish_source intertie \\| source` |

To start shells faster, save the output of the command in a file and read that file instead.
"""


def cli_markdown() -> str:
    """Return the page `docs/reference/cli.md`."""
    lines = [
        "# Commands",
        "",
        "Generated from the commands. SPEC is a path, or an id in the workspace (`INT-001`). The workspace is the",
        "nearest parent folder with an `intertie.toml`, else the folder of the spec.",
        "",
        "Exit status: 0 success; 1 findings, or a failed call; 2 wrong usage; 70 a bug in Intertie. With",
        "`--format json`, stdout is exactly one JSON document; everything else goes to stderr.",
        "",
        "These options go before the command:",
        "",
        *_options(cli, click.Context(cli, info_name="intertie")),
    ]
    lines += ["", *_STOPPING.splitlines(), "", *_COMPLETION.splitlines()]
    root = click.Context(cli, info_name="intertie")
    for name in COMMANDS:
        command = cli.get_command(root, name)
        if command is None or name == "dev":
            continue
        lines += _command(command, click.Context(command, info_name=name, parent=root), "##")
    return "\n".join(lines) + "\n"


def _command(command: click.Command, context: click.Context, level: str) -> Iterator[str]:
    yield ""
    yield f"{level} `{context.command_path}`"
    yield ""
    yield inspect.cleandoc(command.help or "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _command(inner, click.Context(inner, info_name=name, parent=context), f"{level}#")
        return
    yield ""
    yield f"`{' '.join([context.command_path, *command.collect_usage_pieces(context)])}`"
    options = list(_options(command, context))
    if len(options) > 2:
        yield ""
        yield from options


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    yield "| option | what it does |"
    yield "|---|---|"
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None and "--help" not in parameter.opts:
            option, text = record
            yield f"| `{option.replace('|', chr(92) + '|')}` | {text.replace('|', chr(92) + '|')} |"
