"""What a section says in a form that nothing reads: told, so that nobody believes it holds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from intertie.diagnostics import Severity, SourceSpan
from intertie.spec import codes
from intertie.spec.reading.lines import says_nothing
from intertie.spec.reading.routing import section_blocks
from intertie.spec.source import Findings
from intertie.spec.tree import Section

_MORE_BLOCKS = {"data mappings": ("inbound", "outbound"), "error handling": ("error_mapping", "fallback_behavior")}
_PROSE_SECTIONS = frozenset({"service configuration", "rate limits", "retry policy", "circuit breaker"})
"""Sections whose prose alone would be believed to be kept."""
_LINE_SECTIONS = frozenset({"security considerations", "sla requirements", "dependencies", "documentation"})
"""Sections that are bullets by themselves: each is read, or told of, where it stands."""
_NEGATIVE_RE = re.compile(r"\s*(?:no|not|none|nothing|n/a|tbd|todo|unlimited|there (?:is|are) no)\b", re.IGNORECASE)


def tell_unread(section: Section, read: Collection[str], findings: Findings) -> None:
    """Report tables, keyed bullets and prose of a section of which nothing is read.

    Where one of its blocks is read, the rest restates or explains it. A section that says there is nothing is right.

    Args:
        section: A section of the template.
        read: Keys of the blocks that were read from anywhere in the file.
        findings: Where it is reported.
    """
    blocks = _MORE_BLOCKS.get(section.name or "") or section_blocks(section)
    if not blocks or any(key in read for key in blocks) or any(part.blocks for part in section.walk()):
        return
    help_text = f"write a ```yaml block with `{blocks[0]}:`"
    unread = list(_tables_and_bullets(section))
    for what, span in unread:
        findings.add(codes.UNREADABLE_LINE, span, f"this {what} is not read; it has no effect", help=help_text)
    if unread or section.name not in _PROSE_SECTIONS:
        return
    for part in section.walk():
        for line in part.paragraphs:
            if not (says_nothing(line.text) or _NEGATIVE_RE.match(line.text) or "[" in line.text):
                message = f"only prose stands under `{section.heading.text}`; it has no effect"
                findings.add(codes.UNREADABLE_LINE, line.span, message, help=help_text, severity=Severity.INFO)
                return


def tell_unread_endpoints(section: Section, endpoints: Collection[int], findings: Findings) -> None:
    """Report a heading below API Endpoints of which no operation is made.

    Args:
        section: API Endpoints.
        endpoints: `id` of every section that is read as an endpoint.
        findings: Where it is reported.
    """
    for part in section.subsections:
        if id(part) in endpoints or any(id(each) in endpoints for each in part.walk()) or "[" in part.heading.text:
            continue
        message = f"`{part.heading.text}` is read as prose: no operation is made of it"
        help_text = "write a ```yaml block with `endpoint: {path: …, method: …}` below it"
        findings.add(codes.UNREADABLE_LINE, part.heading.span, message, help=help_text, severity=Severity.INFO)


def _tables_and_bullets(section: Section) -> Iterator[tuple[str, SourceSpan]]:
    for part in section.walk():
        for table in part.tables:
            if section.name not in _LINE_SECTIONS or len(table.header) != 2:
                yield "table", table.header[0].span.to(table.header[-1].span)
        for bullet in part.bullets if section.name not in _LINE_SECTIONS else ():
            if bullet.key is not None and bullet.value.text.strip() and "[" not in bullet.value.text:
                yield "line", bullet.key.span
