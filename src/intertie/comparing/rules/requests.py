"""What a call must give: parameters, headers and body. Accepting less breaks callers, accepting more does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intertie.comparing.change import Found, Impact
from intertie.comparing.contracts import Difference, about, is_filled, parameter_places
from intertie.comparing.places import place_of
from intertie.comparing.rest_parts import rest
from intertie.comparing.rule import rule
from intertie.comparing.schemas import Aspect, Effect
from intertie.comparing.sides import OperationPair, Pair
from intertie.comparing.words import shown
from intertie.diagnostics import SourceSpan
from intertie.runtime.wires.rest.plan import HeaderPlan, ParameterPlan
from intertie.spec.fields import Block
from intertie.spec.model import Endpoint, Spec

_REFUSED = "is refused as invalid input before anything is sent"
_SCHEMAS = ("operations.wire.rest.parameters.schema", "operations.wire.rest.body.schema")


@rule(
    "request-field-added",
    breaking="it is required, and no mapping row fills it",
    risky="it is required, and a mapping row fills it",
    safe="it is optional",
    plan=_SCHEMAS,
)
def request_field_added(pair: Pair) -> Iterator[Found]:
    """A field of a request that was not described."""
    for each in about(pair.contracts.requests, Aspect.FIELD):
        if each.delta.old is not None:
            continue
        if each.delta.obligatory:
            yield _demanded(each)
        else:
            yield each.found(Impact.SAFE, f"{each.name} may be given; calls without it are sent as before")


@rule(
    "request-field-removed",
    breaking="the schema is closed: a call that gives it is refused",
    risky="the schema is open: it is sent on, and no longer validated",
    plan=_SCHEMAS,
)
def request_field_removed(pair: Pair) -> Iterator[Found]:
    """A field of a request that is no longer described."""
    for each in about(pair.contracts.requests, Aspect.FIELD):
        if each.delta.new is not None:
            continue
        if each.delta.open:
            yield each.found(Impact.RISKY, f"{each.name} is sent on as it is given, and no longer validated")
        else:
            yield each.found(Impact.BREAKING, f"a call that gives {each.name} {_REFUSED}")


@rule(
    "request-required",
    breaking="it is required now, and no mapping row fills it",
    risky="it is required now, and a mapping row fills it",
    safe="it is optional now",
    plan=_SCHEMAS,
)
def request_required(pair: Pair) -> Iterator[Found]:
    """Whether a field must be given."""
    for each in about(pair.contracts.requests, Aspect.REQUIRED):
        if each.delta.effect is Effect.WIDER:
            yield each.found(Impact.SAFE, f"{each.name} may be left out")
        else:
            yield _demanded(each)


@rule(
    "request-type",
    breaking="values of some type or form are no longer accepted",
    safe="more are accepted",
    plan=_SCHEMAS,
)
def request_type(pair: Pair) -> Iterator[Found]:
    """Which types or alternatives a value of a request may have."""
    yield from map(_judged, about(pair.contracts.requests, Aspect.TYPE))


@rule("request-choices", breaking="a value is no longer accepted", safe="one more is accepted", plan=_SCHEMAS)
def request_choices(pair: Pair) -> Iterator[Found]:
    """Which values a field of a request may have."""
    yield from map(_judged, about(pair.contracts.requests, Aspect.CHOICES))


@rule(
    "request-bounds",
    breaking="tighter, or another pattern or format",
    safe="looser",
    plan=_SCHEMAS,
)
def request_bounds(pair: Pair) -> Iterator[Found]:
    """Bounds, lengths, patterns, formats and all other rules for a value of a request."""
    yield from map(_judged, about(pair.contracts.requests, Aspect.BOUNDS))


@rule(
    "parameter",
    breaking="a required one without default is added, one is removed, or one becomes required",
    risky="its default changes, or how it is written on the wire",
    safe="an optional one is added, or one becomes optional",
    plan=(
        "operations.wire.rest.parameters.location",
        "operations.wire.rest.parameters.name",
        "operations.wire.rest.parameters.required",
        "operations.wire.rest.parameters.style",
        "operations.wire.rest.parameters.explode",
        "operations.wire.rest.parameters.default",
        "operations.wire.rest.parameters.has_default",
    ),
)
def parameter(pair: Pair) -> Iterator[Found]:
    """Which parameters there are, whether they must be given, and how they are written."""
    for each in pair.operations:
        old = {(one.location, one.name): one for one in rest(each.old).parameters}
        new = {(one.location, one.name): one for one in rest(each.new).parameters}
        for key in dict.fromkeys((*old, *new)):
            before, after = old.get(key), new.get(key)
            if before is None or after is None:
                yield _parameter_alone(each, before, after)
            else:
                yield from _parameter_changed(each, before, after)


@rule(
    "header",
    breaking="a required one without a value is added, or one becomes required",
    risky="its value changes, or it is no longer sent; a replay is no longer known by its key",
    safe="one with a value, or an optional one, is added; one may be left out",
    plan=(
        "operations.wire.rest.headers.name",
        "operations.wire.rest.headers.value",
        "operations.wire.rest.headers.required",
        "operations.wire.rest.headers.is_idempotency_key",
        "operations.idempotency_header",
    ),
)
def header(pair: Pair) -> Iterator[Found]:
    """Which headers are sent, with what values, and which one is the idempotency key."""
    for each in pair.operations:
        old = {one.name.lower(): one for one in rest(each.old).headers}
        new = {one.name.lower(): one for one in rest(each.new).headers}
        for key in dict.fromkeys((*old, *new)):
            before, after = old.get(key), new.get(key)
            name = (after or before or HeaderPlan("", None, required=False)).name
            texts = [_header_text(one) for one in (before, after)]
            if texts[0] == texts[1]:
                continue
            demanded = after is not None and after.required and after.value is None
            if demanded and not (before is not None and before.required and before.value is None):
                impact, reason = (
                    Impact.BREAKING,
                    f"header {name} must come from the caller: a call without it {_REFUSED}",
                )
            elif before is None or (after is not None and before.value == after.value):
                impact, reason = Impact.SAFE, f"header {name} is {texts[1]}; calls are made as before"
            else:
                impact, reason = Impact.RISKY, f"header {name} is {texts[1] or 'no longer sent'} instead of {texts[0]}"
            at = (_header_place(each.old_block, key), _header_place(each.new_block, key))
            yield each.found(impact, f"header {name.lower()}", texts, reason, at)
        if keys := each.both(lambda operation: operation.idempotency_header):
            reason = f"{keys[1] or 'no header'} tells a replay from a new call, where {keys[0] or 'none'} did"
            impact = Impact.RISKY if keys[0] else Impact.SAFE
            at = each.at("request", "headers")
            yield each.found(impact, "idempotency key", keys, reason, at)


@rule(
    "request-body",
    breaking="one is required now, or none is taken any more",
    risky="it is encoded otherwise",
    safe="one may be given, or left out",
    plan=(
        "operations.wire.rest.body.content_type",
        "operations.wire.rest.body.codec",
        "operations.wire.rest.body.required",
    ),
)
def request_body(pair: Pair) -> Iterator[Found]:
    """Whether there is a body, and in which encoding."""
    for each in pair.operations:
        old, new = rest(each.old).body, rest(each.new).body
        at = each.at("request", "body")
        if (old is None) != (new is None):
            texts = [one.content_type if one else None for one in (old, new)]
            if new is None:
                impact, reason = Impact.BREAKING, "no body is sent: a call that gives its fields is refused"
            elif new.required:
                impact, reason = Impact.BREAKING, f"a body ({new.content_type}) is sent, and must be as its schema says"
            else:
                impact, reason = Impact.SAFE, f"a body ({new.content_type}) may be sent"
            yield each.found(impact, "body", texts, reason, at)
        if old is None or new is None:
            continue
        if (old.content_type, old.codec) != (new.content_type, new.codec):
            texts = [one.content_type if old.content_type != new.content_type else one.codec for one in (old, new)]
            reason = f"the body is sent as {texts[1]} instead of {texts[0]}, which the service must read"
            at = each.at("request", "body", "content_type")
            yield each.found(Impact.RISKY, "body, content type", texts, reason, at)
        if old.required != new.required:
            impact = Impact.BREAKING if new.required else Impact.SAFE
            reason = f"a call without a body {_REFUSED}" if new.required else "a call may leave the body out"
            texts = ["required" if one.required else "optional" for one in (old, new)]
            at = each.at("request", "body", "required")
            yield each.found(impact, "body, required", texts, reason, at)


def _demanded(each: Difference) -> Found:
    """Judge a field that every request must have now."""
    if is_filled(each.operation.new, each.delta.path):
        reason = f"{each.name} is required; where a call lacks it, the outbound mapping's default is sent"
        return each.found(Impact.RISKY, reason)
    return each.found(Impact.BREAKING, f"{each.name} is required: a call without it {_REFUSED}")


def _judged(each: Difference) -> Found:
    delta = each.delta
    if delta.effect is Effect.WIDER:
        return each.found(Impact.SAFE, f"{each.name}: {delta.said}, so more is accepted")
    return each.found(Impact.BREAKING, f"{each.name}: {delta.said}; a value that breaks it {_REFUSED}")


def _parameter_alone(pair: OperationPair, old: ParameterPlan | None, new: ParameterPlan | None) -> Found:
    one = new or old
    if one is None:
        msg = "a parameter that neither version has"
        raise AssertionError(msg)
    called = f"{one.location} parameter {one.name}"
    if new is None:
        impact, reason = Impact.BREAKING, f"a call that gives {one.name} is refused, or sends it in another place"
    elif new.required and not new.has_default and not is_filled(pair.new, new.name):
        impact, reason = Impact.BREAKING, f"{called} is required: a call without it {_REFUSED}"
    else:
        given = (
            f"where a call lacks it, {shown(new.default)} is sent"
            if new.has_default
            else "calls without it are sent as before"
        )
        impact, reason = Impact.SAFE, f"{called} may be given; {given}"
    texts = [_parameter_text(each) for each in (old, new)]
    at = parameter_places(pair, one.location, one.name)
    return pair.found(impact, called, texts, reason, at)


def _parameter_changed(pair: OperationPair, old: ParameterPlan, new: ParameterPlan) -> Iterator[Found]:
    called = f"{new.location} parameter {new.name}"

    def found(field: str, impact: Impact, texts: Sequence[str | None], reason: str) -> Found:
        at = parameter_places(pair, new.location, new.name, field)
        return pair.found(impact, f"{called}, {field}", texts, reason, at)

    if old.required != new.required:
        texts = ["required" if each.required else "optional" for each in (old, new)]
        if not new.required:
            yield found("required", Impact.SAFE, texts, f"{called} may be left out")
        elif new.has_default or is_filled(pair.new, new.name):
            reason = f"{called} is always sent, its default where a call lacks it"
            yield found("required", Impact.SAFE, texts, reason)
        else:
            yield found("required", Impact.BREAKING, texts, f"{called} is required: a call without it {_REFUSED}")
    if (old.has_default, old.default) != (new.has_default, new.default):
        given = [(shown(each.default) or "null") if each.has_default else None for each in (old, new)]
        breaks = not new.has_default and new.required
        reason = f"a call without {new.name} sends {given[1] or 'none'} instead of {given[0] or 'none'}"
        reason = f"a call without {new.name} {_REFUSED}" if breaks else reason
        yield found("default", Impact.BREAKING if breaks else Impact.RISKY, given, reason)
    styles = [f"{each.style}{', exploded' if each.explode else ''}" for each in (old, new)]
    if styles[0] != styles[1]:
        reason = f"{called} is written in style {styles[1]} instead of {styles[0]}, which the service must read"
        yield found("style", Impact.RISKY, styles, reason)


def _parameter_text(parameter: ParameterPlan | None) -> str | None:
    return None if parameter is None else "required" if parameter.required else "optional"


def _header_text(header: HeaderPlan | None) -> str | None:
    if header is None:
        return None
    text = header.value if header.value is not None else "the caller's"
    key = ", idempotency key" if header.is_idempotency_key else ""
    return f"{text}{', required' if header.required else ''}{key}"


def _header_place(block: Block | Spec, name: str) -> SourceSpan:
    request = block.request if isinstance(block, Endpoint) else None
    for each in request.headers if request else ():
        if each.name is not None and each.name.value.strip().lower() == name:
            return place_of(each, "value")
    return place_of(block, "request", "headers")


RULES = (
    request_field_added,
    request_field_removed,
    request_required,
    request_type,
    request_choices,
    request_bounds,
    parameter,
    header,
    request_body,
)
