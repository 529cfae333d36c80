"""No field of a spec is silent: its change is seen in the plan, in what is generated, in a finding or as not enforced."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.compiler.field_fates import FATES, How
from intertie.spec.field_paths import field_paths
from intertie.spec.fields import Kind
from support.field_cases import BESIDE, CASES, changed
from support.field_effects import effects_of, told
from support.field_spec import BASE

SEEN_IN = {
    How.ENFORCED: "plan", How.GENERATED: "openapi", How.CHECKED: "findings", How.REPORTED: "not_enforced",
}  # fmt: skip
TABLE, ROWS = "src/intertie/compiler/field_fates.py", "tests/support/field_cases.py"


@pytest.fixture
def root(tmp_path) -> Path:
    (tmp_path / "intertie.toml").write_text("", "utf-8")
    return tmp_path


def test_every_field_has_a_row():
    """A field that is added to the model says what becomes of it, and how a test sees that."""
    known = set(field_paths())
    for path in sorted(known - set(FATES)):
        pytest.fail(f"the field `{path}` says nowhere what becomes of it: add a row to _TABLE in {TABLE}")
    for path in sorted(known - set(CASES)):
        pytest.fail(
            f'no test changes the field `{path}`: add `"{path}": Case(OTHER_VALUE)` to CASES in {ROWS} '
            "(with `first=` where the base spec does not use it, `uses=` where other fields must be so; a block that is new "
            "stands in SECTIONS of tests/support/field_spec.py)"
        )
    assert sorted(FATES) == sorted(known), f"a row of {TABLE} names no field"
    assert sorted(CASES) == sorted(known), f"a row of {ROWS} names no field"


def test_the_base_uses_every_kind_of_field(root):
    """The spec that fields are changed in has a plan, so that a change is seen in it."""
    base = effects_of(BASE, root)
    assert base.plan is not None, base.findings
    assert not {"TIE011", "TIE014", "TIE016"} & {code for code, _ in base.findings}
    assert {info.kind for info in field_paths().values() if info} >= set(Kind) - {Kind.BLOCK, Kind.BLOCKS, Kind.NAMED}


@pytest.mark.parametrize("path", sorted(field_paths()))
def test_a_changed_field_is_seen(root, path):
    """Another value of the field is seen, and in the way that the table says."""
    if path not in CASES or path not in FATES:
        pytest.fail(f"`{path}` has no row; test_every_field_has_a_row says which one to add")
    case = CASES[path]
    without, before, after = (effects_of(spec, root, case.environment) for spec in changed(path, case))
    assert before.plan is not None, (
        f"the spec that uses `{path}` has no plan, so nothing can be seen: {before.findings}"
    )
    ways = told(without, before, after)
    assert ways, (
        f"the field `{path}` is silent: nothing changes with its value. Enforce it, report a finding, or list it with "
        "`build.leave_out(...)` in src/intertie/compiler/not_enforced.py"
    )
    how = FATES[path].how
    assert SEEN_IN[how] in ways, f"{TABLE} says that `{path}` is {how.value}, but it is seen in {sorted(ways)} only"


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_a_field_beside_what_does_not_read_it_is_told(root, name):
    """Where fields that go together are parted, a finding or a line of what is not enforced says so."""
    path, case = BESIDE[name]
    ways = told(*(effects_of(spec, root, case.environment) for spec in changed(path, case)))
    assert ways & {"findings", "not_enforced"}, f"`{path}` does nothing here, and nothing says so"


def test_the_check_of_silence_is_awake(root):
    """A change of nothing is seen nowhere."""
    base = effects_of(BASE, root)
    assert told(base, base, base) == frozenset()
