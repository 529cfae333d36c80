"""`intertie new`: a spec from the template, or from what describes the service already."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from intertie.cli.common import format_option, put, say, stdin_text, tell
from intertie.cli.context import CliContext
from intertie.core.errors import UsageError
from intertie.core.plurals import plural
from intertie.core.seen_paths import seen_path
from intertie.lint.ids import ids_of, next_id
from intertie.spec.draft import (
    AUTHENTICATIONS,
    COMMUNICATIONS,
    DATA_FORMATS,
    PROTOCOLS,
    Draft,
    draft_text,
    slug_of,
)
from intertie.spec.workspace import Workspace, find_workspace


@click.command()
@click.argument("name")
@click.option("--id", "given_id", metavar="INT-n", help="Id of the spec. Default: the next free id of the workspace.")
@click.option("--service", metavar="SLUG", help="Slug of the service. Default: made from NAME.")
@click.option("--description", help="What the service is for.")
@click.option("--base-url", metavar="URL", help="URL of the service.")
@click.option("--protocol", type=click.Choice(PROTOCOLS, case_sensitive=False), help="Protocol of the service.")
@click.option("--auth", type=click.Choice(list(AUTHENTICATIONS), case_sensitive=False), help="How calls authenticate.")
@click.option("--data-format", type=click.Choice(DATA_FORMATS, case_sensitive=False), help="Format of bodies.")
@click.option(
    "--communication",
    type=click.Choice(COMMUNICATIONS, case_sensitive=False),
    help="When answers come.",
)
@click.option(
    "--from",
    "source",
    metavar="SOURCE",
    help="OpenAPI 3, Swagger 2, Postman, HAR or curl: a file, - for stdin, or a curl command.",
)
@click.option("--tag", "tags", multiple=True, metavar="T", help="Import only operations with this tag; repeatable.")
@click.option(
    "--path", "paths", multiple=True, metavar="GLOB", help="Import only paths like '/v1/charges*'; repeatable."
)
@click.option("--operation", "operations", multiple=True, metavar="ID", help="Import only this operation; repeatable.")
@click.option(
    "--schemas",
    type=click.Choice(["inline", "file", "ref"]),
    help="Put schemas into the spec, into a file beside it, or refer to the source. Default: as short as it reads.",
)
@click.option("--complete", is_flag=True, help="Write every section and field of the template, as placeholders.")
@click.option("--merge", is_flag=True, help="Merge into an existing spec that was not imported.")
@click.option("--force", is_flag=True, help="Overwrite an existing spec.")
@format_option
@click.pass_obj
def command(
    context: CliContext,
    *,
    name: str,
    given_id: str | None,
    service: str | None,
    description: str | None,
    base_url: str | None,
    protocol: str | None,
    auth: str | None,
    data_format: str | None,
    communication: str | None,
    source: str | None,
    tags: tuple[str, ...],
    paths: tuple[str, ...],
    operations: tuple[str, ...],
    schemas: str | None,
    complete: bool,
    merge: bool,
    force: bool,
    output_format: str,
) -> None:
    """Create a spec called NAME in specs/, from the template or from an API description.

    Without --from, the spec is the template. A terminal asks for what the options leave open; otherwise it stays a
    placeholder.

    With --from, the spec holds what the source says: operations, schemas, the credential and environments. Run the
    command again to merge changes of the source; what you wrote stays as it is. What could not be imported, and what
    was guessed, is reported on stderr.
    """
    workspace = Workspace(context.workspace.resolve()) if context.workspace else find_workspace(Path.cwd())
    slug = _slug(name, service)
    path = workspace.root / "specs" / f"{slug}.md"
    if source is None and (tags or paths or operations or schemas or complete or merge or output_format == "json"):
        raise UsageError("--tag, --path, --operation, --schemas, --complete, --merge and --format need --from SOURCE")
    old = _old_spec(path, merge=merge) if source is not None and not force else None
    if path.exists() and not force and old is None:
        raise UsageError(f"{_shown(path)} exists already; use --force to overwrite it, or --service for another name")
    # What the options say is judged before anything is asked.
    identity, title = _id(given_id, workspace, path), _one_line(name)
    description = _one_line(description) if description else None
    base_url = _url(base_url) if base_url else None
    if is_terminal() and source is None:
        base_url = base_url or _ask("Base URL of the service")
        protocol = protocol or _ask("Protocol", PROTOCOLS)
        auth = auth or _ask("Authentication", tuple(AUTHENTICATIONS))
        data_format = data_format or _ask("Data format", DATA_FORMATS)
    draft = Draft(
        id=identity,
        name=title,
        slug=slug,
        description=description,
        base_url=base_url,
        protocol=protocol,
        authentication=auth,
        data_format=data_format,
        communication=communication,
    )
    if source is None:
        _write(path, draft_text(draft))
        put(f"made {_shown(path)} ({draft.id})")
        tell(context.layout().said(f"next: fill in the [placeholders], then intertie check {_shown(path)}"))
        return
    from intertie.cli.imported import show_imported  # noqa: PLC0415  # a spec from the template needs none of it
    from intertie.importers import Request, Selection, import_again, import_new  # noqa: PLC0415

    request = Request(
        given=source,
        draft=draft,
        spec_path=path,
        stdin=stdin_text() if source == "-" else None,
        selection=Selection(tags, paths, operations) if tags or paths or operations else None,
        schemas=schemas,
        base_url=draft.base_url,
        complete=True if complete else None,
    )
    imported = import_new(request) if old is None else import_again(request, old)
    if imported.schemas_file is not None:
        _write(imported.schemas_file.path, imported.schemas_file.text)
    _write(path, imported.text)
    show_imported(imported, _shown(path), draft.id, merged=old is not None, as_json=output_format == "json")
    if output_format == "json":
        return
    done = "made" if old is None else "merged"
    count = plural(len(imported.operations), "operation")
    put(f"{done} {_shown(path)} ({draft.id}): {count} from {imported.description.kind}")
    if imported.schemas_file is not None:
        schemas = plural(len(imported.schemas_file.schemas), "schema")
        put(f"{done} {_shown(imported.schemas_file.path)}: {schemas}")
    brackets = "fill in the [placeholders], then " if complete else ""
    say(f"next: {brackets}intertie check {_shown(path)}")


def _old_spec(path: Path, *, merge: bool) -> str | None:
    """Return the text of a spec to merge into, None where there is none that was imported or is to be merged."""
    from intertie.importers import read_record  # noqa: PLC0415

    try:
        # Read as it is: byte order mark and line ends are the author's.
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{_shown(path)} can't be read: {error}") from None
    return text if merge or read_record(text) is not None else None


def _write(path: Path, text: str) -> None:
    """Write a spec whole or not at all."""
    # Where the spec is a link, the file behind it is the spec.
    target = path.resolve()
    scratch = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(text.encode("utf-8"))
        if target.exists():
            scratch.chmod(target.stat().st_mode)
        scratch.replace(target)
    except OSError as error:
        raise UsageError(f"{_shown(path)} can't be written: {error.strerror}") from None


def is_terminal() -> bool:
    """Return whether somebody is there to answer questions."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _ask(question: str, choices: tuple[str, ...] = ()) -> str | None:
    """Return one of `choices`, a URL where there are none, or None for an empty answer."""
    kind = click.Choice(choices, case_sensitive=False)
    offer = f" ({', '.join(choices)})" if choices else ""

    def read(answer: str) -> str:
        if not answer.strip():
            return ""
        if choices:
            return str(kind.convert(answer, None, None))
        try:
            return _url(answer.strip())
        except UsageError as wrong:
            # A wrong answer is asked for again; a wrong option ends the command.
            raise click.BadParameter(str(wrong)) from None

    prompt = f"{question}{offer} (leave empty to decide later)"
    answer: str = click.prompt(prompt, default="", show_default=False, value_proc=read)
    return answer or None


