"""The keys that a block can still have."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.lsp.declarations import OTHER_KEYS, ROWS, SCHEMA_KEYWORDS, Meaning, Root, first_line
from intertie.lsp.features.suggestion import Suggested, Suggestion
from intertie.lsp.features.words import holds
from intertie.lsp.outline import Role, Spot
from intertie.lsp.page import Page
from intertie.spec.fields import Block, FieldInfo, Kind, declared_fields
from intertie.spec.reading.keys import find_key
from intertie.spec.reading.routing import BLOCK_TYPES, PATH_KEYS, canonical_key
from intertie.spec.sections import SECTION_SYNONYMS

_OPENS = frozenset({Kind.BLOCK, Kind.NAMED, Kind.MAP, Kind.SCHEMA})
_LISTS = frozenset({Kind.BLOCKS, Kind.LIST})
_SCHEMA_OPENS = frozenset({"properties", "items", "allOf", "anyOf", "oneOf"})
_BY_SECTION: dict[str, tuple[str, ...]] = {
    "service configuration": ("service", "authentication", "timeouts", "proxy"),
    "rate limits": ("rate_limits", "throttling"),
    "retry policy": ("retry",),
    "circuit breaker": ("circuit_breaker", "monitoring"),
    "data mappings": ("inbound", "outbound"),
    "error handling": ("error_mapping", *PATH_KEYS, "fallback_behavior"),
    "monitoring and observability": ("monitoring",),
    "cost management": ("costs",),
    "security considerations": ("security",),
    "testing strategy": ("testing",),
    "migration and versioning": ("versioning",),
    "validation cases": ("validation_cases", "validation"),
    "components": ("components",),
}
"""Section of the template -> the keys that it is for."""
_ENVIRONMENTS = {
    "development": "Called where nobody chooses another.",
    "sandbox": "The service's own place for trying.",
    "staging": "The last step before production.",
    "production": "The real service; drafts warn here.",
}
"""Names of environments that are offered; any other may be written."""
assert set(_BY_SECTION) <= set(SECTION_SYNONYMS)  # noqa: S101  # a misspelt section would never be met


def suggest_keys(page: Page, line: int, spot: Spot) -> list[Suggestion]:
    """Return the keys that the mapping at a spot does not have yet, in their canonical order."""
    meaning = page.meaning(line, spot.path)
    if meaning is None:
        return []
    rows = list(_rows(page, line, meaning))
    taken = {*spot.siblings} - {spot.token.strip("'\"")}
    written = {name for key in taken for name in _canonical(meaning, key)}
    span = page.span(line, spot.column, spot.end_column)
    indent = " " * (spot.column - 1)
    made = []
    for rank, (key, info, doc, preferred) in enumerate(rows):
        if key in written:
            continue
        insert = (
            key if spot.role is Role.KEY else f"{key}{_after(key, info, indent, flow=spot.flow, schema=meaning.schema)}"
        )
        kind = Suggested.BLOCK if info is None or info.kind in _OPENS | _LISTS else Suggested.KEY
        detail = holds(info) if info is not None else ""
        made.append(
            Suggestion(key, insert, span, kind, detail.replace("`", ""), doc, rank if preferred else 100 + rank)
        )
    return made


def _rows(page: Page, line: int, meaning: Meaning) -> Iterator[tuple[str, FieldInfo | None, str, bool]]:
    """Yield (key, declaration, doc, whether it belongs here) of what can stand in the mapping."""
    if meaning.root is Root.SPEC:
        here = _BY_SECTION.get(page.layout.section(line) or "", ())
        for key, doc in _top_keys():
            yield key, None, doc, key in here
        return
    if meaning.schema and not meaning.names:
        for key, info in SCHEMA_KEYWORDS.items():
            yield key, info, info.doc, True
        return
    if meaning.name == "components" and meaning.info is not None:
        yield "schemas", None, OTHER_KEYS["components"], True
        return
    if meaning.name == "service.environments" and meaning.info is not None:
        for key, doc in _ENVIRONMENTS.items():
            yield key, meaning.info.item, doc, True
        return
    if meaning.block is not None and (meaning.info is None or meaning.info.kind is Kind.BLOCK):
        for key, (_, info) in declared_fields(meaning.block).items():
            yield key, info, info.doc, True


def _top_keys() -> Iterator[tuple[str, str]]:
    yield from ((key, first_line(block)) for key, block in BLOCK_TYPES.items())
    yield from ((key, doc) for key, (_, doc) in ROWS.items())
    yield from OTHER_KEYS.items()


def _canonical(meaning: Meaning, key: str) -> tuple[str, ...]:
    if meaning.root is Root.SPEC:
        return (canonical_key(key) or key,)
    block: type[Block] | None = meaning.block
    known = find_key(block, key) if block is not None else None
    return (known.key if known is not None else key,)


def _after(key: str, info: FieldInfo | None, indent: str, *, flow: bool, schema: bool) -> str:
    """Return what follows a new key: the line that its block begins with, else room for its value."""
    if info is None:
        # At the top of a spec everything is a block, but for the paths.
        opens, lists = key not in ROWS and key not in PATH_KEYS, key in ROWS
    else:
        opens = info.kind in _OPENS or (schema and key in _SCHEMA_OPENS)
        lists = info.kind is Kind.BLOCKS
    if flow or not (opens or lists):
        return ": "
    return f":\n{indent}  - " if lists else f":\n{indent}  "
