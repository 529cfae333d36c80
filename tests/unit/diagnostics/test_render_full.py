"""The full renderer, read as a person reads it."""

from __future__ import annotations

import re
from textwrap import dedent

from intertie.diagnostics import Diagnostic, Fix, Label, Severity, SourceSpan
from intertie.diagnostics.render import render_full
from intertie.diagnostics.render.width import width_of

PATH = "specs/a.md"
SOURCE = "# A\n\n```yaml\nretry:\n  initial_delay: 5000\n  max_delay: 1000\n```\n"


def finding(*span: int, path: str = PATH, severity: Severity = Severity.ERROR, message: str = "it clashes", **more):
    return Diagnostic("TIE212", "max-delay-below-initial", severity, message, SourceSpan(path, *span), **more)


def golden(text: str) -> str:
    return dedent(text).removeprefix("\n")


def test_single_line_with_label_help_and_fix():
    """A finding shows its line underlined, each related place with its own excerpt, the help and the fix."""
    shown = render_full(
        [
            finding(
                6, 14, 6, 18,
                message="the longest wait is below the first",
                help="raise `max_delay`",
                related=(Label(SourceSpan(PATH, 5, 18, 5, 22), "the first wait"),),
                fix=Fix("set it to 5000", ()),
            )
        ],
        {PATH: SOURCE},
    )  # fmt: skip
    assert shown == golden(
        """
        error[TIE212] max-delay-below-initial: the longest wait is below the first
         --> specs/a.md:6:14
          |
        6 |   max_delay: 1000
          |              ^^^^
         ::: specs/a.md:5:18 the first wait
          |
        5 |   initial_delay: 5000
          |                  ----
          = help: raise `max_delay`
          = fix: set it to 5000

        """
    )


def test_tabs_are_shown_as_blanks_and_the_carets_follow():
    """The underline stands under its text whatever tabs come before it."""
    shown = render_full([finding(1, 3, 1, 6)], {PATH: "a\tbcd\n"})
    assert shown.splitlines()[3:5] == ["1 | a    bcd", "  |      ^^^"]


def test_wide_characters_take_two_columns():
    """Wide and combining characters before and inside the span keep the underline in place."""
    line = "名前: 値e\u0301x"
    shown = render_full([finding(1, 5, 1, 8)], {PATH: line}).splitlines()
    assert width_of(shown[4]) - shown[4].count("^") == width_of("  | 名前: ")
    assert shown[4].count("^") == width_of("値e\u0301")


def test_crlf_and_bom_are_not_shown():
    """Windows line ends and a byte order mark neither show nor move anything."""
    shown = render_full([finding(2, 1, 2, 4)], {PATH: "\ufeffone\r\ntwo\r\n"})
    assert shown.splitlines()[2:5] == ["  |", "2 | two", "  | ^^^"]
    assert "\r" not in shown


def test_several_lines_are_barred():
    """A span over several lines is marked beside each line."""
    shown = render_full([finding(4, 1, 6, 18)], {PATH: SOURCE})
    assert shown.splitlines()[2:6] == ["  |", "4 | > retry:", "5 | >   initial_delay: 5000", "6 | >   max_delay: 1000"]


def test_many_lines_are_cut_in_the_middle():
    """A long span shows its first lines and its last, the numbers aligned to the widest."""
    source = "".join(f"line {n}\n" for n in range(1, 41))
    shown = render_full([finding(2, 1, 40, 3)], {PATH: source})
    assert shown.splitlines()[2:] == [
        "   |",
        " 2 | > line 2",
        " 3 | > line 3",
        " 4 | > line 4",
        "   | > …",
        "40 | > line 40",
        "",
    ]


def test_long_lines_are_cut_around_the_span():
    """A very long line never shows more than the width, and always its span."""
    source = "x" * 5000 + "HERE" + "y" * 5000
    row, marks = render_full([finding(1, 5001, 1, 5005)], {PATH: source}, width=60).splitlines()[3:5]
    assert len(row) <= 60
    assert row[marks.index("^") : marks.index("^") + 4] == "HERE"
    assert row.startswith("1 | …x")
    assert row.endswith("y…")


