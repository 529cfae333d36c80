"""What a field of that name usually holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from intertie.mockserver.generation.draws import DIGITS, LOWER, UPPER, Draws

WORDS = (
    "amber", "birch", "cedar", "coral", "delta", "ember", "fjord", "harbor", "indigo", "juniper", "lagoon", "linen",
    "maple", "meadow", "nickel", "ocean", "onyx", "pepper", "quartz", "river", "saffron", "summit", "tundra", "willow",
)  # fmt: skip
FIRST_NAMES = ("Ada", "Amir", "Bruno", "Chiara", "Emeka", "Freya", "Hana", "Ines", "Jonas", "Lin", "Marta", "Noor")
LAST_NAMES = ("Adeyemi", "Bauer", "Costa", "Dubois", "Eriksen", "Ferrari", "Kowalska", "Lopez", "Nakamura", "Okafor")
CITIES = ("Berlin", "Bilbao", "Cork", "Gdansk", "Ghent", "Graz", "Lyon", "Porto", "Tampere", "Turin")
STREETS = ("Harbour Street", "Mill Lane", "Station Road", "Garden Row", "Bridge Street")
CURRENCIES = ("EUR", "USD", "GBP")
COUNTRIES = ("DE", "FR", "GB", "IE", "IT", "NL", "PL", "US")

_TOKEN_RE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a field name, in lower case.

    >>> tokens("billingDetails_postalCode"), tokens("created_at"), tokens("customerID")
    (('billing', 'details', 'postal', 'code'), ('created', 'at'), ('customer', 'id'))
    """
    return tuple(word.lower() for word in _TOKEN_RE.findall(name))


def is_identifier(name: str) -> bool:
    """Return whether a field of that name identifies something.

    >>> is_identifier("id"), is_identifier("charge_id"), is_identifier("orderId"), is_identifier("paid")
    (True, True, True, False)
    """
    words = tokens(name)
    return bool(words) and words[-1] in {"id", "uid", "guid"}


def is_state(name: str) -> bool:
    """Return whether a field of that name tells how something stands.

    >>> is_state("status"), is_state("payment_state"), is_state("country")
    (True, True, False)
    """
    words = tokens(name)
    return bool(words) and words[-1] in {"status", "state", "result", "outcome", "phase"}


def is_instant(name: str) -> bool:
    """Return whether a field of that name tells when something happened.

    >>> is_instant("created"), is_instant("updated_at"), is_instant("flat"), is_instant("timestamp")
    (True, True, False, True)
    """
    words = tokens(name)
    return bool(words) and (words[-1] in _INSTANTS or (len(words) > 1 and words[-1] in {"at", "on", "time", "date"}))


_INSTANTS = {"created", "updated", "modified", "timestamp", "expires", "deleted", "date"}


