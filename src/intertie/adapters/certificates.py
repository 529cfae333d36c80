"""How long certificates are valid, read from their files without a library: the two dates and nothing else.

Source: RFC 5280 section 4.1 (the fields before `validity`); ITU-T X.690 section 8 (lengths of DER).
"""

from __future__ import annotations

import re
import ssl
from datetime import UTC, datetime

from msgspec import Struct

_KIND = "(?:TRUSTED |X509 )?CERTIFICATE"
_PEM_RE = re.compile(f"-----BEGIN {_KIND}-----[^-]{{1,200000}}-----END {_KIND}-----")
_SEQUENCE, _UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x30, 0x17, 0x18, 0xA0


class Validity(Struct, frozen=True):
    """From when to when a certificate is valid, in seconds since 1970-01-01T00:00:00Z."""

    not_before_s: float
    not_after_s: float


def validities(pem: str) -> list[Validity]:
    """Return the validity of each certificate in a PEM text, in order; empty where it has none that can be read."""
    found: list[Validity] = []
    for match in _PEM_RE.finditer(pem):
        text = re.sub(r"(?:TRUSTED |X509 )(?=CERTIFICATE)", "", match[0])
        try:
            found.append(_validity(ssl.PEM_cert_to_DER_cert(text)))
        except (ValueError, IndexError):
            continue  # what can't be read is said by whoever loads it
    return found


def _validity(der: bytes) -> Validity:
    certificate, _ = _content(der, 0, _SEQUENCE)
    body, _ = _content(certificate, 0, _SEQUENCE)
    at = 0
    if body[0] == _VERSION:
        _, at = _content(body, at, _VERSION)
    for _ in range(3):  # serial number, algorithm, issuer
        _, at = _content(body, at, body[at])
    dates, _ = _content(body, at, _SEQUENCE)
    first, after = _content(dates, 0, dates[0])
    second, _ = _content(dates, after, dates[after])
    return Validity(_seconds(dates[0], first), _seconds(dates[after], second))


def _content(data: bytes, at: int, tag: int) -> tuple[bytes, int]:
    """Return what the element at `at` holds, and where the next one begins."""
    if data[at] != tag:
        raise ValueError("another element than expected")
    length, at = data[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        if not 0 < size <= 4:
            raise ValueError("a length that DER does not have")
        length, at = int.from_bytes(data[at : at + size]), at + size
    if at + length > len(data):
        raise ValueError("it is cut short")
    return data[at : at + length], at + length


def _seconds(tag: int, text: bytes) -> float:
    if tag not in (_UTC_TIME, _GENERALIZED_TIME):
        raise ValueError("no date")
    written = text.decode("ascii")
    if tag == _UTC_TIME:
        # RFC 5280 section 4.1.2.5.1: two digits of a year from 1950 to 2049.
        written = ("19" if written[:2] >= "50" else "20") + written
    return datetime.strptime(written, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
