"""All rules, found by code or by name."""

from __future__ import annotations

from difflib import get_close_matches
from types import MappingProxyType

from intertie.lint.renamed import RENAMED
from intertie.lint.rule import Rule
from intertie.lint.rules import GROUPS

RULES: tuple[Rule, ...] = tuple(rule for group in GROUPS for rule in group)
"""Every rule, in the order of groups and codes."""

BY_CODE = MappingProxyType({rule.code: rule for rule in RULES})
BY_NAME = MappingProxyType({rule.name: rule for rule in RULES})


def find_rule(text: str) -> Rule | None:
    """Return the rule of a code or a name, present or former, whatever its case and whether written with `_` or `-`.

    >>> found = find_rule("tie204")
    >>> found.name if found else None
    'retry-outlives-deadline'
    """
    name = text.strip().lower().replace("_", "-")
    return BY_CODE.get(name.upper()) or BY_NAME.get(RENAMED.get(name, name))


def nearest(text: str) -> str | None:
    """Return the code or name most like `text`, None where none is near."""
    near = get_close_matches(text.strip().lower().replace("_", "-"), BY_NAME, n=1) or get_close_matches(
        text.strip().upper(), BY_CODE, n=1
    )
    return near[0] if near else None