def _slug(name: str, service: str | None) -> str:
    slug = slug_of(name) if service is None else service
    if not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", slug):
        where = f"`{service}` is not a slug" if service is not None else f"`{_one_line(name)}` gives no slug"
        raise UsageError(
            f"{where}: pass --service with lowercase letters, digits and hyphens, such as `stripe-payments`"
        )
    return slug


def _id(given: str | None, workspace: Workspace, path: Path) -> str:
    ids = ids_of(workspace.spec_files(), workspace)
    own = os.path.realpath(path)
    if given is None:
        kept = next((name for name, places in ids.items() if any(place.file == own for place in places)), None)
        return kept or next_id(ids)
    if not re.fullmatch(r"INT-\d+", given):
        raise UsageError(f"`{given}` is not an id: use `INT-` and digits, such as `{next_id(ids)}`")
    others = [str(place.span) for place in ids.get(given, ()) if place.file != own]
    if others:
        raise UsageError(f"{given} is already the id of {others[0]}; the next free id is {next_id(ids)}")
    return given


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s\[\]]", text)
    except ValueError:
        usable = False
    if not usable:
        raise UsageError("the base URL must be complete, such as https://api.example.com")
    return text


def _one_line(text: str) -> str:
    """Return a text as one line that is no placeholder itself."""
    if re.search(r"[\[\]{}]", text) or not text.strip():
        raise UsageError("a name or description can't contain brackets or braces: they mark placeholders")
    words = " ".join(text.split())
    if not words.isprintable():
        raise UsageError("a name or description can't contain control characters")
    return words


def _shown(path: Path) -> str:
    """Return a path as it is seen from the current folder."""
    return seen_path(path, Path.cwd())
