"""Transforms of text."""

from __future__ import annotations

import re
import unicodedata

from intertie.runtime.mapping.transforms.spec import TransformSpec
from intertie.runtime.mapping.values import TransformError

_WORD_RE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_LONGEST = 1_000_000
_MOST_MARKS = 256
"""Combining marks on one letter; Unicode's own bound for streams is 30 (UAX 15, Stream-Safe Text Format)."""


def trim(value: str) -> str:
    """Text without white space at both ends.

    >>> trim("  a b ")
    'a b'
    """
    return value.strip()


def trim_start(value: str) -> str:
    """Text without white space at its start.

    >>> trim_start("  a ")
    'a '
    """
    return value.lstrip()


def trim_end(value: str) -> str:
    """Text without white space at its end.

    >>> trim_end("  a ")
    '  a'
    """
    return value.rstrip()


def collapse_spaces(value: str) -> str:
    """Text whose runs of white space are one space each, and none at both ends.

    >>> collapse_spaces(" a   b ")
    'a b'
    """
    return " ".join(value.split())


def uppercase(value: str) -> str:
    """Text in capitals.

    >>> uppercase("eur")
    'EUR'
    """
    return value.upper()


def lowercase(value: str) -> str:
    """Text in small letters.

    >>> lowercase("EUR")
    'eur'
    """
    return value.lower()


def capitalize(value: str) -> str:
    """Text whose first letter is a capital; the rest stays.

    >>> capitalize("ada L.")
    'Ada L.'
    """
    return value[:1].upper() + value[1:]


def title(value: str) -> str:
    """Text whose words start with a capital; the rest of each is small.

    >>> title("ada LOVELACE'S notes")
    "Ada Lovelace's Notes"
    """
    return re.sub(r"[^\W\d_][\w'\u2019]*", lambda word: word.group()[:1].upper() + word.group()[1:].lower(), value)


def snake_case(value: str) -> str:
    """Words in small letters joined by `_`.

    >>> snake_case("Order Line-Item"), snake_case("httpStatus")
    ('order_line_item', 'http_status')
    """
    return "_".join(_words(value))


def kebab_case(value: str) -> str:
    """Words in small letters joined by `-`.

    >>> kebab_case("Order lineItem")
    'order-line-item'
    """
    return "-".join(_words(value))


def camel_case(value: str) -> str:
    """Words joined, each but the first with a capital.

    >>> camel_case("order_line_item")
    'orderLineItem'
    """
    words = _words(value)
    return "".join(words[:1] + [capitalize(word) for word in words[1:]])


def pascal_case(value: str) -> str:
    """Words joined, each with a capital.

    >>> pascal_case("order_line_item")
    'OrderLineItem'
    """
    return "".join(capitalize(word) for word in _words(value))


def replace(value: str, old: str, new: str = "") -> str:
    """Text in which every `old` is `new`.

    >>> replace("1 234 567", " ", "")
    '1234567'
    """
    if not old:
        raise TransformError("needs a text to look for that is not empty")
    return _bounded(value.replace(old, new))


def substring(value: str, start: int, end: int | None = None) -> str:
    """Characters from position `start` up to but not including `end`; negative positions count from the end.

    >>> substring("2026-11-24", 0, 4), substring("4242424242424242", -4)
    ('2026', '4242')
    """
    return value[start:end]


def truncate(value: str, length: int, ending: str = "") -> str:
    """At most `length` characters; text that is cut ends with `ending`.

    >>> truncate("A long description", 8, "…")
    'A long …'
    """
    if length < len(ending):
        raise TransformError("needs a length that its ending fits into")
    return value if len(value) <= length else value[: length - len(ending)] + ending


def pad_left(value: str, length: int, fill: str = " ") -> str:
    """Text filled up on the left to `length` characters.

    >>> pad_left("7", 3, "0")
    '007'
    """
    return value.rjust(_length(length), _one_character(fill))


def pad_right(value: str, length: int, fill: str = " ") -> str:
    """Text filled up on the right to `length` characters.

    >>> pad_right("a", 3, ".")
    'a..'
    """
    return value.ljust(_length(length), _one_character(fill))