def test_with_colour_too_only_our_own_codes_reach_the_terminal():
    """A path, a message, a help and a line of the file bring no code of their own, and no end of length."""
    nasty = "\x1b[35mx\x1b]0;t\x07\u202e\ufff9\U000e0041"
    bad = finding(1, 1, 1, 2, path=nasty, message=nasty + "y" * 1_000_000, help=nasty)
    shown = render_full([bad], {nasty: nasty}, color=True)
    rest = re.sub(r"\x1b\[(?:1;31|1|34|0)m", "", shown)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ufff9\U000e0041]", rest)
    assert max(map(len, shown.split("\n"))) < 1200


def test_control_characters_never_reach_the_terminal():
    """Escape sequences, line breaks and direction marks of a hostile file are shown as dots or blanks."""
    shown = render_full([finding(1, 1, 1, 2, message="bad \x1b[31m\nkey", help="\x07no")], {PATH: "a\x1b[2J\u202eb"})
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\x07" not in shown
    assert "1 | a·[2J·b" in shown


def test_colour_is_only_there_when_asked():
    """Colour adds escape sequences around the same text and nothing else."""
    import re

    findings = [finding(5, 3, 5, 16, severity=severity) for severity in Severity]
    plain = render_full(findings, {PATH: SOURCE})
    coloured = render_full(findings, {PATH: SOURCE}, color=True)
    assert "\x1b[" not in plain
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_places_outside_the_sources_have_no_excerpt():
    """A finding in a file that could not be read, or beyond its end, is shown without excerpt."""
    shown = render_full([finding(9, 1, 9, 2), finding(1, 1, 1, 1, path="gone.md")], {PATH: SOURCE})
    assert [line for line in shown.splitlines() if "|" in line] == []


def test_empty_span_has_one_caret():
    """A place without width is still pointed at."""
    shown = render_full([finding(4, 7, 4, 7)], {PATH: SOURCE})
    assert shown.splitlines()[4] == "  |       ^"


def test_secrets_are_dots_in_every_excerpt_and_message():
    """A secret's place, a password in a URL and a well-known token are never shown, whichever finding shows their line."""
    source = "secret: hunter2  # https://me:pass@host\nkey: sk_live_0123456789abcdef\n"
    secret = Diagnostic("TIE067", "literal-secret", Severity.ERROR, "a literal", SourceSpan(PATH, 1, 9, 1, 16))
    beside = finding(1, 1, 1, 7, message="unknown sk_live_0123456789abcdef")
    shown = render_full([secret, beside, finding(2, 1, 2, 4)], {PATH: source})
    assert "hunter2" not in shown
    assert "me:pass" not in shown
    assert "sk_live" not in shown
    assert "1 | secret: •••••••  # https://•••••••@host" in shown


def unfilled(line: int, column: int, end: int, text: str) -> Diagnostic:
    span = SourceSpan(PATH, line, column, line, end)
    return Diagnostic("TIE013", "unfilled", Severity.INFO, f"`x` is not filled in: {text}", span, help="Base URL")


def test_placeholders_of_a_file_are_one_list_after_its_other_findings():
    """Six placeholders or more are a list of their lines, each once, with what belongs there; fewer stand alone."""
    source = "".join(f"key_{number}: [url]\n" for number in range(1, 7)) + f"{'k' * 80}: [a] [b]\n"
    group = [unfilled(number, 8, 13, "[url]") for number in range(1, 7)]
    group += [unfilled(7, 83, 86, "[a]"), unfilled(7, 87, 90, "[b]")]
    error = finding(6, 1, 6, 6)
    shown = render_full([*group, error], {PATH: source})
    assert shown.startswith("error[TIE212]")
    assert shown[shown.index("info[") :] == (
        "info[TIE013] unfilled: 8 places are not filled in: write each, or take it out; a\n"
        "  block left wholly unfilled counts as absent\n"
        " --> specs/a.md:1:8\n"
        "  |\n"
        + "".join(f"{number} | key_{number}: [url]{' ' * 30}Base URL\n" for number in range(1, 7))
        + f"7 | {'k' * 39}…  Base URL\n\n"
    )
    assert render_full(group[:5], {PATH: source}).count("info[TIE013]") == 5
