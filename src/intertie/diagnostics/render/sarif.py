"""Findings as SARIF 2.1.0, which code scanning and editors read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote

from intertie.diagnostics.credentials import SECRET_CODES, without_credentials
from intertie.diagnostics.diagnostic import Applicability, Diagnostic, Fix, Severity
from intertie.diagnostics.order import in_order
from intertie.diagnostics.render.fingerprints import fingerprints
from intertie.diagnostics.render.width import printable
from intertie.diagnostics.span import SourceSpan

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note", Severity.HINT: "note"}


def render_sarif(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], *, version: str, about: Callable[[str], str]
) -> str:
    """Return the log as text: one run, its rules, and a result for each finding.

    Args:
        diagnostics: In any order.
        sources: Path as shown -> text of the file, for fingerprints.
        version: Of the tool.
        about: Code of a rule -> what it finds, one sentence.

    Source: OASIS, SARIF Version 2.1.0 plus Errata 01.
    """
    ordered = in_order(diagnostics)
    rules = {each.code: each for each in sorted(ordered, key=lambda each: each.code)}
    indexes = {code: index for index, code in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "Intertie",
                "version": version,
                "rules": [_rule(each, about(each.code)) for each in rules.values()],
            }
        },
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, known, indexes[each.code]) for each, known in fingerprints(ordered, sources)],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(diagnostic: Diagnostic, summary: str) -> dict[str, object]:
    return {
        "id": diagnostic.code,
        "name": diagnostic.name,
        "shortDescription": {"text": summary},
        "help": {"text": f"`intertie rule {diagnostic.code}` explains it, with an example and its mend."},
        "defaultConfiguration": {"level": _LEVELS[diagnostic.severity]},
    }


def _result(diagnostic: Diagnostic, fingerprint: str, index: int) -> dict[str, object]:
    text = printable(diagnostic.message)
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": f"{text}\n{printable(diagnostic.help)}" if diagnostic.help else text},
        "locations": [{"physicalLocation": _place(diagnostic.span)}],
        "partialFingerprints": {"intertieFinding/v1": fingerprint},
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": without_credentials(label.message)},
             "physicalLocation": _place(label.span)}
            for number, label in enumerate(diagnostic.related, start=1)
        ]  # fmt: skip
    if diagnostic.fix and _may_be_shown(diagnostic.code, diagnostic.fix):
        result["fixes"] = [_fix(diagnostic.fix)]
    return result


def _may_be_shown(code: str, fix: Fix) -> bool:
    """Return whether a fix is one to apply, and writes nothing that looks like a secret."""
    return (
        bool(fix.edits)
        and fix.applicability is not Applicability.DISPLAY
        and code not in SECRET_CODES
        and all(without_credentials(edit.replacement) == edit.replacement for edit in fix.edits)
    )


def _fix(fix: Fix) -> dict[str, object]:
    changes: dict[str, list[object]] = {}
    for edit in fix.edits:
        replacement: dict[str, object] = {"deletedRegion": _region(edit.span)}
        if edit.replacement:
            replacement["insertedContent"] = {"text": edit.replacement}
        changes.setdefault(edit.span.path, []).append(replacement)
    unsafe = " (may change what is meant)" if fix.applicability is Applicability.UNSAFE else ""
    return {
        "description": {"text": printable(fix.title) + unsafe},
        "artifactChanges": [
            {"artifactLocation": _location(path), "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }


def _place(span: SourceSpan) -> dict[str, object]:
    return {"artifactLocation": _location(span.path), "region": _region(span)}


def _location(path: str) -> dict[str, object]:
    if path.startswith("/"):
        return {"uri": f"file://{quote(path)}"}
    return {"uri": quote(path), "uriBaseId": "%SRCROOT%"}


def _region(span: SourceSpan) -> dict[str, object]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
