"""Texts in the charsets of the web, and in no other.

A server names the charset of what it sends. Python knows codecs that are no charset at all (`punycode`, `idna`,
`undefined`, `unicode_escape`, codings of bytes), some of them quadratic: 400 KB of `punycode` hold a processor for
half a minute. So a name is looked up in one list, the labels of the WHATWG Encoding Standard; what is not in it is
refused. All of these decode in linear time, in C.

As on the web, `iso-8859-1` and `us-ascii` are read as windows-1252, `gb2312` as gb18030, `shift_jis` as windows-31j,
and a byte order mark wins over the name.

Source: WHATWG Encoding Standard, sections 4.2 (names and labels) and 6 (hooks: byte order mark).
"""

from __future__ import annotations

import codecs
from typing import Final

from intertie.core.outside_text import shown

_LABELS: Final = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e"
    " iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7"
    " iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i iso-ir-138"
    " iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 logical visual",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1"
    " iso_8859-1:1987 l1 latin1 latin-1 us-ascii windows-1252 x-cp1252",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5"
    " windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb18030 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc_jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022_jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601"
    " windows-949",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
}
"""Python's codec -> the labels that mean it (`latin-1` is ours: servers write it)."""
_CODECS: Final = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}

_WINDOWS_1252: Final = "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
"""Its five free places are the control characters of the same number, as the web has it."""
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le"))
_AS_NAMED: Final = {
    "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "latin-1", "latin-1": "latin-1", "latin1": "latin-1",
    "utf-16": "utf-16",
}  # fmt: skip
"""What is written is held to the name: whoever reads iso-8859-1 may have no windows-1252. UTF-16 has its mark."""


class CharsetError(ValueError):
    """A text can't be read or written in the charset that is named; the message says why, and quotes nothing of it."""


def is_utf8(label: str) -> bool:
    """Return whether a charset is UTF-8.

    >>> is_utf8("UTF8"), is_utf8("latin1")
    (True, False)
    """
    return _CODECS.get(label.strip().lower()) == "utf-8"


def decode_text(data: bytes, label: str) -> str:
    r"""Return bytes as text, without a byte order mark.

    Raises:
        CharsetError: The charset is none of the web's, or the bytes are not of it.

    >>> decode_text(b"gr\xfc\xdfe", "ISO-8859-1")
    'grüße'
    """
    mark, codec = next((each for each in _MARKS if data.startswith(each[0])), (b"", ""))
    data, codec = data[len(mark) :], codec or _codec_of(label)
    try:
        return codecs.charmap_decode(data, "strict", _WINDOWS_1252)[0] if codec == "cp1252" else data.decode(codec)
    except UnicodeDecodeError:
        raise CharsetError(f"its bytes are no {shown(label, most=40)}") from None


def encode_text(text: str, label: str) -> bytes:
    """Return text as bytes.

    Raises:
        CharsetError: The charset is none of the web's, or has no place for a character.
    """
    codec = _AS_NAMED.get(label.strip().lower()) or _codec_of(label)
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        raise CharsetError(f"can't be written in the charset {shown(label, most=40)}") from None


def _codec_of(label: str) -> str:
    codec = _CODECS.get(label.strip().lower())
    if codec is None:
        raise CharsetError(f"the charset `{shown(label, most=40)}` is not one that the web uses")
    return codec
