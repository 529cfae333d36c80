"""`intertie lsp`: the language server that editors start."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import sys

import click

from intertie.cli.common import say
from intertie.cli.context import CliContext
from intertie.core.clock import AsyncioClock
from intertie.core.errors import UsageError


@click.command()
@click.option("--stdio", is_flag=True, help="Use standard input and output. This is the default and the only way.")
@click.pass_obj
def command(context: CliContext, stdio: bool) -> None:
    """Start the language server: findings, hover, completion, definitions, renaming, fixes, formatting, costs.

    Editors start it themselves; docs/guides/editor.md explains how to set them up.
    """
    del stdio
    if importlib.util.find_spec("pygls") is None:
        raise UsageError("the language server needs an extra package: run `pip install intertie[lsp]`")
    if not context.verbose:
        # Its traces repeat what a client sent; what matters is told to the client.
        logging.getLogger("pygls").addHandler(logging.NullHandler())
        logging.getLogger("pygls").propagate = False
    if sys.stdin.isatty():
        say("waiting for an editor on standard input; editors start this command themselves")
    # The server stands beside the command line, not below it: it is found by its name.
    made = importlib.import_module("intertie.lsp.server").make_server(
        environ=os.environ, clock=AsyncioClock(), root=context.workspace, config=context.config
    )
    made.start_io()
