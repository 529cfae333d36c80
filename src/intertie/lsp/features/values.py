"""The values that a field can have: its choices, and the names that stand elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.core.json_pointer import COMPONENTS
from intertie.diagnostics import SourceSpan
from intertie.lint.ids import ids_of
from intertie.lsp.declarations import Meaning
from intertie.lsp.features.around import page_at, spec_path
from intertie.lsp.features.fields import external_names, internal_names
from intertie.lsp.features.mentions import Thing
from intertie.lsp.features.suggestion import Suggested, Suggestion
from intertie.lsp.features.words import SECRET_KINDS
from intertie.lsp.outline import Role, Spot
from intertie.lsp.page import Page
from intertie.runtime.mapping import registered_transforms
from intertie.spec.fields import FieldInfo, Kind

_WORD_BEFORE_RE = re.compile(r"[\w-]*\Z")
_WORD_AFTER_RE = re.compile(r"\A[\w-]*")
_QUOTES = ("'", '"')
STATUSES = ("408", "425", "429", "500", "502", "503", "504", "5xx")
_CLASSES = ("4xx", "5xx")


def suggest_values(page: Page, line: int, column: int, spot: Spot) -> list[Suggestion]:
    """Return the values that may be meant at a spot."""
    path = spot.path
    if path[-1:] == ("$ref",) and spot.role is Role.VALUE:
        return list(_references(page, line, column, spot))
    if path[-2:] == ("asynchronous", "status_endpoint"):
        return list(_operations(page, _token(page, line, spot)))
    meaning = page.meaning(line, path)
    if meaning is None or meaning.info is None:
        return []
    if spot.role is Role.OPEN and meaning.info.kind in (Kind.LIST, Kind.BLOCKS, Kind.BLOCK, Kind.MAP, Kind.NAMED):
        return []
    return list(_of_field(page, line, column, spot, meaning))


def _of_field(page: Page, line: int, column: int, spot: Spot, meaning: Meaning) -> Iterator[Suggestion]:
    info = meaning.info
    assert info is not None  # noqa: S101  # asked for where there is one
    token = _token(page, line, spot)
    inbound = spot.path[:1] == ("inbound",)
    match meaning.name:
        case name if name.endswith(".transform"):
            yield from _transforms(page, line, column, spot)
        case name if name.endswith(".endpoints"):
            yield from _operations(page, token)
        case name if name.endswith(".external_field"):
            for each in external_names(page, inbound=inbound):
                yield Suggestion(each, each, token, Suggested.FIELD, "field of the service")
        case name if name.endswith(".internal_field"):
            for each in internal_names(page):
                yield Suggestion(each, each, token, Suggested.FIELD, "internal field")
        case "error_mapping.external_code":
            yield from _codes(page, token)
        case "retry.retry_on":
            yield from (_choice(each, token, info) for each in STATUSES)
        case "related":
            yield from _specs(page, token)
        case _:
            yield from plain_values(page, info, token)


def plain_values(page: Page, info: FieldInfo, token: SourceSpan) -> Iterator[Suggestion]:
    """Yield what a declaration alone allows: choices, true and false, kinds of secret references."""
    if info.kind is Kind.LIST and info.item is not None:
        info = info.item
    if info.choices:
        yield from (_choice(each, token, info, rank) for rank, each in enumerate(info.choices))
    elif info.kind is Kind.FLAG:
        yield from (_choice(each, token, info, rank) for rank, each in enumerate(("true", "false")))
    elif info.kind is Kind.SECRET:
        service = (
            page.spec.front_matter.service.value if page.spec.front_matter and page.spec.front_matter.service else ""
        )
        if service:
            own = f"env:{snake_case(service).upper()}_API_KEY"
            yield Suggestion(own, own, token, Suggested.REFERENCE, "an environment variable", info.doc)
        for rank, (start, words) in enumerate(SECRET_KINDS, start=1):
            yield Suggestion(start, start, token, Suggested.REFERENCE, words.replace("`", ""), info.doc, rank)


def _choice(text: str, token: SourceSpan, info: FieldInfo, rank: int = 0) -> Suggestion:
    return Suggestion(text, text, token, Suggested.CHOICE, "", info.doc, rank)


def _token(page: Page, line: int, spot: Spot) -> SourceSpan:
    """Return the place of the written value, its quotes left out."""
    text = spot.token
    first, last = spot.column, spot.end_column
    if text[:1] in _QUOTES:
        first += 1
        last -= 1 if len(text) > 1 and text[-1] == text[0] else 0
    return page.span(line, first, max(first, last))


def _references(page: Page, line: int, column: int, spot: Spot) -> Iterator[Suggestion]:
    del column
    token = _token(page, line, spot)
    bare = spot.token[:1] not in _QUOTES
    names = dict.fromkeys(each.name for each in page.mentions if each.thing is Thing.SCHEMA and each.defines)
    targets = [(COMPONENTS + name, "schema of this spec") for name in names]
    for related in (each for each in page.mentions if each.thing is Thing.SPEC and not each.defines):
        path = spec_path(page, related.name)
        other = page_at(page, path) if path is not None else None
        if other is None:
            continue
        own = [each.name for each in other.mentions if each.thing is Thing.SCHEMA and each.defines]
        shown = page.around.workspace.shown(other.path)
        targets += [(f"{related.name}#/components/schemas/{name}", f"schema of {shown}") for name in own]
        targets.append((f"{related.name}#", f"main schema of {shown}"))
    for rank, (target, detail) in enumerate(targets):
        # A `#` in bare YAML begins a comment.
        insert = f"'{target}'" if bare else target
        yield Suggestion(target, insert, token, Suggested.REFERENCE, detail, rank=rank)


def _operations(page: Page, token: SourceSpan) -> Iterator[Suggestion]:
    for endpoint in page.spec.endpoints:
        if endpoint.name is not None:
            yield Suggestion(endpoint.name.value, endpoint.name.value, token, Suggested.REFERENCE, "endpoint")


def _specs(page: Page, token: SourceSpan) -> Iterator[Suggestion]:
    workspace = page.around.workspace
    # Specs of other kinds too: a spec is mostly related to what describes its data.
    for identity, places in sorted(ids_of(workspace.markdown_files(), workspace).items()):
        if all(place.span.path != page.shown for place in places):
            yield Suggestion(identity, identity, token, Suggested.REFERENCE, places[0].span.path)


def _codes(page: Page, token: SourceSpan) -> Iterator[Suggestion]:
    answers = [answer for each in page.spec.endpoints if each.response for answer in each.response.errors]
    known = {status.value: answer.description.value if answer.description else "" for status, answer in answers}
    for rank, code in enumerate([*sorted(known), *(each for each in _CLASSES if each not in known)]):
        yield Suggestion(code, code, token, Suggested.CHOICE, known.get(code, "a class of statuses"), rank=rank)


def _transforms(page: Page, line: int, column: int, spot: Spot) -> Iterator[Suggestion]:
    """Yield the library's transforms and those the application registers; a chain is completed word by word."""
    from intertie.runtime.mapping.transforms import LIBRARY, SUBJECTS  # noqa: PLC0415  # loaded when they are asked for

    text = page.line(line)
    before, after = text[: column - 1], text[column - 1 :]
    lead = _WORD_BEFORE_RE.search(before)
    rest = _WORD_AFTER_RE.match(after)
    first = (lead.start() if lead is not None else len(before)) + 1
    last = column + (rest.end() if rest is not None else 0)
    word = page.span(line, max(first, min(spot.column, column)), last)
    subjects = {spec.name: subject for subject, specs in SUBJECTS for spec in specs}
    for name, spec in LIBRARY.items():
        needs = any(argument.required for argument in spec.arguments)
        insert = f"{name}(" if needs else name
        doc = f"`{spec.usage}` — {spec.takes} → {spec.gives}\n\n{spec.summary}"
        yield Suggestion(name, insert, word, Suggested.FUNCTION, subjects[name], doc)
    for name in registered_transforms():
        yield Suggestion(name, name, word, Suggested.FUNCTION, "registered by the application", rank=1)
