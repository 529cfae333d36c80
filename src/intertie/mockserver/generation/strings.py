"""Texts of a format, a pattern or a length."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from intertie.mockserver.generation.draws import DIGITS, LOWER, UPPER, Draws
from intertie.mockserver.generation.merging import Unsatisfiable
from intertie.mockserver.generation.patterns import UnsupportedPattern, matching
from intertie.mockserver.generation.plausible import WORDS, plausible_text

_LONGEST = 100_000
_PATTERN_TRIES = 8


def string(schema: Mapping[str, object], draws: Draws, name: str, recent_s: float) -> str:
    """Return a text for the schema: its format, else its pattern, else something plausible under `name`.

    Args:
        schema: Flat.
        draws: Where choices come from.
        name: Property name, empty where there is none.
        recent_s: UTC seconds that dates lie shortly before.

    Raises:
        Unsatisfiable: Pattern or length leave no text that this generator can make.
    """
    fewest = _count(schema.get("minLength"), 0)
    most = _count(schema.get("maxLength"), _LONGEST)
    if fewest > most:
        raise Unsatisfiable("minLength is above maxLength")
    if fewest > _LONGEST:
        raise Unsatisfiable("the text would be longer than a mock makes")
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        return _of_pattern(pattern, draws, fewest, most)
    made = FORMATS.get(str(schema.get("format") or schema.get("contentEncoding") or ""))
    if made is not None:
        text = made(draws, recent_s)
        if fewest <= len(text) <= most:
            return text
    text = plausible_text(name, draws, recent_s)
    if fewest <= len(text) <= most:
        return text
    if len(text) > most:
        short = draws.choice([word for word in WORDS if len(word) <= most] or [draws.text(LOWER, most)])
        text = short if len(short) >= fewest else draws.text(LOWER, most)
    while len(text) < fewest:
        text = f"{text} {draws.choice(WORDS)}" if text else draws.choice(WORDS)
    return text[:most].rstrip().ljust(fewest, "x")


def _of_pattern(pattern: str, draws: Draws, fewest: int, most: int) -> str:
    extra = 3
    text = ""
    try:
        for _ in range(_PATTERN_TRIES):
            text = matching(pattern, draws, extra=extra)
            if fewest <= len(text) <= most:
                return text
            # Too short: let open repetitions run on; too long: keep them at their fewest.
            extra = extra + fewest - len(text) if len(text) < fewest else 0
    except UnsupportedPattern as reason:
        raise Unsatisfiable(f"pattern {pattern}: {reason}") from reason
    if len(text) < fewest and not pattern.endswith("$"):
        return text + draws.text(LOWER, fewest - len(text))
    raise Unsatisfiable(f"pattern {pattern} and length {fewest}..{most} leave no text that can be made")


def _count(value: object, default: int) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def instant(draws: Draws, recent_s: float) -> datetime:
    """Return an instant in the thirty days before `recent_s`, whole seconds."""
    return datetime.fromtimestamp(int(recent_s) - draws.integer(60, 30 * 86400), UTC)


def _host(draws: Draws) -> str:
    return f"{draws.choice(WORDS)}.example"


def _email(draws: Draws, _: float) -> str:
    return f"{draws.choice(WORDS)}.{draws.choice(WORDS)}@{_host(draws)}"


def _uri(draws: Draws, _: float) -> str:
    return f"https://{_host(draws)}/{draws.choice(WORDS)}/{draws.integer(1, 9999)}"


def _reference(draws: Draws, _: float) -> str:
    return f"/{draws.choice(WORDS)}/{draws.integer(1, 9999)}"


def _base64(draws: Draws, _: float) -> str:
    return base64.b64encode(draws.text(LOWER, 12).encode()).decode()


FORMATS: Mapping[str, Callable[[Draws, float], str]] = {
    "date-time": lambda draws, now: instant(draws, now).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "date": lambda draws, now: instant(draws, now).strftime("%Y-%m-%d"),
    "time": lambda draws, now: instant(draws, now).strftime("%H:%M:%SZ"),
    "duration": lambda draws, _: f"PT{draws.integer(1, 59)}M",
    "email": _email,
    "idn-email": _email,
    "hostname": lambda draws, _: _host(draws),
    "idn-hostname": lambda draws, _: _host(draws),
    "ipv4": lambda draws, _: f"192.0.2.{draws.integer(1, 254)}",
    "ipv6": lambda draws, _: f"2001:db8::{draws.integer(1, 0xFFFF):x}",
    "uri": _uri,
    "url": _uri,
    "iri": _uri,
    "uri-reference": _reference,
    "iri-reference": _reference,
    "uri-template": lambda draws, now: _reference(draws, now) + "/{id}",
    "uuid": lambda draws, _: draws.rng.uuid4(),
    "json-pointer": _reference,
    "relative-json-pointer": lambda draws, _: f"{draws.integer(0, 9)}/{draws.choice(WORDS)}",
    "regex": lambda draws, _: f"^{draws.choice(WORDS)}$",
    "byte": _base64,
    "base64": _base64,
    "base64url": _base64,
    "binary": lambda draws, _: draws.text(LOWER + DIGITS, 16),
    "password": lambda draws, _: draws.text(LOWER + UPPER + DIGITS, 16),
    "decimal": lambda draws, _: f"{draws.integer(1, 500)}.{draws.integer(0, 99):02d}",
    "int64": lambda draws, _: str(draws.integer(1, 10**9)),
    "phone": lambda draws, _: f"+1555{draws.text(DIGITS, 7)}",
}
"""JSON Schema and OpenAPI formats -> a text of that format. Hosts and addresses are those kept for documentation.

Source: RFC 2606 (example names), RFC 5737 and RFC 3849 (example addresses).
"""