def _date_text(draws: Draws, recent_s: float) -> str:
    moment = datetime.fromtimestamp(int(recent_s) - draws.integer(60, 30 * 86400), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _person(draws: Draws, _: float) -> str:
    return f"{draws.choice(FIRST_NAMES)} {draws.choice(LAST_NAMES)}"


def _mail(draws: Draws, _: float) -> str:
    return f"{draws.choice(FIRST_NAMES).lower()}.{draws.choice(WORDS)}@{draws.choice(WORDS)}.example"


def _sentence(draws: Draws, _: float) -> str:
    words = [draws.choice(WORDS) for _ in range(draws.integer(3, 6))]
    return " ".join([words[0].capitalize(), *words[1:]])


_TEXTS: Mapping[str, Callable[[Draws, float], str]] = {
    "email": _mail,
    "mail": _mail,
    "firstname": lambda draws, _: draws.choice(FIRST_NAMES),
    "lastname": lambda draws, _: draws.choice(LAST_NAMES),
    "username": lambda draws, _: f"{draws.choice(WORDS)}{draws.integer(10, 99)}",
    "login": lambda draws, _: f"{draws.choice(WORDS)}{draws.integer(10, 99)}",
    "name": _person,
    "phone": lambda draws, _: f"+1555{draws.text(DIGITS, 7)}",
    "mobile": lambda draws, _: f"+1555{draws.text(DIGITS, 7)}",
    "url": lambda draws, _: f"https://{draws.choice(WORDS)}.example/{draws.choice(WORDS)}",
    "uri": lambda draws, _: f"https://{draws.choice(WORDS)}.example/{draws.choice(WORDS)}",
    "link": lambda draws, _: f"https://{draws.choice(WORDS)}.example/{draws.choice(WORDS)}",
    "host": lambda draws, _: f"{draws.choice(WORDS)}.example",
    "domain": lambda draws, _: f"{draws.choice(WORDS)}.example",
    "ip": lambda draws, _: f"192.0.2.{draws.integer(1, 254)}",
    "uuid": lambda draws, _: draws.rng.uuid4(),
    "guid": lambda draws, _: draws.rng.uuid4(),
    "currency": lambda draws, _: draws.choice(CURRENCIES),
    "country": lambda draws, _: draws.choice(COUNTRIES),
    "city": lambda draws, _: draws.choice(CITIES),
    "street": lambda draws, _: f"{draws.integer(1, 90)} {draws.choice(STREETS)}",
    "address": lambda draws, _: f"{draws.integer(1, 90)} {draws.choice(STREETS)}",
    "line1": lambda draws, _: f"{draws.integer(1, 90)} {draws.choice(STREETS)}",
    "zip": lambda draws, _: draws.text(DIGITS, 5),
    "postal": lambda draws, _: draws.text(DIGITS, 5),
    "postcode": lambda draws, _: draws.text(DIGITS, 5),
    "language": lambda draws, _: draws.choice(("en", "de", "fr", "pl")),
    "locale": lambda draws, _: draws.choice(("en-GB", "de-DE", "fr-FR", "pl-PL")),
    "timezone": lambda draws, _: draws.choice(("Europe/Berlin", "Europe/Dublin", "America/New_York")),
    "amount": lambda draws, _: f"{draws.integer(1, 250)}.{draws.integer(0, 99):02d}",
    "price": lambda draws, _: f"{draws.integer(1, 250)}.{draws.integer(0, 99):02d}",
    "total": lambda draws, _: f"{draws.integer(1, 250)}.{draws.integer(0, 99):02d}",
    "status": lambda draws, _: draws.choice(("active", "pending", "completed")),
    "state": lambda draws, _: draws.choice(("active", "pending", "completed")),
    "description": _sentence,
    "message": _sentence,
    "summary": _sentence,
    "note": _sentence,
    "title": _sentence,
    "sku": lambda draws, _: f"{draws.text(UPPER, 3)}-{draws.text(DIGITS, 4)}",
    "color": lambda draws, _: f"#{draws.text('0123456789abcdef', 6)}",
    "version": lambda draws, _: f"{draws.integer(1, 4)}.{draws.integer(0, 9)}.{draws.integer(0, 9)}",
    "token": lambda draws, _: draws.text(LOWER + UPPER + DIGITS, 24),
    "cursor": lambda draws, _: draws.text(LOWER + DIGITS, 12),
    "hash": lambda draws, _: draws.text("0123456789abcdef", 40),
    "iban": lambda draws, _: f"DE{draws.text(DIGITS, 20)}",
    "type": lambda draws, _: draws.choice(WORDS),
    "code": lambda draws, _: f"{draws.choice(WORDS)}_{draws.integer(10, 99)}",
}

_NUMBERS: Mapping[str, tuple[int, int]] = {
    "amount": (500, 20_000), "price": (100, 20_000), "total": (1, 500), "count": (0, 50), "quantity": (1, 20),
    "age": (18, 80), "page": (1, 10), "size": (1, 100), "weight": (1, 30), "width": (1, 120), "height": (1, 120),
    "length": (1, 120), "percent": (0, 100), "percentage": (0, 100), "rate": (0, 100), "score": (0, 100),
    "lat": (-60, 60), "latitude": (-60, 60), "lon": (-170, 170), "lng": (-170, 170), "longitude": (-170, 170),
    "year": (2020, 2026), "month": (1, 12), "day": (1, 28), "hour": (0, 23), "minute": (0, 59), "port": (1024, 65_535),
    "temp": (250, 310), "temperature": (-10, 35), "humidity": (20, 95), "pressure": (980, 1040), "discount": (0, 50),
}  # fmt: skip


def plausible_text(name: str, draws: Draws, recent_s: float) -> str:
    """Return a text that a field of that name could hold."""
    words = tokens(name)
    if is_identifier(name):
        prefix = words[-2][:3] if len(words) > 1 else ""
        return f"{prefix}_{draws.text(LOWER + DIGITS, 14)}" if prefix else draws.text(LOWER + DIGITS, 16)
    if is_instant(name):
        return _date_text(draws, recent_s)
    for key in ("".join(words), "".join(words[-2:]), *reversed(words)):
        make = _TEXTS.get(key) or _TEXTS.get(key.removesuffix("s"))
        if make is not None:
            return make(draws, recent_s)
    return draws.choice(WORDS)


def plausible_range(name: str, recent_s: float, format_name: object) -> tuple[int, int] | None:
    """Return the range that a number of that name usually lies in, None where the name says nothing."""
    if format_name in ("unix-time", "timestamp") or is_instant(name):
        return int(recent_s) - 30 * 86400, int(recent_s) - 60
    if is_identifier(name):
        return 1000, 999_999
    for word in reversed(tokens(name)):
        if word in _NUMBERS:
            return _NUMBERS[word]
    return None
