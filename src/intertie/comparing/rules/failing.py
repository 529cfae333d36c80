"""What happens when the service fails: breaker, fallback, mapped errors."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing.change import Found, Impact, Places
from intertie.comparing.places import place_of
from intertie.comparing.rule import rule
from intertie.comparing.sides import Pair
from intertie.comparing.words import listed, percent, seconds, shown, status_words
from intertie.core.plurals import plural
from intertie.diagnostics import SourceSpan
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.error_mapping.options import ErrorMappingRow
from intertie.spec.model import Spec

_ANSWERS = {
    "cache": "the last good answer is given, marked stale",
    "default": "the declared default answer is given",
    "queue": "the call is stored and a receipt is given, not an answer",
    "circuit_break": "the call fails at once with what the breaker knows",
}


@rule(
    "breaker",
    risky="one where none was: calls are refused while it is open; or none any more: nothing stops an outage",
)
def breaker(pair: Pair) -> Iterator[Found]:
    """Whether there is a circuit breaker."""
    old, new = pair.old.plan.breaker, pair.new.plan.breaker
    if (old is None) == (new is None):
        return
    if new is not None:
        reason = f"after {_threshold(new)} calls are refused for {seconds(new.open_s)}, where every call was made"
    else:
        reason = "every call is made during an outage too, where an open breaker refused it at once"
    texts = ("on" if old else None, "on" if new else None)
    yield Found(Impact.RISKY, "circuit_breaker", *texts, reason, pair.at("circuit_breaker"))


@rule(
    "breaker-opens",
    risky="sooner, for other failures, or for other endpoints: calls are refused that were made",
    safe="later",
    plan=("breaker.failure_threshold", "breaker.failure_ratio", "breaker.window", "breaker.minimum_calls",
          "breaker.scope", "breaker.network_error", "breaker.timeout", "breaker.statuses"),
)  # fmt: skip
def breaker_opens(pair: Pair) -> Iterator[Found]:
    """When the breaker opens."""
    old, new = pair.old.plan.breaker, pair.new.plan.breaker
    if old is None or new is None:
        return
    before, after = _threshold(old), _threshold(new)
    if before != after:
        later = old.failure_threshold is not None and new.failure_threshold is not None
        later = later and (new.failure_threshold or 0) > (old.failure_threshold or 0)
        reason = f"the breaker opens after {after} instead of {before}"
        at = pair.at("circuit_breaker", "failure_threshold")
        yield Found(
            Impact.SAFE if later else Impact.RISKY, "circuit_breaker.failure_threshold", before, after, reason, at
        )
    if old.scope != new.scope:
        reason = "each endpoint has a breaker of its own, where one failing endpoint stopped them all" if (
            new.scope == "endpoint"
        ) else "one failing endpoint stops them all, where each had a breaker of its own"  # fmt: skip
        yield Found(
            Impact.RISKY, "circuit_breaker.scope", old.scope, new.scope, reason, pair.at("circuit_breaker", "scope")
        )
    left, right = _counted(old), _counted(new)
    if left != right:
        told = [listed(each) if each else "nothing" for each in (left, right)]
        reason = f"the breaker counts {told[1]} instead of {told[0]}"
        at = pair.at("circuit_breaker", "failure_on")
        yield Found(Impact.RISKY, "circuit_breaker.failure_on", shown(left), shown(right), reason, at)


@rule(
    "breaker-closes",
    risky="it stays open longer, or needs more probes",
    safe="otherwise",
    plan=("breaker.open_s", "breaker.half_open_requests", "breaker.success_threshold", "breaker.alert_on_open"),
)
def breaker_closes(pair: Pair) -> Iterator[Found]:
    """How long the breaker is open, how it closes, and whether it alerts."""
    old, new = pair.old.plan.breaker, pair.new.plan.breaker
    if old is None or new is None:
        return
    if old.open_s != new.open_s:
        reason = f"an open breaker refuses calls for {seconds(new.open_s)} instead of {seconds(old.open_s)}"
        impact = Impact.RISKY if new.open_s > old.open_s else Impact.SAFE
        at = pair.at("circuit_breaker", "timeout")
        yield Found(impact, "circuit_breaker.timeout", seconds(old.open_s), seconds(new.open_s), reason, at)
    for name, what in (("half_open_requests", "probes at a time"), ("success_threshold", "successes close it")):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            impact = Impact.RISKY if (after > before) == (name == "success_threshold") else Impact.SAFE
            reason = f"{after} {what} instead of {before}"
            yield Found(
                impact, f"circuit_breaker.{name}", str(before), str(after), reason, pair.at("circuit_breaker", name)
            )
    if old.alert_on_open != new.alert_on_open:
        reason = "an open breaker is told to people" if new.alert_on_open else "an open breaker is told to nobody"
        impact = Impact.SAFE if new.alert_on_open else Impact.RISKY
        texts = (shown(old.alert_on_open), shown(new.alert_on_open))
        yield Found(impact, "monitoring.alert_on_open", *texts, reason, pair.at("monitoring", "alert_on_open"))


@rule(
    "fallback",
    risky="always: another answer, or none, is given while the service fails",
    plan=("fallback.strategy", "fallback.default_response"),
)
def fallback(pair: Pair) -> Iterator[Found]:
    """What answers when the service can't."""
    old, new = pair.old.plan.fallback, pair.new.plan.fallback
    strategies = (old.strategy if old else None, new.strategy if new else None)
    if strategies[0] != strategies[1]:
        told = ["the call fails" if each is None else _ANSWERS.get(each, each) for each in strategies]
        reason = f"while the service fails, {told[1]}; before, {told[0]}"
        at = pair.at("fallback_behavior", "strategy")
        yield Found(Impact.RISKY, "fallback_behavior.strategy", *strategies, reason, at)
    elif old and new and old.default_response != new.default_response:
        texts = (shown(old.default_response), shown(new.default_response))
        reason = "another answer is given in the service's place"
        at = pair.at("fallback_behavior", "default_response")
        yield Found(Impact.RISKY, "fallback_behavior.default_response", *texts, reason, at)


