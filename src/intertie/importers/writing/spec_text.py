"""The text of a spec made from a description: what the source says, or the founding template filled with it."""

from __future__ import annotations

import re

from msgspec.structs import replace

from intertie.importers.model import ApiDescription
from intertie.importers.writing.endpoint import unbracketed
from intertie.importers.writing.lean_text import lean_text
from intertie.importers.writing.parts import SpecParts, components_lines, parts_of
from intertie.spec.draft import Draft, draft_text


def spec_text(description: ApiDescription, draft: Draft, *, complete: bool = False) -> str:
    """Return a whole new spec.

    Args:
        description: What was read.
        draft: Name, id and slug, and what else the caller decides; the description fills what it leaves open.
        complete: Whether every section and field of the template is there, with a placeholder for what is not known.
    """
    parts = parts_of(description, draft.slug, complete=complete)
    auth = description.auth
    known = replace(
        draft,
        description=draft.description or (unbracketed(description.summary) if description.summary else None),
        protocol=draft.protocol or "REST",
        authentication=draft.authentication or (auth.type if auth else None),
        data_format=draft.data_format or description.data_format,
        communication=draft.communication or "Synchronous",
        base_url=None,
    )
    if draft.authentication is not None and auth is not None and draft.authentication != auth.type:
        parts = replace(parts, authentication=[])
    if complete:
        return _complete_text(description, known, parts)
    if draft.authentication is not None and not parts.authentication:
        parts = replace(parts, authentication=["authentication:", f"  type: {draft.authentication}"])
    return lean_text(description, known, parts)


def _complete_text(description: ApiDescription, draft: Draft, parts: SpecParts) -> str:
    text = _swapped(draft_text(draft), r"service:\n  name: .*?production: \[prod_url\]\n", parts.service)
    if parts.authentication:
        text = _swapped(text, r"authentication:\n  type: .*?expires_in: \[seconds\]\n", parts.authentication)
    text = _swapped(text, r"  requests_per_second: .*?requests_per_hour: \[number\]\n", parts.limits)
    blocks = "\n\n".join("\n".join(lines) for lines in parts.endpoints)
    components = ["", *components_lines(parts.schemas)] if parts.schemas else []
    text = _swapped(text, r"### \[Endpoint Name\]\n.*?(?=\n## Data Mappings)", [blocks, *components])
    if description.api_docs:
        text = text.replace("[URL to external API documentation]", description.api_docs)
    if description.support_contact:
        text = text.replace("[Email/URL for support]", description.support_contact)
    return text


def _swapped(text: str, pattern: str, lines: list[str]) -> str:
    """Return the text with the one place that a pattern finds replaced by lines."""
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise ValueError(f"the template has no {pattern!r}")
    return text[: found.start()] + "\n".join(lines) + "\n" + text[found.end() :]
