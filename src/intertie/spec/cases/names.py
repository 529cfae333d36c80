"""What makes a file a case: its folder, its name, the letters of its id."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath


class CaseKind(StrEnum):
    """The three kinds of case, by the letters their ids begin with."""

    TEST = "TC"
    SCENARIO = "SC"
    PRECONDITION = "PC"

    @property
    def type_name(self) -> str:
        """What `type:` says of it."""
        return _TYPES[self]

    @property
    def folder(self) -> str:
        """The folder its files stand in."""
        return _FOLDERS[self]

    @property
    def words(self) -> str:
        """What people call it."""
        return _WORDS[self]


_TYPES = {
    CaseKind.TEST: "TestCase",
    CaseKind.SCENARIO: "ScenarioCase",
    CaseKind.PRECONDITION: "PreconditionCase",
}
_FOLDERS = {
    CaseKind.TEST: "test-cases",
    CaseKind.SCENARIO: "scenario-cases",
    CaseKind.PRECONDITION: "precondition-cases",
}
_WORDS = {
    CaseKind.TEST: "a test case",
    CaseKind.SCENARIO: "a scenario case",
    CaseKind.PRECONDITION: "a precondition case",
}
KIND_OF_TYPE = {kind.type_name: kind for kind in CaseKind}
"""What `type:` says -> the kind."""
CASE_FOLDERS = tuple(kind.folder for kind in CaseKind)

ID_RE = re.compile(r"(?P<kind>TC|SC|PC)-\d+")
_NAME_RE = re.compile(r"(?:TC|SC|PC)-\d+[^/]*\.yaml\Z")
_SAYS_RE = re.compile(
    r"""^(?:id\s*:\s*["']?(?:TC|SC|PC)-\d|type\s*:\s*["']?(?:Test|Scenario|Precondition)Case\b)""", re.MULTILINE
)
_MISNAMED_RE = re.compile(r"(?:TC|SC|PC)-\d+[^/]*\.yml\Z")


def is_case(path: PurePath) -> bool:
    """Return whether a file is a case by its name: an id, whatever follows, and `.yaml`."""
    return bool(_NAME_RE.match(path.name))


def is_misnamed_case(path: PurePath) -> bool:
    """Return whether a file would be a case if its name ended in `.yaml`."""
    return bool(_MISNAMED_RE.match(path.name))


def stands_among_cases(path: PurePath) -> bool:
    """Return whether a file stands in a folder for cases, and ends as YAML does: whatever its name, it is meant as one.

    >>> from pathlib import PurePath
    >>> stands_among_cases(PurePath("test-cases/create.yaml")), stands_among_cases(PurePath("specs/create.yaml"))
    (True, False)
    """
    return path.parent.name in CASE_FOLDERS and path.suffix.lower() in (".yaml", ".yml")


def says_it_is_a_case(text: str) -> bool:
    r"""Return whether the beginning of a file gives the id or the type of a case.

    >>> says_it_is_a_case("# first\\nid: TC-001\\n"), says_it_is_a_case("orders: []")
    (True, False)
    """
    return bool(_SAYS_RE.search(text))


def kind_of(reference: str) -> CaseKind | None:
    """Return the kind of a case given by id, file name or path, None where it names none.

    >>> kind_of("/specs/test-cases/TC-001-charge.yaml"), kind_of("login")
    (<CaseKind.TEST: 'TC'>, None)
    """
    match = ID_RE.search(reference.rsplit("/", 1)[-1])
    return CaseKind(match["kind"]) if match else None


def id_in(reference: str) -> str:
    """Return the id in a reference, empty where there is none.

    >>> id_in("/test-cases/TC-001-charge.yaml")
    'TC-001'
    """
    match = ID_RE.search(reference.rsplit("/", 1)[-1])
    return match.group() if match else ""
