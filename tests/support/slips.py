"""A slip in every key, and a wrong value for every number and flag, of the specs under `examples`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from support.mutating import Judge
from support.spec_mutations import Mutation

_LINE_RE = re.compile(
    r"(?P<head>\s*(?:- )?)(?P<key>[a-z][a-z_0-9]*):(?P<space>\s*)(?P<value>[^#]*?)(?P<rest>\s*(?:#.*)?)$"
)
_FREE = frozenset({"environments", "deprecation_schedule", "components", "schema", "default_response"})
"""Below these, keys are the author's own or a schema's."""
_ANY_WORD = frozenset({"external_code", "default"})
"""A provider's code may be any word."""
_WORDS = frozenset({"true", "false"})


def slips_of(judge: Judge) -> Iterator[Mutation]:
    """Yield the slips of every spec that the judge knows."""
    for spec, text in judge.texts.items():
        yield from slips(spec, text)


def slips(spec: str, text: str) -> Iterator[Mutation]:
    """Yield the slips of one spec, each replacing a whole line."""
    lines = text.split("\n")
    inside, free_below, heading = False, -1, 0
    for number, line in enumerate(lines):
        if line.startswith("#"):
            heading = number
        if line.lstrip().startswith("```"):
            inside, free_below = not inside, -1
            continue
        match = _LINE_RE.match(line) if inside else None
        if match is None or not line.strip():
            continue
        indent = len(match["head"])
        if 0 <= free_below < indent:
            continue
        free_below = indent if match["key"] in _FREE else -1
        for what, new in _changes(match):
            # The lines between the heading and this one make the place the only one of its kind.
            context = "\n".join(lines[max(heading + 1, number - 3) : number])
            yield Mutation(
                f"line {number + 1}: {what}", spec, f"{context}\n{line}\n", f"{context}\n{new}\n", lines[heading]
            )


def _changes(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    key, value = match["key"], match["value"]
    swapped = key[:-2] + key[-1] + key[-2] if key[-1:] != key[-2:-1] and len(key) > 3 else f"{key}x"
    yield f"slip in `{key}`", f"{match['head']}{swapped}:{match['space']}{value}{match['rest']}"
    if (re.fullmatch(r"\d[\d.]*%?", value) or value in _WORDS) and key not in _ANY_WORD:
        wrong = "perhaps" if value in _WORDS else "several"
        yield f"`{key}` is a word", f"{match['head']}{key}:{match['space']}{wrong}{match['rest']}"
