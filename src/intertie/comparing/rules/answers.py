"""What comes back: an answer that may hold more, or lack something, breaks those who read it."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing.change import Found, Impact
from intertie.comparing.contracts import Difference, about, is_seen, row_reading
from intertie.comparing.rest_parts import rest
from intertie.comparing.rule import rule
from intertie.comparing.schemas import Aspect, Effect
from intertie.comparing.sides import OperationPair, Pair
from intertie.comparing.words import listed, seconds, shown, status_words
from intertie.runtime.wires.rest.plan import ErrorAnswerPlan

_SCHEMA = ("operations.result.schema",)


@rule(
    "answer-field-removed",
    breaking="callers see it: code that reads it no longer finds it",
    safe="there are inbound mapping rows and none reads it",
    plan=_SCHEMA,
)
def answer_field_removed(pair: Pair) -> Iterator[Found]:
    """A field of an answer that is no longer described."""
    for each in about(pair.contracts.answers, Aspect.FIELD):
        if each.delta.new is None:
            yield _lost(each, f"{each.name} is no longer promised")


@rule(
    "answer-field-added",
    risky="it is required and answers are validated strictly: one without it fails the call",
    safe="otherwise",
    plan=_SCHEMA,
)
def answer_field_added(pair: Pair) -> Iterator[Found]:
    """A field of an answer that was not described."""
    for each in about(pair.contracts.answers, Aspect.FIELD):
        if each.delta.old is None:
            words = "is always there" if each.delta.obligatory else "may be there"
            yield _tighter(each, f"{each.name} {words}", demanded=each.delta.obligatory)


@rule(
    "answer-optional",
    breaking="it may be absent now, and callers see it",
    risky="it is required now and answers are validated strictly",
    safe="otherwise",
    plan=_SCHEMA,
)
def answer_optional(pair: Pair) -> Iterator[Found]:
    """Whether a field is always in the answer."""
    for each in about(pair.contracts.answers, Aspect.REQUIRED):
        if each.delta.effect is Effect.WIDER:
            yield _lost(each, f"{each.name} may be absent")
        else:
            yield _tighter(each, f"{each.name} is always there", demanded=True)


@rule(
    "answer-type",
    breaking="values of another type or form may come, and callers see them",
    risky="fewer may come and answers are validated strictly",
    safe="otherwise",
    plan=_SCHEMA,
)
def answer_type(pair: Pair) -> Iterator[Found]:
    """Which types or alternatives a value of an answer may have."""
    for each in about(pair.contracts.answers, Aspect.TYPE):
        yield _judged(each, Impact.BREAKING)


@rule(
    "answer-choices",
    risky="a value may come that code doesn't know, and callers see it; or fewer, validated strictly",
    safe="otherwise",
    plan=_SCHEMA,
)
def answer_choices(pair: Pair) -> Iterator[Found]:
    """Which values a field of an answer may have."""
    for each in about(pair.contracts.answers, Aspect.CHOICES):
        yield _judged(each, Impact.RISKY)


@rule(
    "answer-bounds",
    risky="looser, or another pattern or format, and callers see it; or tighter, validated strictly",
    safe="otherwise",
    plan=_SCHEMA,
)
def answer_bounds(pair: Pair) -> Iterator[Found]:
    """Bounds, lengths, patterns, formats and all other rules for a value of an answer."""
    for each in about(pair.contracts.answers, Aspect.BOUNDS):
        yield _judged(each, Impact.RISKY)


@rule("schema-note", safe="always: nothing validates it", plan=_SCHEMA)
def schema_note(pair: Pair) -> Iterator[Found]:
    """Descriptions, titles, examples and other notes in schemas."""
    contracts = pair.contracts
    for each in about((*contracts.requests, *contracts.answers, *contracts.errors), Aspect.NOTE):
        reason = f"{each.delta.keyword} is for people and for the mock's answers; no call is judged by it"
        yield each.found(Impact.SAFE, reason)


@rule(
    "validation-mode",
    risky="stricter: an answer that breaks its schema fails the call; or looser: it passes unseen",
    safe="`warn` instead of `off`",
    plan=("operations.result.validate",),
)
def validation_mode(pair: Pair) -> Iterator[Found]:
    """What an answer that breaks its schema does."""
    told = {"strict": "fails the call", "warn": "is passed on with a warning", "off": "is passed on unseen"}
    modes: dict[tuple[str, str], list[str]] = {}
    for each in pair.operations:
        if changed := each.both(lambda operation: operation.result.validate):
            modes.setdefault(changed, []).append(each.name)
    for changed, names in modes.items():
        reason = f"an answer of {listed(names)} that breaks its schema {told.get(changed[1], changed[1])}"
        impact = Impact.SAFE if changed == ("off", "warn") else Impact.RISKY
        at = pair.at("validation", "responses")
        yield Found(impact, "validation.responses", *changed, reason, at)


@rule(
    "answer-status",
    breaking="a status is no longer success: such calls fail",
    risky="a status is success now: such calls no longer fail",
    plan=("operations.wire.rest.response.statuses",),
)
def answer_status(pair: Pair) -> Iterator[Found]:
    """Which statuses are success."""
    for each in pair.operations:
        sets = (status_words(rest(each.old).response.statuses), status_words(rest(each.new).response.statuses))
        codes = each.both(lambda operation: rest(operation).response.statuses.codes)
        if not codes:
            continue
        lost = sorted(codes[0] - codes[1])
        told = [f"{_many(lost)} fails the call"] if lost else []
        told += [f"{_many(sorted(codes[1] - codes[0]))} is success"] if codes[1] - codes[0] else []
        at = each.at("response", "success", "status")
        impact = Impact.BREAKING if lost else Impact.RISKY
        yield each.found(impact, "success", [shown(one) for one in sets], " and ".join(told), at)


@rule(
    "answer-form",
    breaking="it is decoded otherwise: callers get another kind of value",
    risky="its media type changes, decoded the same way",
    plan=("operations.wire.rest.response.content_type", "operations.wire.rest.response.codec"),
)
def answer_form(pair: Pair) -> Iterator[Found]:
    """The media type of an answer."""
    for each in pair.operations:
        codecs = each.both(lambda operation: rest(operation).response.codec)
        types = each.both(lambda operation: rest(operation).response.content_type)
        if not codecs and not types:
            continue
        texts: tuple[str | None, str | None] = types or codecs or (None, None)
        reason = f"answers are read as {codecs[1]} instead of {codecs[0]}" if codecs else (
            f"answers are {texts[1] or 'of any type'} instead of {texts[0] or 'of any type'}"
        )  # fmt: skip
        at = each.at("response", "success", "content_type")
        impact = Impact.BREAKING if codecs else Impact.RISKY
        yield each.found(impact, "answer, content type", texts, reason, at)


@rule(
    "declared-error",
    risky="it is no longer declared, its schema changes, or the header that tells when to come back",
    safe="it is added, or described otherwise",
    plan=(
        "operations.wire.rest.response.errors.status",
        "operations.wire.rest.response.errors.description",
        "operations.wire.rest.response.errors.schema",
        "operations.wire.rest.response.errors.retry_after_header",
        "operations.wire.rest.response.errors.content_type",
        "operations.wire.rest.response.errors.example",
    ),
)
def declared_error(pair: Pair) -> Iterator[Found]:
    """Which errors are declared, and what is read from them."""
    for each in pair.operations:
        old = {error.status: error for error in rest(each.old).response.errors}
        new = {error.status: error for error in rest(each.new).response.errors}
        for status in dict.fromkeys((*old, *new)):
            yield from _error(each, status, old.get(status), new.get(status))
    for found in pair.contracts.errors:
        if found.delta.aspect is not Aspect.NOTE:
            reason = f"the error's code and message are read from an answer whose {found.name} differs"
            yield found.found(Impact.RISKY, reason)


@rule("example", safe="always: only the mock gives it", plan=("operations.result.example",))
def example(pair: Pair) -> Iterator[Found]:
    """The example of an answer."""
    for each in pair.operations:
        if values := each.both(lambda operation: operation.result.example):
            at = each.at("response", "success", "example")
            reason = "the mock gives another answer"
            yield each.found(Impact.SAFE, "answer, example", [shown(value) for value in values], reason, at)


@rule(
    "latency-target",
    risky="looser or gone: the service may be slower before anybody is told",
    safe="tighter, or one where none was",
    plan=("operations.targets.p50_s", "operations.targets.p95_s", "operations.targets.p99_s"),
)
def latency_target(pair: Pair) -> Iterator[Found]:
    """The latency targets, which the mock obeys and reports judge by."""
    for each in pair.operations:
        for name in ("p50", "p95", "p99"):
            old, new = (getattr(one.targets, f"{name}_s") for one in (each.old, each.new))
            if old == new:
                continue
            looser = new is None or (old is not None and new > old)
            reason = f"{name} may be {seconds(new) or 'anything'} instead of {seconds(old) or 'anything'}"
            impact = Impact.RISKY if looser else Impact.SAFE
            at = each.at("performance", name)
            yield each.found(impact, f"performance.{name}", (seconds(old), seconds(new)), reason, at)


def _judged(each: Difference, gravest: Impact) -> Found:
    delta = each.delta
    words = f"{each.name}: {delta.said}"
    if delta.effect is Effect.NARROWER:
        return _tighter(each, words, demanded=True)
    if not is_seen(each.operation, delta.path):
        return _unseen(each, words)
    return each.found(gravest, f"{words}; code that reads it may meet a value it doesn't know")


def _lost(each: Difference, what: str) -> Found:
    path = each.delta.path
    if not is_seen(each.operation, path):
        return _unseen(each, what)
    row = row_reading(each.operation.new, path)
    if row is not None and row.required:
        reason = f"{what}: the mapping to `{row.write.text}` requires it and fails the call"
        return each.found(Impact.BREAKING, reason)
    return each.found(Impact.BREAKING, f"{what}: code that reads it must do without")


def _unseen(each: Difference, what: str) -> Found:
    return each.found(Impact.SAFE, f"{what}; no inbound row reads it, so callers don't see it")


def _tighter(each: Difference, words: str, *, demanded: bool) -> Found:
    """Judge an answer that promises more: only a strict validation makes a difference."""
    if demanded and each.operation.new.result.validate == "strict":
        return each.found(Impact.RISKY, f"{words}; validation is strict, so an answer that breaks it fails the call")
    return each.found(Impact.SAFE, f"{words}; code that reads answers goes on working")


def _error(
    pair: OperationPair, status: str, old: ErrorAnswerPlan | None, new: ErrorAnswerPlan | None
) -> Iterator[Found]:
    at = pair.at("response", "errors")
    what = f"answer {status}"
    if old is None or new is None:
        texts = ("declared" if old else None, "declared" if new else None)
        impact = Impact.SAFE if new else Impact.RISKY
        reason = f"{status} is declared: its code and message are read as it says" if new else (
            f"{status} is no longer declared: its code and message are read from the usual places"
        )  # fmt: skip
        yield pair.found(impact, what, texts, reason, at)
        return
    if old.retry_after_header != new.retry_after_header:
        reason = f"{new.retry_after_header or 'no header of its own'} tells when to come back after {status}"
        headers = (old.retry_after_header, new.retry_after_header)
        yield pair.found(Impact.RISKY, f"{what}, retry_after", headers, reason, at)
    if old.content_type != new.content_type:
        reason = f"{status} is read as {new.content_type or 'its own header says'}"
        types = (old.content_type, new.content_type)
        yield pair.found(Impact.RISKY, f"{what}, content type", types, reason, at)
    for name in ("description", "example"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            reason = f"people and the mock meet another {name} of {status}"
            yield pair.found(Impact.SAFE, f"{what}, {name}", (shown(before), shown(after)), reason, at)


def _many(codes: list[int]) -> str:
    return listed(map(str, codes)) if len(codes) < 6 else f"{codes[0]} to {codes[-1]}"


RULES = (
    answer_field_removed,
    answer_field_added,
    answer_optional,
    answer_type,
    answer_choices,
    answer_bounds,
    schema_note,
    validation_mode,
    answer_status,
    answer_form,
    declared_error,
    example,
    latency_target,
)