def prefix(value: str, text: str) -> str:
    """Text with `text` before it.

    >>> prefix("42", "order-")
    'order-42'
    """
    return _bounded(text + value)


def suffix(value: str, text: str) -> str:
    """Text with `text` after it.

    >>> suffix("42", " kg")
    '42 kg'
    """
    return _bounded(value + text)


def remove_prefix(value: str, text: str) -> str:
    """Text without `text` at its start, where it stands there.

    >>> remove_prefix("order-42", "order-"), remove_prefix("42", "order-")
    ('42', '42')
    """
    return value.removeprefix(text)


def remove_suffix(value: str, text: str) -> str:
    """Text without `text` at its end, where it stands there.

    >>> remove_suffix("42 kg", " kg")
    '42'
    """
    return value.removesuffix(text)


def split(value: str, separator: str = ",") -> list[str]:
    """Parts of a text between separators; an empty text has none.

    >>> split("a,b,c", ","), split("", ",")
    (['a', 'b', 'c'], [])
    """
    if not separator:
        raise TransformError("needs a separator that is not empty")
    return value.split(separator) if value else []


def lines(value: str) -> list[str]:
    r"""Lines of a text, without their ends.

    >>> lines("a\nb")
    ['a', 'b']
    """
    return value.splitlines()


def before(value: str, text: str) -> str:
    """Text before the first `text`; all of it where there is none.

    >>> before("ada@shop.example", "@")
    'ada'
    """
    return value.partition(text)[0] if text else value


def after(value: str, text: str) -> str:
    """Text after the first `text`; empty where there is none.

    >>> after("ada@shop.example", "@")
    'shop.example'
    """
    return value.partition(text)[2] if text else value


def slugify(value: str) -> str:
    """Letters without accents and digits in small letters, joined by `-`: fit for a URL or a file name.

    >>> slugify("Crème brûlée, 2 pieces!")
    'creme-brulee-2-pieces'
    """
    return re.sub(r"[^a-z0-9]+", "-", remove_accents(value).lower()).strip("-")


def remove_accents(value: str) -> str:
    """Text whose letters have lost their accents.

    >>> remove_accents("Zoë Müller")
    'Zoe Muller'
    """
    decomposed = unicodedata.normalize("NFKD", _with_few_marks(value))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def normalize_unicode(value: str) -> str:
    """Text in Unicode's composed form (NFC), so that equal texts are equal bytes.

    >>> len(normalize_unicode("e\u0301"))
    1
    """
    return unicodedata.normalize("NFC", _with_few_marks(value))


def digits_only(value: str) -> str:
    """Decimal digits of a text.

    >>> digits_only("+49 (30) 123-45")
    '493012345'
    """
    return "".join(c for c in value if c in "0123456789")


def phone_number(value: str) -> str:
    """Phone number as `+` and digits, or digits alone where no country is written; 3 to 15 digits (ITU-T E.164).

    >>> phone_number("+49 (30) 123-45"), phone_number("0049 30 12345")
    ('+493012345', '+493012345')
    """
    digits = digits_only(value)
    is_international = value.strip().startswith("+")
    if not is_international and digits.startswith("00"):
        digits, is_international = digits[2:], True
    if not 3 <= len(digits) <= 15:
        raise TransformError("takes a phone number of 3 to 15 digits")
    return f"+{digits}" if is_international else digits


def email(value: str) -> str:
    """E-mail address without white space, its domain in small letters.

    >>> email(" Ada@Shop.EXAMPLE ")
    'Ada@shop.example'
    """
    local, at, domain = value.strip().rpartition("@")
    if not at or not local or not domain or any(c.isspace() for c in local + domain):
        raise TransformError("takes an e-mail address such as `name@domain`")
    return f"{local}@{domain.lower()}"


def country_code(value: str) -> str:
    """Country code of two letters in capitals (the form of ISO 3166-1 alpha-2).

    >>> country_code(" de ")
    'DE'
    """
    return _letters(value, 2, "a country code of two letters such as `DE`")


