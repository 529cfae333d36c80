"""Which operations there are, and how each is called."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing.change import Found, Impact
from intertie.comparing.places import place_of
from intertie.comparing.rest_parts import rest
from intertie.comparing.rule import rule
from intertie.comparing.sides import Pair
from intertie.comparing.words import shown


@rule("operation-removed", breaking="always: whoever calls it is refused")
def operation_removed(pair: Pair) -> Iterator[Found]:
    """An operation that is no longer there."""
    for gone in pair.removed:
        reason = f"a call of `{gone.id}` ({gone.wire.title}) is refused: there is no such operation"
        at = (place_of(pair.old_block(gone), "endpoint"), pair.at("endpoints")[1])
        text = gone.wire.title
        yield Found(Impact.BREAKING, f"operation {gone.id}", text, None, reason, at, gone.id)


@rule("operation-added", safe="always")
def operation_added(pair: Pair) -> Iterator[Found]:
    """An operation that was not there."""
    for made in pair.added:
        reason = f"`{made.id}` ({made.wire.title}) may be called; nothing else is called otherwise"
        at = (pair.at("endpoints")[0], place_of(pair.new_block(made), "endpoint"))
        text = made.wire.title
        yield Found(Impact.SAFE, f"operation {made.id}", None, text, reason, at, made.id)


@rule(
    "operation-renamed",
    breaking="always: code calls an operation by its id, the snake_case of its heading",
    safe="only the wording of the heading, the id being the same",
    plan=("operations.id", "operations.name"),
)
def operation_renamed(pair: Pair) -> Iterator[Found]:
    """An operation with the method and path of another that is no longer there."""
    for each in pair.operations:
        at = each.at("name")
        if ids := each.both(lambda operation: operation.id):
            route = each.new.wire.title
            reason = f"`{ids[0]}` ({route}) is called `{ids[1]}`: code that calls it by its old id fails"
            yield Found(Impact.BREAKING, f"operation {' / '.join(sorted(ids))}", *ids, reason, at, each.name)
        elif names := each.both(lambda operation: operation.name):
            reason = "the heading reads otherwise; the operation's id is the same"
            yield each.found(Impact.SAFE, "heading", names, reason, at)


@rule("operation-path", risky="always: another resource of the service is called", plan=("operations.wire.rest.path",))
def operation_path(pair: Pair) -> Iterator[Found]:
    """The path of an operation."""
    for each in pair.operations:
        if paths := each.both(lambda operation: rest(operation).path):
            reason = f"`{each.name}` is sent to {paths[1]} instead of {paths[0]}"
            at = each.at("endpoint", "path")
            yield each.found(Impact.RISKY, "path", paths, reason, at)


@rule(
    "operation-method",
    risky="always: the service does another thing, and other calls may be replayed, cached or queued",
    plan=("operations.wire.rest.method", "operations.is_read"),
)
def operation_method(pair: Pair) -> Iterator[Found]:
    """The method of an operation, and whether it only reads."""
    for each in pair.operations:
        at = each.at("endpoint", "method")
        if methods := each.both(lambda operation: rest(operation).method):
            reason = f"`{each.name}` is sent as {methods[1]} instead of {methods[0]}"
            yield each.found(Impact.RISKY, "method", methods, reason, at)
        elif reads := each.both(lambda operation: operation.is_read):
            told = (
                "may be answered from the cache, never queued"
                if reads[1]
                else "may be queued, never answered from the cache"
            )
            texts = ("read" if reads[0] else "write", "read" if reads[1] else "write")
            yield each.found(Impact.RISKY, "kind", texts, f"`{each.name}` is a {texts[1]}: it {told}", at)


@rule(
    "replay",
    risky="always: a call whose outcome is unknown is sent again, or no longer is",
    plan=("operations.replay_safe",),
)
def replay(pair: Pair) -> Iterator[Found]:
    """Whether a call may be sent twice."""
    for each in pair.operations:
        if safe := each.both(lambda operation: operation.replay_safe):
            told = "is sent again" if safe[1] else "is no longer sent again"
            reason = f"a call of `{each.name}` that may have taken effect {told}"
            at = each.at("idempotent")
            yield each.found(Impact.RISKY, "replay", [shown(one) for one in safe], reason, at)


@rule(
    "pagination",
    breaking="always: code that walks through pages gets others, or none",
    plan=("operations.pagination.style", "operations.pagination.options"),
)
def pagination(pair: Pair) -> Iterator[Found]:
    """How pages follow each other."""
    for each in pair.operations:
        old, new = each.old.pagination, each.new.pagination
        at = each.at("pagination")
        if (old.style if old else None) != (new.style if new else None):
            texts = (old.style if old else None, new.style if new else None)
            reason = f"pages follow by {texts[1] or 'nothing: there is one'} instead of {texts[0] or 'nothing'}"
            impact = Impact.BREAKING if old else Impact.SAFE
            yield each.found(impact, "pagination.style", texts, reason, at)
        elif old and new:
            for name in dict.fromkeys((*old.options, *new.options)):
                before, after = old.options.get(name), new.options.get(name)
                if before != after:
                    told = [shown(value) or "none" for value in (before, after)]
                    reason = f"pages of `{each.name}` are asked for and read with {name} {told[1]} instead of {told[0]}"
                    values = (shown(before), shown(after))
                    at = each.at("pagination", name)
                    yield each.found(Impact.BREAKING, f"pagination.{name}", values, reason, at)


@rule(
    "streaming",
    breaking="always: callers get a stream where they got a value, or the other way round",
    plan=("operations.streaming",),
)
def streaming(pair: Pair) -> Iterator[Found]:
    """Whether an answer streams."""
    for each in pair.operations:
        if kinds := each.both(lambda operation: operation.streaming):
            reason = f"an answer of `{each.name}` comes {f'as a stream of {kinds[1]}' if kinds[1] else 'whole'}"
            yield each.found(Impact.BREAKING, "streaming", kinds, reason, each.at("streaming"))


@rule(
    "operation-callable",
    breaking="it can't be called any more",
    safe="it can be called now",
    plan=("operations.unsupported",),
)
def operation_callable(pair: Pair) -> Iterator[Found]:
    """Whether this version of Intertie can call an operation at all."""
    for each in pair.operations:
        if reasons := each.both(lambda operation: operation.unsupported):
            reason = (
                f"calls of `{each.name}` are refused: {reasons[1]}" if reasons[1] else f"`{each.name}` can be called"
            )
            impact = Impact.BREAKING if reasons[1] else Impact.SAFE
            yield each.found(impact, "callable", reasons, reason, each.at("endpoint"))


@rule("description", safe="always: it is only shown", plan=("operations.description",))
def description(pair: Pair) -> Iterator[Found]:
    """The description of an operation."""
    for each in pair.operations:
        if texts := each.both(lambda operation: operation.description):
            reason = "it is what people read, and nothing else"
            at = each.at("endpoint", "description")
            yield each.found(Impact.SAFE, "description", [shown(text) for text in texts], reason, at)


RULES = (
    operation_removed, operation_added, operation_renamed, operation_path, operation_method, replay, pagination,
    streaming, operation_callable, description,
)  # fmt: skip
