"""What stands under the cursor, in words: a field and what it comes to, a transform, a schema, a case, an endpoint."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from intertie.diagnostics import SourceSpan
from intertie.diagnostics.credentials import without_credentials
from intertie.lsp.bullets import BULLET_BLOCKS, bullet_at
from intertie.lsp.declarations import Meaning, first_line
from intertie.lsp.features.around import page_at, spec_path
from intertie.lsp.features.effective import effective, has_effect, source_words
from intertie.lsp.features.explained import EXPLAINED
from intertie.lsp.features.lens import summary
from intertie.lsp.features.mentions import Mention, Thing
from intertie.lsp.features.schema_data import schema_named
from intertie.lsp.features.words import SECRET_KINDS, holds
from intertie.lsp.outline import Role, Spot
from intertie.lsp.page import Page
from intertie.spec.cases.loading import read_case
from intertie.spec.fields import FieldInfo, Kind
from intertie.spec.reading.keys import find_key
from intertie.spec.tree import MappingNode, ScalarNode

_WORD_RE = re.compile(r"[A-Za-z_]\w*")
_MOST_SCHEMA = 1_500


class Hover(Struct, frozen=True):
    """Markdown to show, and what it is about."""

    text: str
    span: SourceSpan


def hover(page: Page, line: int, column: int) -> Hover | None:
    """Return what is known about the place, None where there is nothing to say."""
    mention = page.mention(line, column)
    if mention is not None:
        said = _named(page, mention)
        if said is not None:
            return Hover(said, mention.span)
    if not page.is_spec:
        return None
    spot = page.spot(line, column)
    if spot is None:
        return _bullet(page, line)
    if not spot.token:
        return None
    meaning = page.meaning(line, named_path(spot))
    if meaning is None:
        return None
    if spot.role is not Role.KEY and meaning.name.endswith(".transform"):
        found = _transform(page, line, column)
        if found is not None:
            return found
    text = field_text(page, line, meaning)
    return Hover(text, page.span(line, spot.column, spot.end_column)) if text else None


def named_path(spot: Spot) -> tuple[str, ...]:
    """Return the path of what a spot is about: a key's own, a value's."""
    return (*spot.path, spot.token.strip("'\"")) if spot.role is Role.KEY else spot.path


# Fields


def field_text(page: Page, line: int, meaning: Meaning) -> str:
    """Return what a field does, what it holds, and what it comes to in the plan; empty where nothing declares it."""
    info = meaning.info
    if info is None or not info.doc:
        return (
            f"**{meaning.name}**\n\n{first_line(meaning.block)}" if meaning.block is not None and meaning.name else ""
        )
    parts = [f"**{meaning.name}** — {holds(info)}", " ".join(filter(None, (info.doc, EXPLAINED.get(meaning.name))))]
    if info.kind is Kind.SECRET:
        parts.append("A reference, never the secret itself: " + "; ".join(words for _, words in SECRET_KINDS) + ".")
    comes_to = _comes_to(page, line, meaning)
    if comes_to:
        parts.append(comes_to)
    also = _also(info)
    if also:
        parts.append(also)
    return "\n\n".join(parts)


def _comes_to(page: Page, line: int, meaning: Meaning) -> str:
    if page.plan is None:
        return "There is no plan while the spec has errors." if has_effect(meaning.name) else ""
    found = effective(page.plan, page.operation(line), meaning.name)
    if found is None:
        return ""
    if found.value is None:
        return "The plan has no use for it as the spec stands."
    return f"In the plan: `{without_credentials(found.value)}` ({found.source})"


def _also(info: FieldInfo) -> str:
    words = []
    if info.aliases:
        words.append("Also read: " + ", ".join(f"`{alias}`" for alias in info.aliases) + ".")
    if not info.template:
        words.append("An addition to the template's fields.")
    return " ".join(words)


def _bullet(page: Page, line: int) -> Hover | None:
    """Return what a bullet of the template's prose sections means."""
    block = BULLET_BLOCKS.get(page.layout.section(line) or "")
    bullet = bullet_at(page.line(line))
    known = find_key(block, bullet.key) if block is not None and bullet is not None else None
    if bullet is None or known is None:
        return None
    text = f"**{bullet.key}** — {holds(known.info)}\n\n{known.info.doc}"
    return Hover(text, page.span(line, bullet.key_column, bullet.key_column + len(bullet.key)))


# Names


def _named(page: Page, mention: Mention) -> str | None:
    match mention.thing:
        case Thing.OPERATION:
            return _operation(page, mention)
        case Thing.SCHEMA | Thing.ELSEWHERE:
            return _schema(page, mention)
        case Thing.CASE:
            return _case(page, mention)
        case Thing.SPEC:
            return _spec(page, mention)
        case _:
            return None


def _operation(page: Page, mention: Mention) -> str | None:
    if page.plan is None or mention.name not in page.plan.operations:
        return None
    operation = page.plan.operations[mention.name]
    parts = [f"**{operation.id}** — `{operation.wire.title}`"]
    if operation.description:
        parts.append(operation.description)
    parts.append(summary(page.plan, operation))
    stages = [stage.stage.replace("_", " ") for stage in operation.stages]
    parts.append("Stages: " + " · ".join(stages))
    return "\n\n".join(parts)


def _schema(page: Page, mention: Mention) -> str | None:
    found = schema_named(page, mention)
    if found is None:
        return None
    text = msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
    shown = text if len(text) <= _MOST_SCHEMA else text[:_MOST_SCHEMA] + "\n…"
    return f"**{mention.name}**\n\n```json\n{shown}\n```"


def _case(page: Page, mention: Mention) -> str | None:
    path = page.around.workspace.find_case(mention.name)
    case = page_at(page, path) if path is not None else None
    root = read_case(case.source) if case is not None else None
    if case is None or not isinstance(root, MappingNode):
        return None
    parts = [f"**{case.shown}**"]
    for key in ("name", "status", "purpose"):
        value = root.get(key)
        if isinstance(value, ScalarNode) and value.text:
            parts.append(f"{key}: {value.text}" if key != "purpose" else value.text)
    return "\n\n".join(parts)


def _spec(page: Page, mention: Mention) -> str | None:
    path = spec_path(page, mention.name)
    if path is None:
        return None
    if path == page.path and page.plan is not None:
        plan = page.plan
        where = source_words(plan.sources["environment"], plan)
        return f"**{mention.name}**\n\nCalls in environment `{plan.environment}` ({where}) go to {plan.origin.url}"
    other = page_at(page, path)
    title = other.spec.title.value if other is not None and other.spec.title is not None else ""
    return f"**{mention.name}** — {page.around.workspace.shown(path)}" + (f"\n\n{title}" if title else "")


def _transform(page: Page, line: int, column: int) -> Hover | None:
    from intertie.runtime.mapping.transforms import LIBRARY  # noqa: PLC0415  # loaded when somebody asks for one

    for match in _WORD_RE.finditer(page.line(line)):
        first, last = match.start() + 1, match.end() + 1
        spec = LIBRARY.get(match.group())
        if first <= column <= last and spec is not None:
            undone = f" `{spec.inverse}` undoes it." if spec.inverse else ""
            text = f"**{spec.usage}** — {spec.takes} → {spec.gives}\n\n{spec.summary}{undone}"
            return Hover(text, page.span(line, first, last))
    return None
