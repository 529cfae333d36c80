"""`intertie dev`: for work on Intertie itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from intertie.cli.common import put, say
from intertie.cli.reference import cli_markdown
from intertie.comparing.reference import changes_markdown
from intertie.compiler.field_fates import fields_markdown
from intertie.compiler.reference import configuration_markdown, defaults_markdown
from intertie.core.errors import UsageError
from intertie.core.plurals import plural
from intertie.lint.cases.reference import case_fields_markdown
from intertie.lint.docs import rule_pages
from intertie.mockserver.reference import mock_markdown
from intertie.runtime.event_catalogue import events_markdown
from intertie.runtime.mapping.reference import transforms_markdown
from intertie.spec.reference import spec_format_markdown


def _spec_format() -> dict[str, str]:
    return {"docs/reference/spec-format.md": spec_format_markdown(), "docs/reference/fields.md": fields_markdown()}


def _transforms() -> dict[str, str]:
    return {"docs/reference/transforms.md": transforms_markdown()}


def _events() -> dict[str, str]:
    return {"docs/reference/events.md": events_markdown()}


def _cases() -> dict[str, str]:
    return {"docs/reference/case-fields.md": case_fields_markdown()}


def _commands() -> dict[str, str]:
    return {"docs/reference/cli.md": cli_markdown()}


def _configuration() -> dict[str, str]:
    return {
        "docs/reference/configuration.md": configuration_markdown(),
        "docs/reference/defaults.md": defaults_markdown(),
    }


def _mock() -> dict[str, str]:
    return {"docs/reference/mock.md": mock_markdown()}


def _changes() -> dict[str, str]:
    return {"docs/reference/changes.md": changes_markdown()}


GENERATORS: tuple[Callable[[], Mapping[str, str]], ...] = (
    rule_pages, _spec_format, _transforms, _events, _cases, _commands, _configuration, _changes, _mock,
)  # fmt: skip
"""Each returns path -> text of the pages it writes, paths relative to the root of the project."""

OWNED_FOLDERS = ("docs/reference/rules",)
"""Folders in which every page is generated: one that no generator writes is left over."""


@click.group()
def command() -> None:
    """For work on Intertie itself."""


@command.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where a page is not what would be written.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Root of the project, else the current folder.",
)
@click.pass_context
def docs(ctx: click.Context, check: bool, root: Path) -> None:
    """Write the reference pages that are made from the code."""
    if not (root / "src" / "intertie").is_dir():
        raise UsageError(f"{root.resolve()} is not the root of Intertie's source: it has no src/intertie")
    pages = {path: text for generate in GENERATORS for path, text in generate().items()}
    stale = sorted(path for path, text in pages.items() if _read(root / path) != text)
    left_over = sorted(
        str(page.relative_to(root))
        for folder in OWNED_FOLDERS
        for page in (root / folder).glob("*.md")
        if str(page.relative_to(root)) not in pages
    )
    if check:
        for path in (*stale, *left_over):
            say(f"{path} is {'left over' if path in left_over else 'stale'}")
        if stale or left_over:
            say("run `intertie dev docs`")
            ctx.exit(1)
        say(f"{plural(len(pages), 'page')} up to date")
        return
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(pages[path], encoding="utf-8")
        put(f"wrote {path}")
    for path in left_over:
        (root / path).unlink()
        put(f"removed {path}")
    say(f"{len(stale)} of {len(pages)} pages written")


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
