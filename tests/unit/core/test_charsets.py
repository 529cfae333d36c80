"""Texts in the charsets of the web."""

from __future__ import annotations

import encodings.aliases

import pytest

from intertie.core.charsets import _CODECS, _LABELS, CharsetError, decode_text, encode_text


@pytest.mark.parametrize("codec", sorted(_LABELS))
def test_every_codec_of_the_list_exists_and_reads_what_it_writes(codec):
    """The list names Python's codecs; ASCII is the same in all that are bytes."""
    assert "a".encode(codec).decode(codec) == "a"
    label = _LABELS[codec].split()[0]
    assert decode_text("abc 123".encode(codec), label.upper()) == "abc 123"


@pytest.mark.parametrize(
    "label",
    sorted(
        ({*encodings.aliases.aliases.values(), "undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape"})
        & {"undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf_7", "rot_13", "zlib_codec",
           "bz2_codec", "hex_codec", "base64_codec", "uu_codec", "quopri_codec", "utf_32", "cp037", "mbcs", "hz"}
    ),
)  # fmt: skip
def test_what_is_no_charset_of_the_web_is_refused_by_name(label):
    """Codecs that escape, unpack, or take quadratic time are no charsets; nothing of the text is quoted."""
    for spelled in (label, label.replace("_", "-")):
        with pytest.raises(CharsetError, match="is not one that the web uses") as refused:
            decode_text(b"s3cret", spelled)
        assert "s3cret" not in str(refused.value)
        with pytest.raises(CharsetError):
            encode_text("s3cret", spelled)


def test_all_labels_are_lower_case_and_known_once():
    """A label in two lines would mean the later one, silently."""
    assert len(_CODECS) == sum(len(labels.split()) for labels in _LABELS.values())
    assert all(label == label.lower() for label in _CODECS)


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        (b"\x80\x81", "us-ascii", "€\x81"),
        (b"\xa4", "iso-8859-15", "€"),
        ("猫".encode("gb18030"), "gb2312", "猫"),
        ("猫".encode("utf-16"), "latin1", "猫"),
        (b"\xef\xbb\xbf\xc3\xb6", "shift_jis", "ö"),
        (b"a\0", "utf-16", "a"),
        (b"", "utf-8", ""),
    ],
)
def test_names_mean_what_they_mean_on_the_web(data, label, text):
    """Latin-1 is windows-1252, GB2312 is GB18030, and a byte order mark wins."""
    assert decode_text(data, label) == text


def test_bytes_that_are_not_of_the_charset_are_refused():
    """Replacement characters would be silently wrong."""
    with pytest.raises(CharsetError, match="its bytes are no utf-8"):
        decode_text(b"\xff", "utf-8")


@pytest.mark.parametrize("label", ["utf-8", "iso-8859-1", "ascii", "shift_jis"])
def test_a_text_without_a_place_in_the_charset_is_refused(label):
    """What is written is held to the name: half a character, or a sign that Latin-1 lacks."""
    with pytest.raises(CharsetError, match="can't be written"):
        encode_text("\ud800€", label)


def test_a_long_label_is_cut():
    """It comes from a header."""
    with pytest.raises(CharsetError) as refused:
        decode_text(b"", "x" * 10_000)
    assert len(str(refused.value)) < 120
