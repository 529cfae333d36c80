"""Rates as people write them into rate limits, and the retry block's other spellings."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from intertie.core.errors import snake_case
from intertie.core.rate_windows import WINDOW_OF_FIELD, WINDOW_OF_LENGTH
from intertie.core.units import parse_duration_s, parse_number, parse_rate, seconds_text
from intertie.diagnostics import Edit, Fix, Severity, SourceSpan
from intertie.spec import codes
from intertie.spec.fields import Block, Located
from intertie.spec.model import CircuitBreaker, RateLimits, Retry
from intertie.spec.model.resilience import CONDITION_ALIASES, CONDITIONS, FAILURE_RATES
from intertie.spec.reading.scalar_values import MOST, Asked, Unreadable
from intertie.spec.reading.status_words import settle_statuses
from intertie.spec.source import Findings
from intertie.spec.tree import MappingNode, ScalarNode, SequenceNode
from intertie.spec.yaml_nodes import shorten

_NO_LIMIT_RE = re.compile(r"\s*(?:no(?:ne|t?)?[\s_-]*(?:limit(?:ed|s)?)?|unlimited|∞|infinite)\s*\Z", re.IGNORECASE)
_COUNT_RE = re.compile(r"\s*([\d.,_]+)\s*(?:requests?|calls?|reqs?)\s*\Z", re.IGNORECASE)


def window(node: ScalarNode, asked: Asked, findings: Findings) -> object:
    """Return the limit that prose in a `requests_per_…` field states; None leaves the text to the usual reader."""
    counted = WINDOW_OF_FIELD.get(asked.where.rpartition(".")[2])
    if counted is None or parse_number(node.text) is not None:
        return None
    if _NO_LIMIT_RE.match(node.text):
        findings.add(codes.ALIAS_USED, node.span, f"`{asked.where}` is read as no limit", help="remove the line")
        raise Unreadable
    count = _COUNT_RE.match(node.text)
    rate = parse_rate(node.text)
    if count is not None:
        limit = int(parse_number(count.group(1)) or 0)
    elif rate is not None and rate.window_s == counted.window_s:
        limit = rate.limit
    elif rate is not None:
        said = f"`{shorten(node.text)}` in {seconds_text(rate.window_s)}"
        message = f"`{asked.where}` counts in {seconds_text(counted.window_s)}, {said}"
        hint = "write the rate under `rate_limit`, or under the key of its window"
        findings.add(codes.WRONG_UNIT, node.span, message, help=hint)
        raise Unreadable
    else:
        return None
    if limit < 1:
        findings.add(codes.OUT_OF_RANGE, node.span, f"`{asked.where}` is at least 1, not `{shorten(node.text)}`")
        raise Unreadable
    findings.add(
        codes.ALIAS_USED, node.span, f"`{shorten(node.text)}` is read as {limit}", help=f"write `{limit}`",
        fix=Fix(f"write {limit}", (Edit(node.span, str(limit)),)),
    )  # fmt: skip
    return limit


def settle_rate(limits: RateLimits, findings: Findings) -> RateLimits | None:
    """Return the limits with a rate in prose moved to the field of its window.

    A rate over another window (`100/10s`) stays where it is; `No limit` and the like mean that the field is absent.
    """
    prose = limits.rate_limit
    if prose is None:
        return limits
    if _NO_LIMIT_RE.match(prose.value):
        findings.add(codes.ALIAS_USED, prose.span, "`rate_limit` is read as no limit", help="remove the line")
        without = replace(limits, rate_limit=None)
        return without if _says_something(without) else None
    rate = parse_rate(prose.value)
    if rate is None or not 1 <= rate.limit <= MOST or not 0 < rate.window_s <= MOST:
        findings.add(
            codes.WRONG_TYPE, prose.span, f"`rate_limit` is a rate such as `100 requests per minute`, not "
            f"`{shorten(prose.value)}`", help="write `requests_per_minute: 100`",
        )  # fmt: skip
        return replace(limits, rate_limit=None)
    counted = WINDOW_OF_LENGTH.get(rate.window_s)
    if counted is None:
        return limits
    key = counted.field
    if getattr(limits, key) is not None:
        return replace(limits, rate_limit=None) if getattr(limits, key).value == rate.limit else limits
    findings.add(
        codes.ALIAS_USED, prose.key_span, f"`{shorten(prose.value)}` is read as `{key}: {rate.limit}`",
        help=f"write `{key}: {rate.limit}`",
        fix=Fix(f"write {key}: {rate.limit}", _rate_written_as(prose, key, rate.limit, whole=limits.head)),
    )  # fmt: skip
    found = Located(rate.limit, prose.span, prose.key_span, prose.text)
    moved: dict[str, Any] = {"rate_limit": None, key: found}
    return replace(limits, **moved)


def _rate_written_as(prose: Located[str], key: str, limit: int, *, whole: SourceSpan) -> tuple[Edit, ...]:
    """Return the edits that write a rate as a key; where it is all of the block, the block keeps its own key."""
    if prose.key_span == whole:
        return (Edit(prose.span, f"{{{key}: {limit}}}"),)
    return Edit(prose.key_span, key), Edit(prose.span, str(limit))


def settle_retry(retry: Retry, findings: Findings) -> Retry:
    """Return the retry block with `max_retries` counted as attempts and conditions moved out of `retry_on`."""
    if retry.max_retries is not None:
        attempts = retry.max_retries.value + 1
        findings.add(
            codes.ALIAS_USED, retry.max_retries.key_span,
            f"`max_retries: {attempts - 1}` is read as `max_attempts: {attempts}`, the first try included",
            help=f"write `max_attempts: {attempts}`",
            fix=Fix(f"write max_attempts: {attempts}", (
                Edit(retry.max_retries.key_span, "max_attempts"), Edit(retry.max_retries.span, str(attempts)))),
        )  # fmt: skip
        if retry.max_attempts is None:
            made = retry.max_retries
            retry = replace(
                retry, max_attempts=Located(attempts, made.span, made.key_span, made.text), max_retries=None
            )
    each = tuple(part for item in retry.retry_on for part in _apart(item))
    retry = replace(retry, retry_on=settle_statuses(each, findings))
    conditions = [item for item in retry.retry_on if _condition(item.value)]
    if not conditions:
        return retry
    present = {item.value for item in retry.retry_conditions}
    for item in conditions:
        findings.add(
            codes.ALIAS_USED, item.span, f"`{item.text}` in `retry_on` is read as a `retry_conditions` entry",
            help="move it to `retry_conditions`",
        )  # fmt: skip
    moved = [
        Located(name, item.span, item.key_span, item.text)
        for item in conditions
        if (name := _condition(item.value)) is not None and name not in present
    ]
    return replace(
        retry,
        retry_on=tuple(item for item in retry.retry_on if not _condition(item.value)),
        retry_conditions=(*retry.retry_conditions, *moved),
    )


def _apart(item: Located[str]) -> tuple[Located[str], ...]:
    """Return the parts of `"429, timeout"`, which is quoted as if it were one."""
    parts = [part.strip() for part in item.value.split(",")]
    if len(parts) < 2 or not any(_condition(part) for part in parts):
        return (item,)
    return tuple(Located(part, item.span, item.key_span, part) for part in parts)


def _condition(text: str) -> str | None:
    word = re.sub(r"[\s-]+", "_", text.strip().lower())
    word = CONDITION_ALIASES.get(word, word)
    return word if word in CONDITIONS else None


def settle_threshold(breaker: CircuitBreaker, written: str) -> CircuitBreaker:
    """Return the breaker with a share as a percentage, also where only the `written` key says that it is one."""
    threshold = breaker.failure_threshold
    if threshold is None or snake_case(written) not in FAILURE_RATES or parse_number(threshold.value) is None:
        return breaker
    share = Located(f"{threshold.value.strip()}%", threshold.span, threshold.key_span, threshold.text)
    return replace(breaker, failure_threshold=share)


def _says_something(block: Block) -> bool:
    return any(
        getattr(block, name) not in (None, ()) for name in block.__struct_fields__ if name not in ("span", "head")
    )


def waits_in_a_list(node: MappingNode, findings: Findings) -> tuple[MappingNode, dict[str, object]]:
    """Return the retry block without a list of waits (`backoff_seconds: [1, 2, 5, 10]`), and what the list says.

    It is read as an exponential wait from its first to its last entry: the nearest thing that there is.
    """
    for entry in node.entries:
        unit = _LISTED_WAITS.get(snake_case(entry.key.text))
        waits = entry.value
        if unit is None or not isinstance(waits, SequenceNode) or not waits.items:
            continue
        items = [item for item in waits.items if isinstance(item, ScalarNode)]
        seconds = [parse_duration_s(item.text, bare_unit=unit) for item in items]
        if len(items) != len(waits.items) or any(each is None or each < 0 for each in seconds):
            continue
        first, last = float(seconds[0] or 0), float(seconds[-1] or 0)
        findings.add(
            codes.ALIAS_USED, entry.key.span,
            f"`{entry.key.text}` is read as `initial_delay: {seconds_text(first)}`, `max_delay: {seconds_text(last)}`, "
            "`backoff: exponential`", help="write these three", severity=Severity.WARNING,
        )  # fmt: skip
        also: dict[str, object] = {
            "initial_delay": Located(first, items[0].span, entry.key.span, items[0].text),
            "max_delay": Located(last, items[-1].span, entry.key.span, items[-1].text),
            "backoff": Located("exponential", waits.span, entry.key.span, "exponential"),
        }
        rest = tuple(each for each in node.entries if each is not entry)
        return MappingNode(node.span, rest, node.flow), also
    return node, {}


_LISTED_WAITS = {
    "backoff_seconds": "s", "backoff_ms": "ms", "backoff": "ms", "delays": "ms", "delays_ms": "ms",
    "delays_seconds": "s", "backoff_delays": "ms", "retry_delays": "ms", "intervals": "s", "backoff_s": "s",
}  # fmt: skip
