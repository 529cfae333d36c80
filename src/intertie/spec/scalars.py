"""YAML 1.2 scalars: what a plain scalar's text means (core schema)."""

from __future__ import annotations

import math
import re

from intertie.spec.tree import ScalarValue

_INTEGER_RE = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL_RE = re.compile(r"0o[0-7]+\Z")
_HEXADECIMAL_RE = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT_RE = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, ScalarValue] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_LONGEST_NUMBER = 40


def plain_value(text: str) -> ScalarValue:
    """Return the value of a plain scalar.

    Numbers that JSON can't carry (`.inf`, `.nan`, `1e999`) and numbers of more than 40 characters stay text.

    >>> plain_value("0755"), plain_value("no"), plain_value("1.10"), plain_value("10:30"), plain_value("~")
    (755, 'no', 1.1, '10:30', None)
    """
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER or text[0] not in "+-.0123456789":
        return text
    if _INTEGER_RE.match(text):
        return int(text)
    if _FLOAT_RE.match(text):
        number = float(text)
        return number if math.isfinite(number) else text
    if _OCTAL_RE.match(text):
        return int(text, 0)
    if _HEXADECIMAL_RE.match(text):
        return int(text, 0)
    return text
