"""How deep and how many: bodies that fit into the limit of bytes and into nothing else."""

from __future__ import annotations

import sys

import pytest

from intertie.runtime.bounds import (
    DEEPEST,
    MOST_FIELDS,
    MOST_VALUES,
    BoundsError,
    check_form,
    check_json,
    check_parts,
    check_xml,
    decode_json,
)

MIB = 1024 * 1024


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"[]," * (5 * MIB) + b"[]]",
        b"[" + b"{}," * (5 * MIB) + b"{}]",
        b"[" + b'"",' * (5 * MIB) + b'""]',
        b"[" + b'"[",' * (4 * MIB) + b'""]',
        b"[" + b"1," * (8 * MIB) + b"1]",
        b"[" * (16 * MIB),
        b'{"a":' * (3 * MIB),
    ],
    ids=["lists", "objects", "strings", "brackets-in-strings", "numbers", "deep-lists", "deep-objects"],
)
def test_a_bomb_within_the_limit_of_bytes_is_refused_unread(body, monkeypatch):
    """No decoder sees it: what is counted is bytes."""
    monkeypatch.setattr("intertie.runtime.bounds._decode", lambda _: pytest.fail("it was decoded"))
    with pytest.raises(BoundsError):
        decode_json(body)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_the_deepest_is_read_and_one_more_is_not(opening):
    """The bound counts containers, the outermost included."""
    closing = b"]" if opening == b"[" else b"}"
    decode_json(opening * DEEPEST + b"1" + closing * DEEPEST)
    with pytest.raises(BoundsError, match="nested more than 200 deep"):
        decode_json(opening * (DEEPEST + 1) + b"1" + closing * (DEEPEST + 1))


def test_the_most_values_are_read_and_one_more_is_not():
    """The list itself is one of them."""
    decode_json(b"[" + b"1 ," * (MOST_VALUES - 2) + b"1 ]")
    with pytest.raises(BoundsError, match="more than 1,000,000 values"):
        decode_json(b"[" + b"1 ," * (MOST_VALUES - 1) + b"1 ]")


def test_a_long_text_with_the_signs_of_structure_is_no_structure():
    """A table of a million lines within one string is one value."""
    check_json(b'{"csv": "' + b'1,[2],{3}\\"\\\\\\n' * 800_000 + b'"}')


def test_a_wide_document_is_not_deep():
    """Many containers beside each other pass, with brackets in their strings."""
    check_json(b"[" + b'{"a": ["[[["]},' * 5000 + b"0]")


def test_brackets_in_strings_hide_no_depth():
    """Closing brackets in a string take nothing off."""
    with pytest.raises(BoundsError):
        check_json(b'["]",' * (DEEPEST + 1) + b"0" + b"]" * (DEEPEST + 1))


def test_a_stack_that_is_full_already_is_told_as_depth():
    """The decoder's own limit depends on who calls; what comes out does not."""

    def fall(left: int) -> object:
        return fall(left - 1) if left else decode_json(b"[" * DEEPEST + b"]" * DEEPEST)

    frames = 0
    frame = sys._getframe()
    while frame is not None:
        frames, frame = frames + 1, frame.f_back
    with pytest.raises(BoundsError):
        fall(sys.getrecursionlimit() - frames - 60)


def test_forms_parts_and_xml_have_their_own():
    """Each counts what its reader would make."""
    check_form(b"a=1&" * (MOST_FIELDS - 1) + b"a=1")
    check_parts(MOST_FIELDS)
    check_xml(b"<a>" * 100_000)
    for check in (
        lambda: check_form(b"a=1&" * MOST_FIELDS),
        lambda: check_form(b"a=" + b"%41" * 500_001),
        lambda: check_parts(MOST_FIELDS + 1),
        lambda: check_xml(b"<a/>" * 400_001),
        lambda: check_xml(b"<a " + b'b="" ' * 400_001 + b"/>"),
    ):
        with pytest.raises(BoundsError):
            check()