def currency_code(value: str) -> str:
    """Currency code of three letters in capitals (the form of ISO 4217).

    >>> currency_code("eur")
    'EUR'
    """
    return _letters(value, 3, "a currency code of three letters such as `EUR`")


def language_code(value: str) -> str:
    """Language tag with the usual capitals (RFC 5646): `en_us` becomes `en-US`.

    >>> language_code("en_us"), language_code("ZH-hant-tw")
    ('en-US', 'zh-Hant-TW')
    """
    parts = value.strip().replace("_", "-").split("-")
    if not all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts):
        raise TransformError("takes a language tag such as `en-US`")
    shaped = [p.upper() if len(p) == 2 else p.capitalize() if len(p) == 4 else p.lower() for p in parts[1:]]
    return "-".join([parts[0].lower(), *shaped])


def _with_few_marks(value: str) -> str:
    """Return the text where no letter carries more marks than any language writes: sorting n of them takes n² steps."""
    run = 0
    if len(value) > _MOST_MARKS and not value.isascii():
        for char in value:
            run = run + 1 if unicodedata.combining(char) else 0
            if run > _MOST_MARKS:
                raise TransformError(f"takes text whose letters have at most {_MOST_MARKS} marks each")
    return value


def _words(value: str) -> list[str]:
    return [word.lower() for word in _WORD_RE.findall(value)]


def _letters(value: str, count: int, what: str) -> str:
    code = value.strip().upper()
    if len(code) != count or not code.isascii() or not code.isalpha():
        raise TransformError(f"takes {what}")
    return code


def _one_character(fill: str) -> str:
    if len(fill) != 1:
        raise TransformError("fills with exactly one character")
    return fill


def _length(length: int) -> int:
    if length > _LONGEST:
        raise TransformError(f"makes text of at most {_LONGEST} characters")
    return length


def _bounded(made: str) -> str:
    if len(made) > 16 * _LONGEST:
        raise TransformError(f"makes text of at most {16 * _LONGEST} characters")
    return made


TEXT: tuple[TransformSpec, ...] = (
    TransformSpec(trim, "text", "text"),
    TransformSpec(trim_start, "text", "text"),
    TransformSpec(trim_end, "text", "text"),
    TransformSpec(collapse_spaces, "text", "text"),
    TransformSpec(uppercase, "text", "text", inverse="lowercase"),
    TransformSpec(lowercase, "text", "text", inverse="uppercase"),
    TransformSpec(capitalize, "text", "text"),
    TransformSpec(title, "text", "text"),
    TransformSpec(snake_case, "text", "text"),
    TransformSpec(kebab_case, "text", "text"),
    TransformSpec(camel_case, "text", "text"),
    TransformSpec(pascal_case, "text", "text"),
    TransformSpec(replace, "text", "text"),
    TransformSpec(substring, "text", "text"),
    TransformSpec(truncate, "text", "text"),
    TransformSpec(pad_left, "text", "text"),
    TransformSpec(pad_right, "text", "text"),
    TransformSpec(prefix, "text", "text", inverse="remove_prefix"),
    TransformSpec(suffix, "text", "text", inverse="remove_suffix"),
    TransformSpec(remove_prefix, "text", "text", inverse="prefix"),
    TransformSpec(remove_suffix, "text", "text", inverse="suffix"),
    TransformSpec(split, "text", "list", inverse="join"),
    TransformSpec(lines, "text", "list"),
    TransformSpec(before, "text", "text"),
    TransformSpec(after, "text", "text"),
    TransformSpec(slugify, "text", "text"),
    TransformSpec(remove_accents, "text", "text"),
    TransformSpec(normalize_unicode, "text", "text"),
    TransformSpec(digits_only, "text", "text"),
    TransformSpec(phone_number, "text", "text"),
    TransformSpec(email, "text", "text"),
    TransformSpec(country_code, "text", "text"),
    TransformSpec(currency_code, "text", "text"),
    TransformSpec(language_code, "text", "text"),
)
