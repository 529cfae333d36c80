"""Paths and transforms of a spec, compiled; what can't be read is a finding at its place."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.runtime.mapping import MappingSyntaxError, parse_path, parse_transform
from intertie.runtime.mapping.contracts import FieldPath, Transform
from intertie.spec.fields import Located

NO_TRANSFORM = frozenset({"", "-", "–", "—", "none", "null"})  # noqa: RUF001  # dashes as people type them


def read_path(build: Build, located: Located[str]) -> FieldPath | None:
    """Return the compiled path, None where it can't be read."""
    try:
        return parse_path(located.value)
    except MappingSyntaxError as wrong:
        build.report("invalid-field-path", f"path `{located.value}`: {wrong}", located.span)
        return None


def read_transform(build: Build, located: Located[str] | None) -> tuple[Transform | None, bool]:
    """Return (transform, good): None where there is none, and not good where it can't be read."""
    if located is None or located.value.strip().lower() in NO_TRANSFORM:
        return None, True
    try:
        return parse_transform(located.value), True
    except MappingSyntaxError as wrong:
        build.report("unknown-transform", f"transform `{located.value}`: {wrong}", located.span)
        return None, False
