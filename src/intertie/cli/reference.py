"""The reference page of the command line, written from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from intertie.cli.main import COMMANDS, cli

_STOPPING = """\
## What an error stops

Whatever runs a spec (`plan`, `call`, `mock`, `status`, `queue`, `generate` and the others, `intertie.open` and the mock
in tests) first looks for the errors that `intertie check` reports.

An error that **lies in the spec itself**, or in a schema it refers to, stops it. The command shows the errors and exits
with 1; Python raises `SpecError`.

An error that **lies around the spec** comes from the date, other specs, cases, the configuration or Intertie itself. It
fails `check` like any other. Whatever runs the spec goes on and warns: the command line with one `Warning:` line on
stderr, `intertie.open` with one line in the log.

Reports of what was kept (`report`, `queue list`) run nothing, so errors of rules don't stop them.

The [page of each rule](rules/README.md) says which of the two it is. Five things follow:

- What leaves no plan stops, wherever it comes from: a variable of the base URL that is not set, an environment that
  the spec does not declare.
- An error that `[lint]` ignores or lowers, or that a comment in the spec ignores, stops nothing. A warning that
  `[lint]` raises to an error stops.
- An ignore whose last day is over fails `check`; whoever runs the spec is warned. No spec stops working overnight.
- `--base-url` stands in for the spec's own URLs, so an error in those does not stop such a call.
- A text that has passed is remembered in the state folder, in the file `passed-checks`, for the day, the settings, the
  versions of Intertie and Python, and what the application registered. The first run after a change pays for all rules,
  the next ones for none. Where there is no state folder nothing is remembered; opening an integration makes it.
- Its plan is kept there, too, in the folder `plans`, for the same and for the environment, the base URL, the variables
  and the files that it was made of: who finds it reads it instead of the text. It has references to secrets, never
  their texts. Both may be deleted at any time.

## What calls log

`call` and `queue replay` show on stderr what an application's log would hold, from the level on that the spec declares
in `monitoring.logging.level`. `-v` shows it from `info` on, `-vv` from `debug` on, with what the guards decided. Where
no level is declared and no `-v` is given, the command's own summary is all.
"""

_COMPLETION = """\
## Completion

The shell asks the command itself: commands, options, choices, ids of specs, operations, environments, profiles, rules.

| shell | line in its start-up file |
|---|---|
| bash, `~/.bashrc` | `eval "$(_INTERTIE_COMPLETE=bash_source intertie)"` |
| zsh, `~/.zshrc` | `eval "$(_INTERTIE_COMPLETE=zsh_source intertie)"` |
| fish, `~/.config/fish/completions/intertie.fish` | `_INTERTIE_COMPLETE=fish_source intertie \\| source` |

What the command prints can be kept in a file, so that a new shell does not wait for it.
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