@rule(
    "fallback-age",
    risky="always: older answers are given, or fewer; a queued call is sent under a key the service may have forgotten",
    safe="a shorter life of idempotency keys: queued calls are parked sooner",
    plan=("fallback.cache_ttl_s", "fallback.idempotency_ttl_s"),
)
def fallback_age(pair: Pair) -> Iterator[Found]:
    """How old what the fallback uses may be."""
    old, new = pair.old.plan.fallback, pair.new.plan.fallback
    if old is None or new is None:
        return
    if old.cache_ttl_s != new.cache_ttl_s:
        ages = (seconds(old.cache_ttl_s), seconds(new.cache_ttl_s))
        reason = f"an answer from the cache is at most {ages[1]} old, it was {ages[0]}"
        at = pair.at("fallback_behavior", "cache_ttl")
        yield Found(Impact.RISKY, "fallback_behavior.cache_ttl", *ages, reason, at)
    if old.idempotency_ttl_s != new.idempotency_ttl_s:
        ages = (seconds(old.idempotency_ttl_s), seconds(new.idempotency_ttl_s))
        reason = f"a queued call is sent for up to {ages[1]} instead of {ages[0]}, and parked after that"
        impact = Impact.RISKY if new.idempotency_ttl_s > old.idempotency_ttl_s else Impact.SAFE
        at = pair.at("fallback_behavior", "idempotency_ttl")
        yield Found(impact, "fallback_behavior.idempotency_ttl", *ages, reason, at)


