"""Lays a fragment of a case over a complete one that has no findings, beside two specs, as `rule_examples` does of a spec."""

from __future__ import annotations

import re
from pathlib import Path

from intertie.compiler import Settings
from intertie.diagnostics import Diagnostic
from intertie.lint.checking import check_paths
from intertie.spec.workspace import Workspace
from support.rule_examples import BASE, TODAY, Line

TEST = """\
id: TC-900
name: quote-a-parcel
type: TestCase
status: ready
hash_timestamp: 2026-11-24T09:00:00Z
spec: INT-900
purpose: A parcel is quoted.
preconditions: [/precondition-cases/PC-900.yaml]
inputs: {where: DE}
steps:
  - step: 1
    action: Ask for a quote
    call: quote_parcel
    input: {country: "{{ where }}"}
    expect: ["status == 200", "attempts == 1"]
validations: ["secrets_logged == 0"]
teardown: []
"""
SCENARIO = """\
id: SC-900
name: quote-then-look
type: ScenarioCase
status: ready
hash_timestamp: 2026-11-24T09:00:00Z
purpose: A parcel is quoted, and looked at.
phases:
  - phase_id: send
    phase_name: Send
    test_cases: [{path: /test-cases/TC-900.yaml, description: send}]
  - phase_id: look
    phase_name: Look
    test_cases: [/test-cases/TC-901.yaml]
phase_execution: {mode: sequential, continue_on_failure: false}
timeout: 60
cache_strategy: none
"""
PRECONDITION = """\
id: PC-900
name: catalogue
type: PreconditionCase
status: ready
hash_timestamp: 2026-11-24T09:00:00Z
purpose: There is a catalogue.
setup_steps:
  - step: 1
    action: Fill the catalogue
    expected: It is filled
context_provided: [{name: catalogue, type: string, description: its id}]
teardown_steps: []
cache_strategy: session
"""
OTHER = (
    BASE.replace("INT-900", "INT-901").replace("service: parcel-rates", "service: parcel-books")
    .replace("name: parcel-rates", "name: parcel-books").replace("### Quote Parcel", "### Book Parcel")
)  # fmt: skip
LISTED = f"{BASE}\n## Validation Cases\n\n### Test Cases\n- /test-cases/TC-900.yaml: A parcel is quoted\n"

_KEY_RE = re.compile(r"([A-Za-z_]\w*):")
_FILES = {
    "TC": ("test-cases/TC-900.yaml", TEST),
    "SC": ("scenario-cases/SC-900.yaml", SCENARIO),
    "PC": ("precondition-cases/PC-900.yaml", PRECONDITION),
}


def compose_case(fragment: str) -> tuple[str, list[Line]]:
    """Return the file, and the base with the fragment laid over it by top-level key.

    The base is the test case, or what the fragment's `id:` says.
    """
    lines = [Line(text, number) for number, text in enumerate(fragment.rstrip("\n").split("\n"), start=1)]
    named = re.match(r"id: (TC|SC|PC)-", fragment)
    file, text = _FILES[named.group(1) if named else "TC"]
    composed = [Line(each) for each in text.splitlines()]
    chunks: list[list[Line]] = []
    for line in lines:
        if _KEY_RE.match(line.text) or not chunks:
            chunks.append([])
        chunks[-1].append(line)
    for chunk in chunks:
        key = _KEY_RE.match(chunk[0].text)
        start = next((n for n, line in enumerate(composed) if key and line.text.startswith(f"{key.group(1)}:")), None)
        if start is None:
            composed += chunk
            continue
        end = start + 1
        while end < len(composed) and composed[end].text.startswith((" ", "- ")):
            end += 1
        composed[start:end] = chunk
    return file, composed


def check_case_lines(file: str, lines: list[Line], folder: Path) -> tuple[Diagnostic, ...]:
    """Return the findings of the composed case in a workspace of its own."""
    files = {
        "intertie.toml": "",
        "specs/parcels.md": LISTED,
        "specs/books.md": OTHER,
        "test-cases/TC-901.yaml": TEST.replace("TC-900", "TC-901"),
        **dict(_FILES.values()),
        file: "".join(f"{line.text}\n" for line in lines),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    workspace = Workspace(folder)
    return check_paths([folder / file], workspace, Settings(workspace.root), today=TODAY).diagnostics
