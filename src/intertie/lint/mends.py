"""The fixes that rules offer: a value written anew, two swapped, a line put in, a row taken out."""

from __future__ import annotations

from intertie.diagnostics import Applicability, Edit, Fix, SourceSpan
from intertie.lint.mending import remove_lines
from intertie.spec.fields import Located
from intertie.spec.model import Spec


def write(text: str, span: SourceSpan, *, safe: bool = True) -> Fix:
    """Return the fix that writes `text` in the place of `span`."""
    return Fix(f"write {text}", (Edit(span, text),), Applicability.SAFE if safe else Applicability.UNSAFE)


def swap(spec: Spec, one: Located[float], other: Located[float], what: str) -> Fix | None:
    """Return the fix that lets two values change places, None where they stand in one place or over several lines."""
    if one.span == other.span or not (_is_short(one.span) and _is_short(other.span)):
        return None
    edits = (Edit(one.span, source_text(spec, other.span)), Edit(other.span, source_text(spec, one.span)))
    return Fix(f"swap {what}", edits, Applicability.UNSAFE)


def insert_line(text: str, span: SourceSpan) -> Fix:
    """Return the fix that puts a line in before the line that `span` begins on."""
    place = SourceSpan(span.path, span.line, 1, span.line, 1)
    return Fix(f"add {text.strip()}", (Edit(place, f"{text}\n"),))


def remove_row(spec: Spec, row: SourceSpan, first: SourceSpan) -> Fix | None:
    """Return the fix that takes out a row that repeats `first` word for word, None where it does not.

    Rows are items of a YAML list (`- …`) or lines of a table; one that shares its lines with others is left.
    """
    if source_text(spec, row) != source_text(spec, first) or row == first:
        return None
    lines = spec.document.text.split("\n")
    before, after = lines[row.line - 1][: row.column - 1].strip(), lines[row.end_line - 1][row.end_column - 1 :].strip()
    if before not in ("-", "|") or after not in ("", "|"):
        return None
    return remove_lines("remove the second one", row)


def source_text(spec: Spec, span: SourceSpan) -> str:
    """Return the text that a span of the spec's own file covers, with its quotes."""
    lines = spec.document.text.split("\n")[span.line - 1 : span.end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def _is_short(span: SourceSpan) -> bool:
    return span.line == span.end_line
