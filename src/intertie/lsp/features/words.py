"""Declarations in words, the same in hovers and beside suggestions."""

from __future__ import annotations

from intertie.spec.fields import FieldInfo, Kind

_BARE_UNITS = {"ms": "milliseconds", "s": "seconds", "d": "days"}
SECRET_KINDS = (
    ("env:", "an environment variable: `env:NAME`"),
    ("file:", "a file whose only content it is: `file:/run/secrets/name`"),
    ("keyring:", "the keyring: `keyring:service/name`"),
    ("vault:", "a Vault: `vault:path#field`"),
    ("aws-sm:", "AWS Secrets Manager: `aws-sm:name#field`"),
)
"""Beginning of a secret reference -> what it points into."""


def holds(info: FieldInfo) -> str:
    """Say what a field holds, its unit and its bounds.

    >>> from intertie.spec import fields as f
    >>> holds(f.duration("First wait.", "ms").info), holds(f.integer("Tries.", 1).info)
    ('duration; a bare number is in milliseconds', 'whole number, at least 1')
    """
    if info.item is not None:
        inner = holds(info.item)
        return f"list of {inner}" if info.kind is Kind.LIST else f"mapping from a name to {inner}"
    if info.choices:
        return "one of " + ", ".join(f"`{choice}`" for choice in info.choices)
    if info.kind in {Kind.DURATION, Kind.TARGET}:
        return f"{info.kind.value}; a bare number is in {_BARE_UNITS.get(info.bare_unit, info.bare_unit)}"
    words = info.kind.value
    if info.kind in {Kind.INTEGER, Kind.NUMBER} and info.minimum is not None:
        words += f", at least {info.minimum:g}"
    return words
