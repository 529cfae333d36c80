"""Single values in their canonical form: no quotes without need. A quantity keeps the unit its author wrote."""

from __future__ import annotations

import re

import yaml

from intertie.spec.formatting.text import FileText, Replacement
from intertie.spec.scalars import plain_value
from intertie.spec.tree import ScalarNode

_SIMPLE_RE = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*(?::[A-Za-z0-9_./-]+)*(?: [A-Za-z0-9_./-]+)*")
"""Texts that read as they are, in lines and in brackets: words, paths, references such as `env:NAME`, URLs."""


def without_quotes(node: ScalarNode, text: FileText) -> Replacement | None:
    """Return a quoted text without its quotes, None where it needs them.

    It needs them where it would read as anything but this text, to us or to a reader of YAML 1.1 (`no`, `1:30`), and
    where it has characters that YAML gives a meaning.
    """
    if not node.quoted or not _SIMPLE_RE.fullmatch(node.text):
        return None
    source = text.slice(node.span)
    if source not in (f'"{node.text}"', f"'{node.text}'"):
        return None
    if plain_value(node.text) != node.text or not _is_text_to_all(node.text):
        return None
    return text.replace(node.span, node.text)


def _is_text_to_all(word: str) -> bool:
    """Return whether YAML 1.1 too reads a plain scalar as text."""
    tag = yaml.SafeLoader.yaml_implicit_resolvers
    return not any(pattern.match(word) for _, pattern in (*tag.get(word[:1], ()), *tag.get(None, ())))
