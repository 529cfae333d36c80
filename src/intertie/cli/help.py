"""`--help` of every command: as wide as the terminal allows, coloured where it is one."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from intertie.cli.layout import NAME, STRONG, terminal_columns
from intertie.core.paint import Paint

_PAINT = Paint(True)
"""Click takes the colour out again where the stream is no terminal, or where none is wanted."""


class HelpFormatter(click.HelpFormatter):
    """Headings strong, names of options and commands coloured."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        super().__init__(indent_increment, width or terminal_columns(sys.stdout) - 1, max_width)

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        self.write(f"{'':>{self.current_indent}}{_PAINT(f'{heading}:', STRONG)}\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        start = len(self.buffer)
        super().write_usage(prog, args, prefix)
        written = "".join(self.buffer[start:])
        self.buffer[start:] = [written.replace("Usage:", _PAINT("Usage:", STRONG), 1)]

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 24, col_spacing: int = 2) -> None:
        """Write names with what they do."""
        super().write_dl([(_PAINT(name, NAME), text) for name, text in rows], col_max, col_spacing)


class HelpContext(click.Context):
    """A context whose help is written so."""

    formatter_class = HelpFormatter


def with_help(command: click.Command) -> click.Command:
    """Return a command whose help, and that of its own commands, is written so."""
    command.context_class = HelpContext
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            with_help(inner)
    return command
