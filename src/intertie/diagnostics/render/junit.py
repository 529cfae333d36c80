"""Findings as a JUnit report, which most build servers show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from intertie.diagnostics.diagnostic import Diagnostic, Severity
from intertie.diagnostics.order import in_order
from intertie.diagnostics.render.width import printable


def render_junit(diagnostics: Iterable[Diagnostic], *, files: Sequence[str], strict: bool = False) -> str:
    """Return the report as XML: a suite for each file, a case for each finding, one that passes where there is none.

    Args:
        diagnostics: In any order.
        files: What was checked; files without findings are cases that pass.
        strict: Whether warnings are failures too; else they pass, and say what they are.

    Source: the JUnit format as Jenkins' `junit-10.xsd` has it.
    """
    by_file: dict[str, list[Diagnostic]] = {file: [] for file in files}
    for diagnostic in in_order(diagnostics):
        by_file.setdefault(diagnostic.span.path, []).append(diagnostic)
    suites = [line for file, found in by_file.items() for line in _suite(file, found, strict=strict)]
    tests = sum(max(len(found), 1) for found in by_file.values())
    failures = sum(_fails(each, strict=strict) for found in by_file.values() for each in found)
    head = f'<testsuites name="intertie check" tests="{tests}" failures="{failures}" errors="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>"]) + "\n"


def _suite(file: str, found: Sequence[Diagnostic], *, strict: bool) -> Iterator[str]:
    failures = sum(_fails(each, strict=strict) for each in found)
    name = _attribute(file)
    yield f'  <testsuite name={name} tests="{max(len(found), 1)}" failures="{failures}" errors="0" skipped="0">'
    if not found:
        yield f'    <testcase classname={name} name="no findings"/>'
    for each in found:
        place = f"{each.span.line}:{each.span.column}"
        title = _attribute(f"{each.code} {each.name} at {place}")
        yield f"    <testcase classname={name} name={title} file={name} line={_attribute(str(each.span.line))}>"
        text = f"{each.span.path}:{place}: {each.message}" + (f"\nhelp: {each.help}" if each.help else "")
        if _fails(each, strict=strict):
            kind, message = _attribute(each.severity.value), _attribute(each.message)
            yield f"      <failure type={kind} message={message}>{_text(text)}</failure>"
        else:
            yield f"      <system-out>{_text(f'{each.severity.value}: {text}')}</system-out>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _fails(diagnostic: Diagnostic, *, strict: bool) -> bool:
    return diagnostic.severity is Severity.ERROR or (strict and diagnostic.severity is Severity.WARNING)


def _text(text: str) -> str:
    return escape("\n".join(_valid(printable(line)) for line in text.split("\n")))


def _attribute(text: str) -> str:
    return quoteattr(_valid(printable(text)))


def _valid(text: str) -> str:
    """Return text that XML 1.0 can hold: two characters that Unicode calls none are left (section 2.2)."""
    return text.replace("\ufffe", "\N{MIDDLE DOT}").replace("\uffff", "\N{MIDDLE DOT}")
