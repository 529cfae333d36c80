"""`intertie init`: a workspace to put specs in."""

from __future__ import annotations

from pathlib import Path

import click

from intertie.cli.common import put, put_lines
from intertie.core.errors import UsageError

FOLDERS = ("specs", "test-cases", "scenario-cases", "precondition-cases")

CONFIGURATION = """\
# Configuration of this workspace. Every key can be set by a variable too (INTERTIE_ENVIRONMENT, INTERTIE_STATE, ...);
# flags win over variables, variables over this file, this file over the specs.

# The environment that calls go to where none is chosen; without it each spec's development, else its base_url.
# environment = "development"

# Where limits, breakers, budgets, queue and ledger are kept; the folder .intertie/ is shared by all processes.
state = "sqlite:///.intertie/state.db"
journal = "sqlite:///.intertie/journal.db"

# What holds where a spec says nothing, for example:
# [defaults.timeouts]
# total = "20s"

# Which rules `intertie check` applies, by code, beginning of a code, or name:
# [lint]
# ignore = ["TIE212"]
# severity = { "unknown-key" = "error" }
"""

IGNORED = ".intertie/"


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), default=Path(), metavar="[DIR]")
def command(directory: Path) -> None:
    """Create a workspace in DIR (default: the current folder).

    Creates intertie.toml, folders for specs and cases, and .gitignore. Existing files stay as they are.
    """
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is a file, not a folder")
    try:
        made = _make(directory)
    except OSError as error:
        raise UsageError(f"{error.filename} can't be created: {error.strerror}") from None
    put_lines("\n".join(f"made {path}" for path in made) or "the workspace exists already; nothing changed")
    ignored = directory / ".gitignore"
    if IGNORED not in ignored.read_text(encoding="utf-8", errors="replace").split():
        put(f"{ignored} has no line `{IGNORED}`: add it, since Intertie keeps its state there")
    here = directory.resolve() == Path.cwd()
    put(f'next: {"" if here else f"cd {directory} && "}intertie new "My Service", then intertie check')


def _make(directory: Path) -> list[str]:
    made: list[str] = []
    for name in FOLDERS:
        folder = directory / name
        if not folder.is_dir():
            folder.mkdir(parents=True)
            made.append(f"{folder}/")
    for name, text in (("intertie.toml", CONFIGURATION), (".gitignore", f"{IGNORED}\n")):
        path = directory / name
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
            made.append(str(path))
        except FileExistsError:
            continue  # what is there is the author's
    return made
