"""The library of named transforms: one explicit tuple, by subject."""

from __future__ import annotations

from collections.abc import Mapping

from intertie.runtime.mapping.transforms.coercions import COERCIONS
from intertie.runtime.mapping.transforms.collections import COLLECTIONS
from intertie.runtime.mapping.transforms.dates import DATES
from intertie.runtime.mapping.transforms.encodings import ENCODINGS
from intertie.runtime.mapping.transforms.hashing import HASHING
from intertie.runtime.mapping.transforms.money import MONEY
from intertie.runtime.mapping.transforms.numbers import NUMBERS
from intertie.runtime.mapping.transforms.spec import ArgumentSpec, TransformSpec
from intertie.runtime.mapping.transforms.text import TEXT
from intertie.runtime.mapping.transforms.units import UNITS

__all__ = ["LIBRARY", "SUBJECTS", "ArgumentSpec", "TransformSpec"]

SUBJECTS: tuple[tuple[str, tuple[TransformSpec, ...]], ...] = (
    ("Text", TEXT),
    ("Numbers", NUMBERS),
    ("Money", MONEY),
    ("Dates and time zones", DATES),
    ("Units and durations", UNITS),
    ("Coercions, choices and defaults", COERCIONS),
    ("Lists and objects", COLLECTIONS),
    ("Encodings", ENCODINGS),
    ("Digests and masks", HASHING),
)

LIBRARY: Mapping[str, TransformSpec] = {spec.name: spec for _, specs in SUBJECTS for spec in specs}
"""Name -> transform."""
