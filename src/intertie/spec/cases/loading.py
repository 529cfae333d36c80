"""A case file by its path or text: its tree and what is wrong with its form, whatever the file holds."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from intertie.diagnostics import Diagnostic, SourceSpan
from intertie.spec import codes
from intertie.spec.cases.case import Case, scalar_of
from intertie.spec.cases.names import KIND_OF_TYPE, CaseKind, kind_of
from intertie.spec.cases.shapes import ShapeReader, strange_form
from intertie.spec.source import Findings, Source
from intertie.spec.tree import MappingNode, Node, ScalarNode
from intertie.spec.workspace import Unreadable, Workspace, check_text
from intertie.spec.yaml_nodes import Allowance
from intertie.spec.yaml_text import read_yaml

MAX_CASE_BYTES = 1_000_000
"""Largest case that is read; one of fifty steps has 10 KB."""
MAX_CASE_VALUES = 20_000
"""Most values in one case, aliases expanded."""
_GIVEN_UP = frozenset({codes.FILE_TOO_LARGE.code, codes.TOO_DEEP.code, codes.TOO_MANY_ALIASES.code})


class LoadedCase(Struct, frozen=True):
    """What is known of a case once it is read.

    Attributes:
        case: None where it can't be read as far as a mapping.
        diagnostics: In the order of their places.
        source: The file's text without byte order mark.
        strange: The key or value that says that it is of a form that is not known here, with its place; then nothing
            else is said of it.
        broken: Its YAML has an error: what is missing in it may stand in what could not be read.
    """

    case: Case | None
    diagnostics: tuple[Diagnostic, ...]
    source: str
    strange: ScalarNode | None = None
    broken: bool = False


def read_case(source: Source, findings: Findings | None = None) -> Node | None:
    """Return the YAML of a case file as far as it can be read; what can't be goes to `findings`."""
    return read_yaml(source.text, source.span, findings or Findings(), Allowance(MAX_CASE_VALUES))


def load_case(path: Path, workspace: Workspace) -> LoadedCase:
    """Return the case in a file; bad content is in the diagnostics, never an exception."""
    try:
        text = workspace.read_text(path, most=MAX_CASE_BYTES)
    except Unreadable as error:
        return _nothing(workspace.shown(path), error)
    return load_case_text(text, path, workspace)


def load_case_text(text: str, path: Path, workspace: Workspace) -> LoadedCase:
    """Return the case that `text` is, as if it stood in the file `path`."""
    shown = workspace.shown(path)
    try:
        check_text(text, most=MAX_CASE_BYTES)
    except Unreadable as error:
        return _nothing(shown, error)
    source = Source(shown, text)
    findings = Findings()
    root = read_case(source, findings)
    given = text.removeprefix("\ufeff")
    found = findings.all()
    stopped = next((each for each in found if each.code in _GIVEN_UP), None)
    if stopped is not None:
        return LoadedCase(None, (stopped,), given, broken=True)
    if not isinstance(root, MappingNode):
        if not found:
            findings.add(
                codes.NOT_A_MAPPING, source.span(0, 0) if root is None else root.span, "a case holds keys with values",
                help="start with `id: TC-001`, `name` and `type`",
            )  # fmt: skip
        # One line that can't be read makes others look wrong that are not.
        return LoadedCase(None, findings.all()[:1], given, broken=True)
    broken = findings.has(codes.YAML_SYNTAX)
    case = Case(shown, source, root, _kind(root, path))
    strange = None if broken else strange_form(root)
    if strange is not None:
        return LoadedCase(case, found, given, strange)
    ShapeReader(case, findings).read()
    return LoadedCase(case, findings.all(), given, broken=broken)


def _kind(root: MappingNode, path: Path) -> CaseKind:
    identity, given = scalar_of(root, "id"), scalar_of(root, "type")
    by_id = kind_of(identity.text) if identity is not None else None
    by_type = KIND_OF_TYPE.get(given.text) if given is not None else None
    by_folder = next((kind for kind in CaseKind if kind.folder == path.parent.name), None)
    return by_id or kind_of(path.name) or by_type or by_folder or CaseKind.TEST


def _nothing(shown: str, error: Unreadable) -> LoadedCase:
    code = error.code
    span = SourceSpan(shown, error.line, 1, error.line, 1)
    to_do = "save it as text in UTF-8" if code is codes.NOT_UTF8 else None
    if code is codes.FILE_TOO_LARGE:
        to_do = "split it: a case shows one thing"
    found = Diagnostic(code.code, code.name, code.severity, f"the file is not read: {error.reason}", span, to_do)
    return LoadedCase(None, (found,), "", broken=True)
