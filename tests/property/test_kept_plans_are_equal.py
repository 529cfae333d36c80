"""A plan that was written and read is the plan that was compiled, whatever the spec says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from intertie.compiler import Settings, compile_spec, plan_json
from intertie.runtime.kept import Unkeepable, read_plan, write_plan
from intertie.runtime.plan import Plan
from intertie.spec.loading import load, load_text
from intertie.spec.workspace import Workspace
from support.broken_models import full_model, mutated
from support.field_cases import BESIDE, CASES, changed
from support.field_spec import text_of
from support.plan_data import data_of

ROOT = Path(__file__).parents[2]
SPECS = sorted(
    path for folder in ("examples", "tests/data") for path in (ROOT / folder).rglob("*.md") if path.stem != "README"
)


def never() -> Plan:
    """A whole plan is never made anew."""
    raise AssertionError


def assert_same(plan: Plan) -> None:
    """Assert that nothing tells the plan that comes back from the one that was written."""
    back = read_plan(write_plan(plan), never)
    assert data_of(back) == data_of(plan)
    assert plan_json(back) == plan_json(plan)


def plans_of(path: Path) -> list[Plan]:
    """Return a spec's plan of each environment; none where it has errors."""
    loaded = load(path)
    service = loaded.spec.service
    names = (None, *(name.value for name, _ in service.environments)) if service else (None,)
    settings = Settings(path.parent)
    compiled = [compile_spec(loaded.spec, settings=settings, environment=name).plan for name in names]
    return [plan for plan in compiled if plan is not None]


def test_of_every_example_and_every_spec_of_the_tests():
    """Specs as people write them."""
    plans = [plan for path in SPECS for plan in plans_of(path)]
    assert len(plans) > 30
    for plan in plans:
        assert_same(plan)


@pytest.mark.parametrize(("path", "case"), [*CASES.items(), *BESIDE.values()], ids=[*CASES, *BESIDE])
def test_of_every_field(path, case, tmp_path):
    """Each field of the format, with a value and with another."""
    for spec in changed(path, case):
        loaded = load_text(text_of(spec), tmp_path / "specs" / "made.md", Workspace(tmp_path))
        plan = compile_spec(loaded.spec, settings=Settings(tmp_path, environment=case.environment)).plan
        if plan is not None:
            assert_same(plan)


def test_of_specs_full_of_nonsense():
    """What is refused is refused for a reason; nothing comes back as something else."""
    whole = full_model()
    rng = random.Random(20261125)
    settings = Settings(Path("/nowhere"))
    kept, refused = 0, set()
    for _ in range(400):
        plan = compile_spec(mutated(whole, rng, rate=rng.choice((0.01, 0.03, 0.1))), settings=settings).plan
        if plan is None:
            continue
        try:
            assert_same(plan)
        except Unkeepable as reason:
            refused.add(str(reason))
        else:
            kept += 1
    assert kept > 50
    assert refused <= {"a whole number of more than 64 bits"}
