"""Digests and masks. Digests by a secret key are not for documents: their key would stand there."""

from __future__ import annotations

import hashlib

from intertie.core.secret import MASK
from intertie.runtime.mapping.transforms.spec import TransformSpec


def sha256(value: str) -> str:
    """SHA-256 of the text's UTF-8 bytes in hexadecimal.

    >>> sha256("a")[:16]
    'ca978112ca1bbdca'
    """
    return hashlib.sha256(value.encode()).hexdigest()


def sha512(value: str) -> str:
    """SHA-512 of the text's UTF-8 bytes in hexadecimal.

    >>> sha512("a")[:16]
    '1f40fc92da241694'
    """
    return hashlib.sha512(value.encode()).hexdigest()


def email_hash(value: str) -> str:
    """SHA-256 of an e-mail address as advertising interfaces want it: without white space, in small letters.

    >>> email_hash(" Ada@Shop.example ") == sha256("ada@shop.example")
    True
    """
    return sha256(value.strip().lower())


def mask(value: str, keep: int = 4) -> str:
    """Last `keep` characters behind four dots; nothing of a text that is not at least twice as long.

    >>> mask("4242424242424242"), mask("secret", 0), mask("abcd")
    ('••••4242', '••••', '••••')
    """
    return MASK + (value[-keep:] if 0 < keep <= len(value) // 2 else "")


HASHING: tuple[TransformSpec, ...] = (
    TransformSpec(sha256, "text", "text"),
    TransformSpec(sha512, "text", "text"),
    TransformSpec(email_hash, "text", "text"),
    TransformSpec(mask, "text", "text"),
)
