"""What may be meant outside YAML: headings, bullets of the template's prose sections, paths of cases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.lsp.bullets import BULLET_BLOCKS, BulletLine, bullet_at
from intertie.lsp.features.around import case_files, page_at
from intertie.lsp.features.suggestion import Suggested, Suggestion
from intertie.lsp.features.values import plain_values
from intertie.lsp.features.words import holds
from intertie.lsp.page import Page
from intertie.spec.cases.loading import read_case
from intertie.spec.fields import declared_fields
from intertie.spec.model import IntegrationType
from intertie.spec.reading.keys import find_key
from intertie.spec.sections import section_name
from intertie.spec.template import template_text
from intertie.spec.tree import MappingNode, ScalarNode

_HEADING_RE = re.compile(r"##\s*(?P<text>[^#].*)?\Z")
_TEMPLATE_HEADING_RE = re.compile(r"^## (.+)$", re.MULTILINE)
_CASE_LINE_RE = re.compile(r"\s*[-*+]\s+(?:\[[ xX]\]\s*)?(?P<path>\S*)")
_WORDS = {"gdpr/privacy": "GDPR/Privacy", "api_docs": "API Docs"}


def complete_markdown(page: Page, line: int, column: int) -> list[Suggestion]:
    """Return what may be written at a place outside front matter and blocks."""
    text = page.line(line)
    if text.startswith("##") and _HEADING_RE.match(text):
        return list(_headings(page, line))
    if page.layout.section(line) == "validation cases":
        return list(_cases(page, line, column))
    bullet = bullet_at(text)
    return list(_bullet(page, line, column, bullet)) if bullet is not None else []


def _headings(page: Page, line: int) -> Iterator[Suggestion]:
    """Yield the template's sections that the file does not have yet."""
    present = {heading.name for heading in page.layout.headings if heading.level == 2 and heading.line != line}
    span = page.span(line, 1, len(page.line(line)) + 1)
    for rank, title in enumerate([*_TEMPLATE_HEADING_RE.findall(template_text()), "Components"]):
        if section_name(title) not in present:
            present.add(section_name(title))
            yield Suggestion(
                f"## {title}", f"## {title}", span, Suggested.HEADING, "section of the template", rank=rank
            )


def _bullet(page: Page, line: int, column: int, bullet: BulletLine) -> Iterator[Suggestion]:
    block = BULLET_BLOCKS.get(page.layout.section(line) or "")
    if block is None:
        return
    if bullet.has_colon and column >= bullet.value_column:
        known = find_key(block, bullet.key)
        if known is not None:
            token = page.span(line, bullet.value_column, bullet.value_column + len(bullet.value))
            yield from plain_values(page, known.info, token)
        return
    end = len(page.line(line)) + 1
    span = page.span(line, len(page.line(line)) - len(page.line(line).lstrip()) + 1, end)
    present = {found.key.casefold() for number, found in _bullets(page, line) if number != line}
    for rank, (key, (_, info)) in enumerate(declared_fields(block).items()):
        words = _WORDS.get(key, key.replace("_", " ").title())
        if words.casefold() in present or (block is not IntegrationType and not info.template):
            continue
        insert = f"- **{words}**: {bullet.value if bullet.has_colon else ''}"
        yield Suggestion(words, insert, span, Suggested.KEY, holds(info).replace("`", ""), info.doc, rank)


def _bullets(page: Page, line: int) -> Iterator[tuple[int, BulletLine]]:
    """Yield the bullets of the section that a line is in."""
    section = next((heading for heading in page.layout.above(line) if heading.level == 2), None)
    for number in range(section.line + 1 if section is not None else 1, len(page.lines) + 1):
        if page.line(number).startswith("## "):
            return
        found = bullet_at(page.line(number))
        if found is not None:
            yield number, found


def _cases(page: Page, line: int, column: int) -> Iterator[Suggestion]:
    match = _CASE_LINE_RE.match(page.line(line))
    if match is None or column > match.end("path") + 1:
        return
    start, end = match.start("path") + 1, match.end("path") + 1
    if page.line(line)[end - 2 : end - 1] == ":":
        end -= 1
    span = page.span(line, start, max(start, end))
    root = page.around.workspace.root
    for path in case_files(page):
        shown = "/" + path.relative_to(root).as_posix()
        if path.name.startswith("PC-"):
            continue
        purpose = _purpose(page, shown)
        insert = f"{shown}: {purpose}" if purpose and match.end("path") == len(page.line(line).rstrip()) else shown
        yield Suggestion(shown, insert, span, Suggested.FILE, purpose)


def _purpose(page: Page, shown: str) -> str:
    path = page.around.workspace.find_case(shown)
    case = page_at(page, path) if path is not None else None
    root = read_case(case.source) if case is not None else None
    value = root.get("purpose") if isinstance(root, MappingNode) else None
    return " ".join(value.text.split()).rstrip(".") if isinstance(value, ScalarNode) else ""