@rule(
    "error-code",
    breaking="the internal code of an error changes or goes: code that tells errors apart by it no longer does",
    risky="an error gets an internal code it had not, or the place of the provider's code moves",
    plan=("errors.rows.external_code", "errors.rows.internal_code", "errors.error_code_path"),
)
def error_code(pair: Pair) -> Iterator[Found]:
    """What callers know an error by."""
    old, new = _rows(pair.old.plan.errors.rows), _rows(pair.new.plan.errors.rows)
    for code in dict.fromkeys((*old, *new)):
        before, after = old.get(code), new.get(code)
        names = (before.internal_code if before else None, after.internal_code if after else None)
        if names[0] == names[1] and (before is None) == (after is None):
            continue
        texts = (_row_text(before), _row_text(after))
        if before is not None and names[0] is not None:
            impact = Impact.BREAKING
            reason = f"{code} reaches callers as {names[1] or 'a bare service error'} instead of {names[0]}"
        else:
            impact, reason = Impact.RISKY, f"{code} reaches callers as {names[1] or 'a bare service error'} from now on"
        yield Found(impact, f"error_mapping: {code}", *texts, reason, _row_place(pair, code, "internal_code"))
    if paths := pair.both(lambda plan: plan.errors.error_code_path):
        told = [path or "the usual places" for path in paths]
        reason = f"the provider's code is read from {told[1]} instead of {told[0]}"
        yield Found(Impact.RISKY, "error_code_path", *paths, reason, pair.at("error_code_path"))


@rule(
    "error-action",
    risky="another thing is done with the error: retried, failed at once, or answered by the fallback",
    safe="its message, or where the provider's own is read from: only people read them",
    plan=("errors.rows.action", "errors.rows.message", "errors.error_message_path"),
)
def error_action(pair: Pair) -> Iterator[Found]:
    """What is done with an error, and said of it."""
    old, new = _rows(pair.old.plan.errors.rows), _rows(pair.new.plan.errors.rows)
    for code in (code for code in old if code in new):
        before, after = old[code], new[code]
        if before.action != after.action:
            reason = f"{code}: {after.action or 'nothing special'} instead of {before.action or 'nothing special'}"
            at = _row_place(pair, code, "action")
            yield Found(Impact.RISKY, f"error_mapping: {code}, action", before.action, after.action, reason, at)
        if before.message != after.message:
            reason = f"users read another sentence for {code}"
            at = _row_place(pair, code, "message")
            yield Found(Impact.SAFE, f"error_mapping: {code}, message", before.message, after.message, reason, at)
    if paths := pair.both(lambda plan: plan.errors.error_message_path):
        told = [path or "the usual places" for path in paths]
        reason = f"the provider's message is read from {told[1]} instead of {told[0]}"
        yield Found(Impact.SAFE, "error_message_path", *paths, reason, pair.at("error_message_path"))


def _rows(rows: tuple[ErrorMappingRow, ...]) -> dict[str, ErrorMappingRow]:
    found: dict[str, ErrorMappingRow] = {}
    for row in rows:
        found.setdefault(row.external_code, row)
    return found


def _row_text(row: ErrorMappingRow | None) -> str | None:
    return None if row is None else f"{row.internal_code or 'no code'}, {row.action or 'no action'}"


def _row_place(pair: Pair, code: str, field: str) -> Places:
    return _place_in(pair.old.spec, code, field), _place_in(pair.new.spec, code, field)


def _place_in(spec: Spec, code: str, field: str) -> SourceSpan:
    for row in spec.error_mapping:
        if row.external_code is not None and row.external_code.value.strip().lower() == code.lower():
            return place_of(row, field)
    return place_of(spec, "error_mapping")


def _threshold(breaker: BreakerOptions) -> str:
    if breaker.failure_threshold is not None:
        return f"{plural(breaker.failure_threshold, 'failure')} in a row"
    return (
        f"{percent(breaker.failure_ratio)} of {plural(breaker.window, 'call')} failed, from {breaker.minimum_calls} on"
    )


def _counted(breaker: BreakerOptions) -> tuple[str, ...]:
    named = [name for name in ("network_error", "timeout") if getattr(breaker, name)]
    return (*named, *status_words(breaker.statuses))


RULES = (breaker, breaker_opens, breaker_closes, fallback, fallback_age, error_code, error_action)
