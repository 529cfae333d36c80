"""The reference page of the command line, written from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from intertie.cli.main import COMMANDS, cli

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
        "nearest folder upwards with an `intertie.toml`, else the spec's own folder.",
        "",
        "Exit status: 0 done; 1 findings, or a failed call; 2 wrong usage; 70 a bug in Intertie. With `--format json`",
        "stdout holds exactly one JSON document; what people read goes to stderr.",
        "",
        "Options common to all stand before the command:",
        "",
        *_options(cli, click.Context(cli, info_name="intertie")),
    ]
    lines += ["", *_COMPLETION.splitlines()]
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
