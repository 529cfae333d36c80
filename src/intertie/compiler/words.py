"""A stage in people's words: sentences, each with the source of its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from intertie.compiler.arithmetic import longest_backoff_s
from intertie.core.money import Money, decimal_text
from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.runtime.plan import OperationPlan, StageDescription
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.runtime.stages import Stage

_DELAYS_SHOWN = 4

Line = tuple[str, str]
"""(sentence, source); the source is empty where there is nothing to tell."""


def stage_lines(stage: StageDescription, operation: OperationPlan) -> list[Line]:
    """Return what a stage does, one sentence a line."""
    say = _WORDS[stage.stage]
    return list(say(stage.options, stage.sources, operation))


def money_text(money: Money) -> str:
    """Return an amount with its currency, grouped by thousands, at most six decimals."""
    rounded = round(money.amount, 6)
    whole, _, fraction = decimal_text(rounded).partition(".")
    return f"{int(whole):,}.{fraction} {money.currency}" if rounded >= 0 else f"{money}"


def _telemetry(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    shown = [name for name in ("headers", "body") if options[f"include_{name}"]]
    extra = f", with {' and '.join(shown)}" if shown else ""
    yield f"every call is measured, and logged from level `{options['log_level']}` on{extra}", sources["log_level"]
    if not options["mask_sensitive"]:
        yield "only credentials and personal fields are masked", sources["mask_sensitive"]


def _rows(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    source = sources["rows"]
    for row in options["rows"]:
        text = f"{row['from']} → {row['to']}"
        if "transform" in row:
            text += f" by `{row['transform']}`"
        if row.get("required"):
            text += ", required"
        if "default" in row:
            text += f", {row['default']!r} where it is absent"
        yield text, source
        source = ""


def _request(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    if "parameters" in options:
        yield f"parameters: {', '.join(options['parameters'])}", sources["parameters"]
    if "body" in options:
        schema = f", checked against {_schema(options['schema'])}" if "schema" in options else ""
        yield f"body: {options['body']}{schema}; a body that breaks it is not sent", sources["body"]


def _fallback(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    match options["strategy"]:
        case "cache":
            text = f"the last good answer is returned, at most {seconds_text(options['cache_ttl_s'])} old, marked stale"
            source = sources["cache_ttl_s"]
        case "default":
            text, source = "the declared default answer is returned, marked as such", sources["default_response"]
        case "queue":
            text, source = (
                "the call is queued and sent when the service is back; the caller gets a receipt",
                sources["strategy"],
            )
        case _:
            text, source = "the call fails at once with what the breaker knows", sources["strategy"]
    on = f"on {_listed(options['on'])}: " if "on" in options else ""
    yield f"{on}{text}", source


def _deadline(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    yield f"{seconds_text(options['total_s'])} for the whole call, all attempts and waits included", sources["total_s"]


def _retry(options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
    yield f"at most {plural(options['max_attempts'], 'attempt')}, the first included", sources["max_attempts"]
    yield f"{_delays(options)} between them", sources["initial_delay_s"]
    causes = [*options["retry_on"], *options["retry_conditions"]]
    yield (
        f"after {_listed(causes)}, and after a 429 once its pause is over",
        _first(sources, "retry_on", "retry_conditions"),
    )
    if not operation.replay_safe:
        yield (
            f"not where an attempt may have taken effect: {operation.wire.method} without an idempotency key",
            operation.source,
        )
    yield f"at most {_percent(options['retry_budget'])} of calls are retries", sources["retry_budget"]


def _delays(options: Mapping[str, Any]) -> str:
    retry = RetryOptions(
        initial_delay_s=options["initial_delay_s"],
        max_delay_s=options["max_delay_s"],
        backoff=options["backoff"],
        multiplier=options["multiplier"],
    )
    between = options["max_attempts"] - 1
    waits = [longest_backoff_s(attempt, retry) for attempt in range(1, min(between, _DELAYS_SHOWN) + 1)]
    shown = ", ".join(seconds_text(round(wait, 6)) for wait in waits) + (", …" if between > _DELAYS_SHOWN else "")
    kind = f"{options['backoff']}, at most {seconds_text(options['max_delay_s'])}"
    return f"a random wait of up to {shown} ({kind})" if options["jitter"] else f"{shown} ({kind})"


def _breaker(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    if "failure_threshold" in options:
        yield f"opens after {plural(options['failure_threshold'], 'failure')} in a row", sources["failure_threshold"]
    else:
        share, window = _percent(options["failure_ratio"]), plural(options["window"], "attempt")
        text = f"opens when {share} of the last {window} failed, once there were {options['minimum_calls']:,}"
        yield text, sources["failure_ratio"]
    yield f"stays open for {seconds_text(options['open_s'])}", sources["open_s"]
    probes, successes = options["half_open_requests"], options["success_threshold"]
    ends = plural(successes, "success", "successes")
    yield (
        f"then lets {plural(probes, 'probe')} through at a time, and closes after {ends}",
        sources["half_open_requests"],
    )
    scope = "one breaker for each endpoint" if options["scope"] == "endpoint" else "one breaker for all endpoints"
    yield f"counts {_listed(options['failure_on'])} as failures; {scope}", sources["failure_on"]


def _budget(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    text = f"{options['monthly_limit']} {options['currency']} a month ({options['time_zone']})"
    if "alert_at" in options:
        text += f"; results and log warn from {_percent(options['alert_at'])} on"
    yield text, sources["monthly_limit"]
    yield (
        ("calls beyond it are refused" if options["hard_stop"] else "calls beyond it are made all the same"),
        sources["hard_stop"],
    )


def _auth(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    if options["type"] == "basic":
        yield (
            f"basic: the user name from {options['username']}, the password from {options['password']}",
            sources["password"],
        )
        return
    where = f"{options['location']} {options['name']}"
    scheme = f", after `{options['scheme']}`" if "scheme" in options else ""
    yield f"the key from {options['secret']} goes into {where}{scheme}", sources["secret"]


def _version(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    where = f"{options['strategy']} {options['name']}" if "name" in options else "the path"
    others = [version for version in options["supported"] if version != options["current"]]
    more = f"; a call may ask for {_listed(others)}" if others else ""
    yield f"{options['current']} in {where}{more}", sources["current"]
    for version, day in options.get("deprecations", {}).items():
        yield f"{version} ends on {day}", sources["deprecations"]


def _key(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    yield f"one {options['header']} for all attempts of a call", sources["header"]


def _connection(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    yield f"a connection is ready within {seconds_text(options['connect_s'])}", sources["connect_s"]


def _limits(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    if options["windows"]:
        windows = " and ".join(
            f"{plural(window['limit'], 'request')} in {seconds_text(window['window_s'])}"
            for window in options["windows"]
        )
        yield f"{windows}, counted by {options['strategy'].replace('_', ' ')}", sources["windows"]
    if "burst" in options:
        yield f"at most {options['burst']} leave at once", sources["burst"]
    if "concurrent" in options:
        yield f"at most {options['concurrent']} are in flight at a time", sources["concurrent"]
    if options["on_limit"] == "reject":
        yield "a call beyond that is refused at once", sources["on_limit"]
    elif "max_wait_s" in options:
        yield (
            f"a call beyond that waits for its turn, at most {seconds_text(options['max_wait_s'])}",
            sources["max_wait_s"],
        )
    else:
        yield "a call beyond that waits for its turn as long as the deadline allows", sources["on_limit"]
    pause = seconds_text(options["retry_after_s"])
    growth = f"times {options['backoff_multiplier']:g} for each in a row"
    yield f"a 429 without Retry-After pauses all callers for {pause}, {growth}", sources["retry_after_s"]


def _again(_options: Mapping[str, Any], _sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    yield "a call that waited asks the breaker once more before it is sent", ""


def _send(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    yield f"the request is written within {seconds_text(options['write_s'])}", sources["write_s"]
    yield f"the answer comes within {seconds_text(options['read_s'])}", sources["read_s"]


def _classify(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    yield f"{_listed(options['success'])} is success", sources["success"]
    for row in options.get("error_rows", ()):
        becomes = f" becomes {row['internal_code']}" if row["internal_code"] else ""
        action = f": {_ACTIONS.get(row['action'], row['action'])}" if row["action"] else ""
        yield f"{row['external_code']}{becomes}{action}", sources["error_rows"]
        sources = {**sources, "error_rows": ""}


def _settle(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    unit = {"per_request": "request", "per_gb": "GB", "per_minute": "minute"}.get(options["model"], "month")
    if "monthly_fee" in options:
        yield f"{options['monthly_fee']} {options['currency']} a month, whatever is called", sources["monthly_fee"]
    for tier in options["tiers"]:
        until = f" up to {tier['limit']:,} a month" if tier["limit"] is not None else ""
        yield f"{tier['cost']} {options['currency']} a {unit}{until}", sources["tiers"]
        sources = {**sources, "tiers": ""}
    if not options["tiers"] and "monthly_fee" not in options:
        yield "calls are counted; the spec gives no price", sources["model"]


def _response(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    broken = "fails the call" if options["mode"] == "strict" else "is a warning"
    yield f"checked against {_schema(options['schema'])}; an answer that breaks it {broken}", sources["mode"]


def _last_good(options: Mapping[str, Any], sources: Mapping[str, str], _: OperationPlan) -> Iterator[Line]:
    kept = f"a good answer is kept for {seconds_text(options['keep_s'])}, to answer in the service's place"
    yield f"{kept}, unless it says `Cache-Control: no-store`", sources["keep_s"]


_WORDS: dict[str, Callable[[Mapping[str, Any], Mapping[str, str], OperationPlan], Iterator[Line]]] = {
    Stage.TELEMETRY: _telemetry,
    Stage.OUTBOUND_MAPPING: _rows,
    Stage.REQUEST_VALIDATION: _request,
    Stage.FALLBACK: _fallback,
    Stage.DEADLINE: _deadline,
    Stage.RETRY: _retry,
    Stage.CIRCUIT_BREAKER: _breaker,
    Stage.BUDGET: _budget,
    Stage.AUTHENTICATION: _auth,
    Stage.VERSION: _version,
    Stage.IDEMPOTENCY_KEY: _key,
    Stage.CONNECTION: _connection,
    Stage.RATE_LIMIT: _limits,
    Stage.CIRCUIT_BREAKER_AGAIN: _again,
    Stage.SEND: _send,
    Stage.CLASSIFY: _classify,
    Stage.SETTLE: _settle,
    Stage.RESPONSE_VALIDATION: _response,
    Stage.INBOUND_MAPPING: _rows,
    Stage.LAST_GOOD: _last_good,
}


_ACTIONS = {
    "fail": "the call fails",
    "retry": "it is tried again",
    "fallback": "the fallback answers",
}


def _schema(name: str) -> str:
    return "the endpoint's own schema" if name == "inline" else f"schema {name}"


def _listed(items: Sequence[object]) -> str:
    words = [str(item) for item in items]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else "nothing"


def _percent(ratio: float) -> str:
    return f"{ratio * 100:g} %"


def _first(sources: Mapping[str, str], *names: str) -> str:
    """Return the most telling source of several options."""
    return next((sources[name] for name in names if ":" in sources[name]), sources[names[0]])
