"""Credentials and personal data told by their shape in a text."""

from __future__ import annotations

import re
from typing import Final

from intertie.core.patterns import later
from intertie.core.secret import MASK

CREDENTIALS: Final = later(
    r"""
    -----BEGIN\ (?:[A-Z0-9]+\ )*PRIVATE\ KEY-----.*?(?:-----END\ (?:[A-Z0-9]+\ )*PRIVATE\ KEY-----|\Z)
  | (?<![\w-])eyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)*                                     # JWT, JWE
  | (?<![A-Za-z0-9])(?:sk|rk|pk|whsec)_(?:(?:live|test|prod)_)?[A-Za-z0-9]{10,}        # Stripe and its kin
  | (?<![A-Za-z0-9])sk-(?:[A-Za-z0-9]+-)*[A-Za-z0-9_-]{16,}                            # OpenAI, Anthropic
  | (?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,})
  | (?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,}                                     # Slack
  | (?<![A-Za-z0-9])(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])                 # AWS
  | (?<![A-Za-z0-9])AIza[\w-]{30,}                                                     # Google
  | (?<![A-Za-z0-9])ya29\.[\w-]{16,}
  | (?<![A-Za-z0-9])SG\.[\w-]{16,}\.[\w-]{16,}                                         # SendGrid
  | (?<![A-Za-z0-9])(?:SK|AC)[0-9a-f]{32}(?![0-9a-f])                                  # Twilio
  | (?<![A-Za-z0-9])(?:shp(?:at|ss|ca|pa)_[A-Fa-f0-9]{20,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{16,}|hv[sb]\.[\w-]{20,})
    """,
    re.VERBOSE | re.DOTALL,
)
SCHEME: Final = later(r"(?i)\b(bearer|basic|digest|token|apikey|negotiate|dpop)(\s+|%20|\+)([A-Za-z0-9._~+/=%-]{8,})")
"""A credential after the word of its scheme."""
WORDS: Final = frozenset({"token", "basic", "digest"})
"""Schemes whose names stand in sentences: "the token provided has expired"."""
NAMED: Final = later(r"""(?<![\w.%\[\]-])([A-Za-z][\w.%\[\]-]{0,200})["']?[ ]{0,3}[=:][ ]{0,3}""")
"""`name=`, `name: `, `"name": `: before a value in query strings, forms, JSON, messages."""
VALUE: Final = later(r"""(?:"(?:[^"\\]|\\.)*+"|'[^']*'|[^\s&;,"'<>}\])]+)""")
"""The value after it."""
URL_PASSWORD: Final = later(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://[^\s/:@]{0,200}):([^\s/@]+)@")
EMAIL: Final = later(r"(?<![\w.%+'-])[\w.+'-]{1,64}(?:@|%40)(?:[A-Za-z0-9][\w-]{0,62}\.){1,8}[A-Za-z]{2,24}\b")
_CARD: Final = later(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])")
_IBAN: Final = later(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")


def mask_personal(text: str) -> str:
    """Return the text without e-mail addresses, card numbers and IBANs.

    >>> mask_personal("ada@shop.example paid with 4242 4242 4242 4242 or DE89 3704 0044 0532 0130 00")
    '•••• paid with •••• or ••••'
    """
    if "@" in text or "%40" in text:
        text = EMAIL().sub(MASK, text)
    text = _CARD().sub(lambda match: MASK if is_card_number(match.group()) else match.group(), text)
    return _IBAN().sub(lambda match: MASK if is_iban(match.group()) else match.group(), text)


def is_card_number(text: str) -> bool:
    """Return whether 13 to 19 digits have the check digit of a card number.

    >>> is_card_number("4242 4242 4242 4242"), is_card_number("4242 4242 4242 4241"), is_card_number("0000000000000000")
    (True, False, False)

    Source: ISO/IEC 7812-1 annex B (Luhn).
    """
    digits = [int(c) for c in text if c in "0123456789"]
    # Payment cards begin with 2 to 6; instants in milliseconds, which are as long, with 1.
    if not 13 <= len(digits) <= 19 or not 2 <= digits[0] <= 6 or len(set(digits)) == 1:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """Return whether a text has the check digits of an IBAN.

    >>> is_iban("DE89 3704 0044 0532 0130 00"), is_iban("DE88370400440532013000")
    (True, False)

    Source: ISO 13616, check by ISO/IEC 7064 MOD 97-10.
    """
    compact = text.replace(" ", "")
    if not 15 <= len(compact) <= 34:
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1
