"""Every place where a thing is named: in its spec, in the cases of that spec, in the other specs of the workspace."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from intertie.core.json_pointer import COMPONENTS
from intertie.diagnostics import SourceSpan
from intertie.lsp.features.around import case_files, case_pages, page_at, spec_page, spec_pages, spec_path
from intertie.lsp.features.definitions import Target
from intertie.lsp.features.fields import reads_input, writes_result
from intertie.lsp.features.mentions import FIELDS, Mention, Thing, part_of
from intertie.lsp.page import Page


class Subject(Struct, frozen=True):
    """What is asked about.

    Attributes:
        page: The page that it belongs to: a spec, or a case for its own variables.
        name: The id, operation id or component; for a field the last name of `path`.
        path: For a field the names that lead to it, its own included.
        span: Where the question stands: for a path one name of it.
    """

    page: Page
    thing: Thing
    name: str
    path: tuple[str, ...]
    span: SourceSpan


class Occurrence(Struct, frozen=True):
    """One place where a subject is named."""

    page: Page
    mention: Mention
    span: SourceSpan

    @property
    def target(self) -> Target:
        """The place with its file."""
        return Target(self.page.path, self.span)


def subject_at(page: Page, line: int, column: int) -> Subject | None:
    """Return what the name at a place stands for, None where it is no name, or its spec is not there."""
    mention = page.mention(line, column)
    if mention is None:
        return None
    if mention.thing is Thing.VARIABLE:
        return Subject(page, mention.thing, mention.name, (mention.name,), mention.span)
    spec = page if mention.thing in (Thing.SPEC, Thing.CASE) else spec_page(page, mention)
    if spec is None:
        return None
    if mention.thing not in FIELDS:
        return Subject(spec, mention.thing, mention.name, (), mention.span)
    at = next(
        (
            index
            for index, step in enumerate(mention.steps)
            if step.span is not None and step.span.column <= column <= step.span.end_column
        ),
        len(mention.steps) - 1,
    )
    step = mention.steps[at]
    path = tuple(each.name for each in mention.steps[: at + 1])
    return Subject(spec, mention.thing, step.name, path, step.span or mention.span)


def references(page: Page, line: int, column: int, *, declaration: bool = True) -> list[Target]:
    """Return where the thing at a place is named, by file; without its definitions where `declaration` is False."""
    subject = subject_at(page, line, column)
    if subject is None:
        return []
    found = occurrences(subject)
    return list(dict.fromkeys(each.target for each in found if declaration or not each.mention.defines))


def occurrences(subject: Subject) -> Iterator[Occurrence]:
    """Yield every place where a subject is named; some may come twice."""
    page = subject.page
    match subject.thing:
        case Thing.VARIABLE:
            yield from variables(page, subject.name)
        case Thing.INPUT | Thing.RESULT | Thing.PERSONAL:
            yield from _fields(subject)
        case Thing.OPERATION:
            yield from _same(page, subject)
            for case in case_pages(page):
                yield from _same(case, subject)
        case Thing.SCHEMA:
            yield from _same(page, subject)
            for other in spec_pages(page):
                if subject.name in other.text:
                    yield from _foreign(other, page, subject.name)
        case Thing.SPEC | Thing.CASE:
            for other in (page, *spec_pages(page), *_cases_around(page)):
                yield from _named(other, subject)
        case _:
            yield from _same(page, subject)


def variables(page: Page, name: str) -> Iterator[Occurrence]:
    """Yield where a case's own variable is named, nothing where its inputs have no such one."""
    named = [each for each in page.mentions if each.thing is Thing.VARIABLE and each.name == name]
    if any(each.defines for each in named):
        yield from (Occurrence(page, each, each.span) for each in named)


def _same(page: Page, subject: Subject) -> Iterator[Occurrence]:
    for each in page.mentions:
        if each.thing is not subject.thing or each.name != subject.name:
            continue
        if each.owner and spec_path(page, each.owner) != subject.page.path:
            continue
        yield Occurrence(page, each, each.span)


def _named(page: Page, subject: Subject) -> Iterator[Occurrence]:
    """Yield the names of one spec or case, whichever way each is written."""
    wanted = _place(subject.page, subject)
    for each in page.mentions:
        if each.thing is subject.thing and (each.name == subject.name or (wanted and _place(page, each) == wanted)):
            yield Occurrence(page, each, each.span)


def _place(page: Page, named: Subject | Mention) -> object:
    if named.thing is Thing.CASE:
        return page.around.workspace.find_case(named.name)
    return spec_path(page, named.name)


def _cases_around(page: Page) -> Iterator[Page]:
    for path in case_files(page):
        other = page_at(page, path)
        if other is not None and other.path != page.path:
            yield other


def _foreign(other: Page, page: Page, name: str) -> Iterator[Occurrence]:
    """Yield references in another spec that lead to a component of this one."""
    end = COMPONENTS + name
    for each in other.mentions:
        if each.thing is not Thing.ELSEWHERE or not each.name.endswith(end):
            continue
        file_part = each.name.removesuffix(end)
        if file_part and spec_path(other, file_part) == page.path:
            length = len(each.name)
            yield Occurrence(other, each, part_of(each.span, length - len(name), length))


def _fields(subject: Subject) -> Iterator[Occurrence]:
    page, path = subject.page, subject.path
    for each in page.mentions:
        if each.thing in FIELDS and (span := _step(each, path)) is not None:
            yield Occurrence(page, each, span)
    for case in case_pages(page):
        given = False
        for each in case.mentions:
            if each.owner and spec_path(case, each.owner) != page.path:
                continue
            applies = (each.thing is Thing.INPUT and reads_input(page, each.operation, path)) or (
                each.thing is Thing.RESULT and writes_result(page, each.operation, path)
            )
            if applies and (span := _step(each, path)) is not None:
                given = given or each.thing is Thing.INPUT
                yield Occurrence(case, each, span)
        if given and len(path) == 1:
            # A case that gives the field mostly keeps its value under the same name.
            yield from variables(case, path[0])


def _step(mention: Mention, path: tuple[str, ...]) -> SourceSpan | None:
    """Return the place of the path's last name in a mention, None where it is of another path."""
    names = tuple(step.name for step in mention.steps[: len(path)])
    return mention.steps[len(path) - 1].span if names == path else None
