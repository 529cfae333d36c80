"""A document as text: JSON or YAML, always the same for the same document."""

from __future__ import annotations

import msgspec

from intertie.importers.writing.yaml_lines import yaml_lines


def openapi_text(document: dict[str, object], *, as_yaml: bool) -> str:
    """Return the document as JSON of two spaces' indent, or as YAML in block style."""
    if as_yaml:
        return "\n".join(yaml_lines(document)) + "\n"
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
