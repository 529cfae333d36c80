"""The sections of bullets and prose: overview, integration type, security, dependencies, SLA, links, uncertainties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

from intertie.diagnostics import Severity
from intertie.spec import codes
from intertie.spec.fields import Block, Located
from intertie.spec.model import ImplementationLine, IntegrationType
from intertie.spec.reading.blocks import BlockReader
from intertie.spec.reading.keys import did_you_mean, field_table, find_key
from intertie.spec.reading.lines import bullet_entries, says_nothing
from intertie.spec.tree import Entry, ScalarNode, Section, TextLine
from intertie.spec.yaml_nodes import shorten

BlockT = TypeVar("BlockT", bound=Block)


def read_bullets(block_type: type[BlockT], section: Section, reader: BlockReader, where: str) -> list[Entry]:
    """Return the bullets of a section that name fields of its block, for reading as one mapping.

    Other bullets are kept as the prose they are; one that looks like a misspelt field is a warning.
    """
    found = []
    for entry in bullet_entries(section, reader.source):
        known = find_key(block_type, entry.key.text)
        if known is None:
            unknown_bullet(entry, block_type, reader, where)
            continue
        value = entry.value
        if block_type is IntegrationType and isinstance(value, ScalarNode):
            value = _first_words(value, (*known.info.choices, *known.info.choice_aliases))
        # Bullets are written in people's words: the field's own key keeps them from being told of an alias.
        key = ScalarNode(entry.key.span, known.key, known.key)
        found.append(Entry(key, value))
    return found


def overview(section: Section, reader: BlockReader) -> Located[str] | None:
    """Return the prose of the overview, None where there is none or it is unfilled."""
    lines = [line for line in section.paragraphs if not reader.placeholders.in_text(line, "service overview")]
    if not lines:
        return None
    text = "\n\n".join(line.text for line in lines)
    return Located(text, lines[0].span.to(lines[-1].span), section.heading.span, text)


_DONE_RE = re.compile(r"\s*(?:\[[xX]\]|~~.*~~\s*\Z|[\u2705\u2611\u2714])")
"""A point that is ticked off or struck out is no longer open."""


def uncertainties(section: Section, reader: BlockReader) -> Iterator[Located[str]]:
    """Yield what is still open; `none` and the like say that nothing is."""
    lines: list[TextLine] = []
    for part in section.walk():
        lines += part.paragraphs
        for bullet in part.bullets:
            if bullet.key is None:
                lines.append(bullet.value)
            else:
                span = bullet.key.span.to(bullet.value.span)
                lines.append(TextLine(reader.source.slice(span), span))
    for line in sorted(lines, key=lambda each: each.span):
        if _DONE_RE.match(line.text):
            continue
        if not says_nothing(line.text) and not reader.placeholders.in_text(line, "uncertainty"):
            yield Located(line.text, line.span, section.heading.span, line.text)


def implementation(section: Section, reader: BlockReader) -> Iterator[ImplementationLine]:
    """Yield the implementation references."""
    for entry in bullet_entries(section, reader.source):
        value = entry.value
        assert isinstance(value, ScalarNode)  # noqa: S101 - bullets are text
        if reader.placeholders.in_text(TextLine(value.text, value.span), entry.key.text) or says_nothing(value.text):
            continue
        key = entry.key
        yield ImplementationLine(
            key.span.to(value.span), key.span, Located(key.text, key.span, key.span, key.text),
            Located(value.text, value.span, key.span, value.text),
        )  # fmt: skip


def placeholders_in_prose(section: Section, reader: BlockReader) -> None:
    """Report paragraphs of a section that are nothing but a placeholder."""
    for part in section.walk():
        for line in part.paragraphs:
            text = line.text.strip()
            if text.startswith("[") and text.endswith("]"):
                reader.placeholders.in_text(line, part.heading.text or "text")


def _first_words(value: ScalarNode, choices: tuple[str, ...]) -> ScalarNode:
    """Return a choice with the remark behind it cut off: `REST (JSON over HTTPS)` is `REST`."""
    if value.text.strip() in choices:
        return value
    for mark in (" (", ",", ";", " - ", " \u2013 ", " \u2014 "):
        head, found, _ = value.text.partition(mark)
        if found and any(head.strip().casefold() == choice.casefold() for choice in choices):
            return ScalarNode(value.span, head.strip(), head.strip())
    return value


def unknown_bullet(entry: Entry, block_type: type[Block], reader: BlockReader, where: str) -> None:
    """Report a line that names no field: a warning where it looks like a misspelt one, else an info."""
    table = field_table(block_type)
    meant = did_you_mean(entry.key.text, list(table))
    label = f"`{shorten(entry.key.text)}` is not a line of {where}"
    if meant:
        name = table[meant].key
        reader.findings.add(
            codes.UNKNOWN_KEY, entry.key.span, f"{label}; it has no effect", help=f"did you mean `{name}`?"
        )
        return
    reader.findings.add(
        codes.UNKNOWN_KEY, entry.key.span, f"{label}; it is shown as prose and has no effect", severity=Severity.INFO
    )
