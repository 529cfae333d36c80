"""A call's input refused: which field, which rule, in words; never the value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from intertie.core.errors import InvalidInput
from intertie.runtime.inputs.schema_shape import shape_of
from intertie.runtime.mapping.contracts import MISSING
from intertie.runtime.mapping.paths import parse_path
from intertie.runtime.schemas import CompiledSchema

_RULE_RE = re.compile(r"(\w+)(?: (.*))?\Z", re.DOTALL)
_WORDS = {
    "type": "must be of type {}",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "pattern": "must match the pattern {}",
    "encoding": "holds half of a character, which {} can't write",
    "format": "must be in the format {}",
    "enum": "must be one of {}",
    "const": "must be {}",
    "minItems": "must have at least {} elements",
    "maxItems": "must have at most {} elements",
    "minProperties": "must have at least {} members",
    "maxProperties": "must have at most {} members",
}


def invalid(operation: str, field: str, rule: str) -> InvalidInput:
    """Return the refusal of one field, or of the whole input where `field` is empty."""
    subject = f"`{field}`" if field else "the input"
    return InvalidInput(f"{operation}: {subject} {rule}", operation=operation, field=field, rule=rule)


def unknown(operation: str, name: str, known: Iterable[str], where: str) -> InvalidInput:
    """Return the refusal of a field that the operation does not have, with the nearest one it has."""
    names = sorted(set(known))
    close = get_close_matches(name, names, 1, 0.6)
    if close:
        hint = f"did you mean `{close[0]}`?"
    elif names:
        hint = f"it takes {', '.join(f'`{each}`' for each in names[:12])}{' …' if len(names) > 12 else ''}"
    else:
        hint = "it takes no input"
    return invalid(operation, name, f"is not a field of {where}; {hint}")


def broken(
    operation: str, schema: CompiledSchema, data: object, internal: Mapping[str, str], lead: str
) -> InvalidInput:
    """Return the refusal of data that breaks a schema.

    Args:
        operation: Its id.
        schema: That says no.
        data: What was validated.
        internal: Path in the request -> path in the call's input, from the outbound mapping.
        lead: Name of the parameter the data belongs to; empty for a body, whose fields are named by their own paths.
    """
    error = schema.first_error(data)
    path, rule = error if error is not None else ("$", "schema")
    field = f"{lead}{path[1:]}" if lead else path[2:] if path.startswith("$.") else path[1:]
    keyword, asked = _split(rule)
    if keyword == "required":
        missing = _missing(schema, data, path)
        if missing:
            field, words = f"{field}.{missing}" if field else missing, "is required"
        else:
            words = "lacks a field that is required"
    elif keyword in _WORDS and asked:
        words = _WORDS[keyword].format(asked.strip("[]") if keyword == "enum" else asked)
    else:
        words = f"breaks the rule `{keyword}` of the request's schema"
    ours = _internal(field, internal)
    sent = "" if ours == field else f" (sent as `{field}`)"
    return InvalidInput(
        f"{operation}: `{ours or 'the body'}`{sent} {words}", operation=operation, field=ours, rule=words
    )


def _split(rule: str) -> tuple[str, str]:
    match = _RULE_RE.match(rule)
    return (match.group(1), match.group(2) or "") if match else (rule, "")


def _missing(schema: CompiledSchema, data: object, path: str) -> str:
    """Return the first required name that is not there; empty where the place can't be followed."""
    try:
        found = parse_path(path).read(data)
    except ValueError:
        return ""
    if found is MISSING or not isinstance(found, Mapping):
        return ""
    shape = shape_of(schema.json, schema.json)
    for step in getattr(parse_path(path), "steps", ()):
        shape = shape_of(shape.items if isinstance(step, int) else shape.members.get(str(step)), schema.json)
    return next((name for name in shape.required if name not in found), "")


def _internal(field: str, internal: Mapping[str, str]) -> str:
    """Return the caller's name of a request field: its own row, or the row that writes what it lies in."""
    if field in internal:
        return internal[field]
    for external, ours in internal.items():
        if field.startswith((f"{external}.", f"{external}[")):
            return ours + field[len(external) :]
    return field
