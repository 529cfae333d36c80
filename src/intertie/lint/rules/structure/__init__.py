"""Syntax and structure: what the parser finds in the text itself."""

from intertie.lint.rules.structure.rule_crashed import rule_crashed

RULES = (rule_crashed,)
"""In the order of their codes."""
