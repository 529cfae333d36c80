"""One name for another, wherever it stands for the same thing: in the spec, its cases, and specs that refer to it."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from intertie.core.errors import IntertieError, snake_case
from intertie.diagnostics import Edit, SourceSpan
from intertie.lsp.features.mentions import FIELDS, Thing
from intertie.lsp.features.occurrences import Occurrence, Subject, occurrences, subject_at
from intertie.lsp.page import Page

_FIELD_RE = re.compile(r"[A-Za-z_][\w-]*\Z")
_SCHEMA_RE = re.compile(r"[A-Za-z0-9_.-]+\Z")
_RENAMEABLE = frozenset({*FIELDS, Thing.OPERATION, Thing.SCHEMA, Thing.VARIABLE})
_NEXT_STEP_RE = re.compile(r"[.\[]")


class RenameRefused(IntertieError):  # noqa: N818  # reads as what happened
    """The name can't be changed so; the message says why."""


class FileEdit(Struct, frozen=True):
    """An edit with its file."""

    path: Path
    edit: Edit


def renameable(page: Page, line: int, column: int) -> SourceSpan | None:
    """Return the place of the name that would be changed, None where there is none that can be."""
    subject = subject_at(page, line, column)
    if subject is None or subject.thing not in _RENAMEABLE:
        return None
    return subject.span


def rename(page: Page, line: int, column: int, name: str) -> list[FileEdit]:
    """Return the edits that give the thing at a place another name.

    Raises:
        RenameRefused: There is nothing to rename, or the new name is not possible.
    """
    subject = subject_at(page, line, column)
    if subject is None or subject.thing not in _RENAMEABLE:
        raise RenameRefused("there is nothing here that can be renamed: put the cursor on a field, schema or endpoint")
    name = name.strip()
    _allow(subject, name)
    found: dict[tuple[Path, SourceSpan], FileEdit] = {}
    for each in occurrences(subject):
        edit = _edit(subject, each, name)
        found[each.page.path, edit.span] = FileEdit(each.page.path, edit)
    if not found:
        raise RenameRefused(f"`{subject.name}` is named nowhere that can be changed")
    return sorted(found.values(), key=lambda each: (str(each.path), each.edit.span))


def _allow(subject: Subject, name: str) -> None:
    page = subject.page
    if subject.thing is Thing.OPERATION:
        if not snake_case(name):
            raise RenameRefused("an endpoint's name needs a letter or digit")
        taken = {each.name for each in page.mentions if each.thing is Thing.OPERATION and each.defines}
        if snake_case(name) != subject.name and snake_case(name) in taken:
            raise RenameRefused(f"there is an endpoint `{snake_case(name)}` already")
        return
    form = _SCHEMA_RE if subject.thing is Thing.SCHEMA else _FIELD_RE
    if not form.match(name):
        raise RenameRefused(f"`{name}` can't be a name here: use letters, digits and underscores")
    if name == subject.name:
        return
    if subject.thing is Thing.SCHEMA:
        taken = {each.name for each in page.mentions if each.thing is Thing.SCHEMA and each.defines}
        if name in taken:
            raise RenameRefused(f"there is a schema `{name}` already")
        return
    wanted = (*subject.path[:-1], name)
    for each in page.mentions:
        is_rival = each.defines and (each.thing in FIELDS or each.thing is Thing.VARIABLE)
        if is_rival and tuple(step.name for step in each.steps[: len(wanted)]) == wanted:
            raise RenameRefused(f"there is a field `{'.'.join(wanted)}` already (line {each.span.line})")


def _edit(subject: Subject, at: Occurrence, name: str) -> Edit:
    if subject.thing is Thing.OPERATION:
        return _operation_edit(subject, at, name)
    if at.mention.thing is Thing.PERSONAL and _is_external_too(subject):
        # The service has a field of that name, which stays personal.
        whole = at.mention.name
        renamed = ".".join((*subject.path[:-1], name)) + whole[len(".".join(subject.path)) :]
        return Edit(at.mention.span, _beside(at, whole, renamed))
    return Edit(at.span, name)


def _beside(at: Occurrence, whole: str, renamed: str) -> str:
    """Write a second name behind the first, in the form of the list that it stands in."""
    line = at.page.line(at.span.line)
    lead = line[: at.mention.span.column - 1]
    quote = lead[-1:] if lead[-1:] in ("'", '"') else ""
    if at.page.yaml_region(at.span.line) is not None and re.fullmatch(r"\s*-\s+['\"]?", lead):
        return f"{whole}{quote}\n{lead}{renamed}"
    return f"{whole}{quote}, {quote}{renamed}"


def _is_external_too(subject: Subject) -> bool:
    path = subject.path
    return any(
        tuple(step.name for step in each.steps[: len(path)]) == path
        for each in subject.page.mentions
        if each.thing is Thing.EXTERNAL
    )


def _operation_edit(subject: Subject, at: Occurrence, name: str) -> Edit:
    """Write the heading's words where words stand, the operation's id where an id stands."""
    written = at.page.source.slice(at.span)
    if at.mention.defines:
        endpoint = next(
            each for each in subject.page.spec.endpoints if each.name is not None and each.name.span == at.mention.span
        )
        value = endpoint.name.value if endpoint.name is not None else ""
        if value not in written:
            raise RenameRefused(f"the heading on line {at.span.line} is its request: change it by hand")
        return Edit(at.span, written.replace(value, name, 1))
    return Edit(at.span, snake_case(name) if written == subject.name else name)
