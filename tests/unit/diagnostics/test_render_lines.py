"""Concise lines, JSON, order and summary."""

from __future__ import annotations

import json

from intertie.diagnostics import Diagnostic, Label, Severity, SourceSpan
from intertie.diagnostics.order import in_order, summarize, without_hints
from intertie.diagnostics.render import render_concise, render_json

A = Diagnostic("TIE201", "b", Severity.WARNING, "second", SourceSpan("a.md", 3, 2, 3, 5))
B = Diagnostic(
    "TIE012", "unknown-key", Severity.ERROR, "first\nline", SourceSpan("a.md", 3, 2, 3, 4), help="do",
    related=(Label(SourceSpan("b.md", 1, 1, 1, 2), "also"),),
)  # fmt: skip
C = Diagnostic("TIE001", "c", Severity.INFO, "last", SourceSpan("b.md", 1, 1, 1, 1))


def test_order_is_path_line_column_code():
    """Findings come by place, then by code, whatever order they were made in."""
    assert in_order([C, A, B]) == (B, A, C)
    assert in_order([A, C, B]) == (B, A, C)


def test_concise_is_one_line_each():
    """Every finding is exactly one line, even where its message has a line break."""
    assert render_concise([C, A, B]) == (
        "a.md:3:2: error TIE012 first line\na.md:3:2: warning TIE201 second\nb.md:1:1: info TIE001 last\n"
    )
    assert render_concise([]) == ""
    assert "\x1b[1;31merror\x1b[0m" in render_concise([B], color=True)


def test_json_has_the_promised_shape():
    """The JSON document has exactly the fields that scripts rely on."""
    document = json.loads(render_json([C, A, B], files=2))
    assert document["diagnostics"][0] == {
        "path": "a.md", "line": 3, "column": 2, "end_line": 3, "end_column": 4, "code": "TIE012", "name": "unknown-key",
        "severity": "error", "message": "first\nline", "help": "do", "url": "src/intertie/lint/pages/TIE012.md",
        "related": [{"path": "b.md", "line": 1, "column": 1, "message": "also"}],
    }  # fmt: skip
    assert document["summary"] == {"errors": 1, "warnings": 1, "infos": 1, "hints": 0, "files": 2}
    assert set(document) == {"diagnostics", "summary"}


def test_summary_says_numbers_in_words():
    """The summary line counts, and knows singular from plural."""
    assert summarize([A, B, C], 3).words(hints=False) == "1 error, 1 warning, 1 info in 3 files"
    assert summarize([B, B, A], 1).words(hints=True) == "2 errors, 1 warning in 1 file"
    assert summarize([], 1).words(hints=False) == "no findings in 1 file"


def test_hints_are_counted_and_shown_on_request():
    """Without `--hints` a hint is in no list, and the summary says that it is there."""
    hint = Diagnostic("TIE135", "d", Severity.HINT, "maybe", A.span)
    assert summarize([A, hint], 1).words(hints=False) == "1 warning in 1 file; --hints shows 1 hint"
    assert summarize([A, hint], 1).words(hints=True) == "1 warning, 1 hint in 1 file"
    assert without_hints([A, hint]) == (A,)
    hidden = json.loads(render_json([hint, A], files=1, hints=False))
    assert [each["code"] for each in hidden["diagnostics"]] == ["TIE201"]
    assert hidden["summary"] == {"errors": 0, "warnings": 1, "infos": 0, "hints": 1, "files": 1}
    assert json.loads(render_json([hint], files=1))["diagnostics"][0]["severity"] == "hint"


def test_messages_hold_no_credential():
    """What looks like a credential is dots in every form of output."""
    leak = Diagnostic(
        "TIE016", "invalid-choice", Severity.ERROR, "`sk_live_0123456789abcdef`", A.span, help="https://a:b@c"
    )
    assert "sk_live" not in render_concise([leak])
    assert "sk_live" not in render_json([leak], files=1)
    assert "a:b" not in render_json([leak], files=1)
