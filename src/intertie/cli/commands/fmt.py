"""`intertie fmt`: specs in canonical form."""

from __future__ import annotations

from pathlib import Path

import click

from intertie.cli.common import put, put_document, say
from intertie.cli.completing import complete_spec
from intertie.cli.context import CliContext
from intertie.cli.diffs import diff_text
from intertie.cli.spec_files import spec_files, workspace_of
from intertie.core.plurals import plural
from intertie.core.seen_paths import seen_path
from intertie.lint.fixing import FixedFile, write_fixed
from intertie.spec.formatting import format_text
from intertie.spec.workspace import Unreadable, Workspace, check_text


@click.command("fmt", short_help="Format specs.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_spec)
@click.option("--check", is_flag=True, help="Report files that would change, and write nothing.")
@click.option("--diff", is_flag=True, help="Show the changes as a diff, and write nothing.")
@click.pass_obj
def command(context: CliContext, paths: tuple[str, ...], check: bool, diff: bool) -> int:
    """Format the specs at PATH (files, folders or ids); without PATH, all specs of the workspace.

    Puts the keys of each block into the order of the template, under their canonical names, and removes quotes that
    nothing needs. Keeps everything else as written: prose, comments, the order of sections, and units (`15s` stays
    `15s`). Formatting never changes what a spec means. A block with a syntax error, a duplicate key or shared values
    (`&`, `*`) stays as it is and is reported.

    Exits with 1 if --check or --diff finds a file that would change.
    """
    workspace = workspace_of(context, paths)
    files = spec_files(paths, workspace)
    done = [_formatted(path, workspace) for path in files]
    changed = [file for file in done if file is not None and file.changed]
    for file in changed:
        if diff:
            put_document(diff_text(file, context), color=context.use_color())
        elif check:
            put(f"{file.shown} is not in canonical form")
        else:
            write_fixed(file)
            say(f"formatted {file.shown}")
    rest = len(done) - len(changed)
    told = f"{plural(len(changed), 'file')} {'would be ' if check or diff else ''}formatted"
    say(f"{told}, {rest} left as {'it is' if rest == 1 else 'they are'}")
    unread = any(file is None for file in done)
    return 1 if unread or (changed and (check or diff)) else 0


def _formatted(path: Path, workspace: Workspace) -> FixedFile | None:
    """Return a file before and after, None where it can't be read; what stays as it is, is told."""
    shown = seen_path(path, Path.cwd())
    try:
        before = check_text(path.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        reason = error.reason if isinstance(error, Unreadable) else "it is not a readable UTF-8 file"
        say(f"{shown}: not formatted: {reason}")
        return None
    found = format_text(before, path, workspace)
    for block in found.untouched:
        say(f"{shown}:{block.line}: this block is left as it is: {block.why}")
    return FixedFile(path, shown, before, found.text, ())
