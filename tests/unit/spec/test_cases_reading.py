"""Validation cases in every form, and the paths that are refused."""

from __future__ import annotations

import pytest

from support.spec_text import names, only, read, section, sliced


def cases(body: str):
    return read("## Validation Cases\n\n### Test Cases\n" + body)


@pytest.mark.parametrize(
    ("line", "path", "description"),
    [
        ("- /test-cases/TC-001.yaml: it works", "/test-cases/TC-001.yaml", "it works"),
        ("- /specs/test-cases/TC-001.yaml: it works", "/specs/test-cases/TC-001.yaml", "it works"),
        ("- `/test-cases/TC-001-create.yaml` — it works", "/test-cases/TC-001-create.yaml", "it works"),
        ("- [ ] [TC-001: it works](/specs/test-cases/TC-001.yaml)", "/specs/test-cases/TC-001.yaml", "it works"),
        ("- [x] [TC-001](/test-cases/TC-001.yaml): it works", "/test-cases/TC-001.yaml", "it works"),
        ("- TC-001: it works", "TC-001", "it works"),
        ("- **TC-001**: it works", "TC-001", "it works"),
        ("- test-cases/TC-001.yaml", "test-cases/TC-001.yaml", None),
    ],
)
def test_lines_name_a_case_in_many_ways(line: str, path: str, description: str | None):
    """Paths, links, check boxes and bare ids are read, with the place of the path."""
    loaded = cases(line + "\n")
    assert names(loaded) == []
    (case,) = loaded.spec.cases
    assert case.path.value == path
    assert (case.description.value if case.description else None) == description
    assert line[case.path.span.column - 1 : case.path.span.end_column - 1] == path


def test_kinds_come_from_the_id_or_the_heading():
    """An id says which kind of case it is; without one the heading does."""
    loaded = cases("- TC-001: a\n- SC-002: b\n\n### Scenario Cases\n- /scenario-cases/all.yaml: c\n")
    assert [case.kind for case in loaded.spec.cases] == ["test_case", "scenario_case", "scenario_case"]


def test_notes_are_prose():
    """Lines below Notes that mention folders are no cases."""
    loaded = cases("- TC-001: a\n\n### Notes\n- Test cases are defined in `/test-cases/` directory\n")
    assert (names(loaded), len(loaded.spec.cases)) == ([], 1)


def test_a_yaml_block_lists_cases_too():
    """`validation_cases:` holds paths with descriptions, and keeps each entry as written."""
    loaded = read(section("Validation Cases", (
        "validation_cases:\n  test_cases:\n    - {path: /test-cases/TC-001.yaml, description: one}\n    - TC-002\n"
        "  scenario_cases:\n    - {path: /scenario-cases/SC-001.yaml}"
    )))  # fmt: skip
    assert names(loaded) == []
    assert [(case.kind, case.path.value) for case in loaded.spec.cases] == [
        ("test_case", "/test-cases/TC-001.yaml"), ("test_case", "TC-002"), ("scenario_case", "/scenario-cases/SC-001.yaml"),
    ]  # fmt: skip
    assert loaded.spec.cases[0].raw.value == {"path": "/test-cases/TC-001.yaml", "description": "one"}


def test_a_table_lists_cases_too():
    """A table with ids and words is a list of cases."""
    loaded = cases("| Case | Shows |\n|---|---|\n| TC-001 | one |\n| [TC-002](/test-cases/TC-002.yaml) | two |\n")
    assert [(case.path.value, case.description.value) for case in loaded.spec.cases] == [
        ("TC-001", "one"), ("/test-cases/TC-002.yaml", "two"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("../../etc/TC-001.yaml", "case-outside-workspace"), ("/test-cases/../../TC-001.yaml", "case-outside-workspace"),
        ("/test-cases/%2e%2e/%2e%2e/TC-001.yaml", "case-outside-workspace"), ("/test-cases/TC-001.yml", "case-suffix"),
        ("/precondition-cases/PC-001.yaml", "precondition-cited"),
    ],
)  # fmt: skip
def test_paths_that_a_spec_may_not_cite(path: str, name: str):
    """Paths out of the workspace, `.yml` files and preconditions are errors at the path, and no case."""
    loaded = cases(f"- {path}: x\n")
    assert sliced(loaded, only(loaded, name)) == path
    assert loaded.spec.cases == ()


def test_a_wrong_suffix_can_be_mended():
    """`.yml` comes with its fix."""
    assert (
        only(cases("- /test-cases/TC-001.yml: x\n"), "case-suffix").fix.edits[0].replacement
        == "/test-cases/TC-001.yaml"
    )


def test_a_line_that_names_no_case_is_told_of():
    """Other lines among the cases are not silently dropped."""
    only(cases("- soon\n"), "unreadable-line")


@pytest.mark.parametrize("line", ["- /test-cases/TC-001.yaml: [Brief description]", "- /test-cases/TC-[XXX].yaml: a"])
def test_unfilled_cases_are_no_cases(line: str):
    """A placeholder in the path or for the description leaves the case unfilled."""
    loaded = cases(line + "\n")
    only(loaded, "unfilled")
    assert loaded.spec.cases == ()
