"""Typed modules of random specs: always valid Python, accepted by a type checker, and never a wrong type."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.core.errors import MappingError
from intertie.generators.types import types_module
from intertie.generators.types.results import ResultReader
from intertie.generators.types.shapes import Catalogue
from intertie.mockserver.generation.sampler import Sampler, Unsatisfiable
from intertie.runtime.results import Results
from support.type_checkers import mypy_errors
from support.typed_values import fits, random_plan

SEEDS = range(60)


def test_a_module_of_any_spec_compiles() -> None:
    """Whatever names and schemas a spec has, its module is Python, and the same each time."""
    for seed in SEEDS:
        text = types_module(random_plan(seed), path="specs/made.md")
        compile(text, f"{seed}.py", "exec")
        assert text == types_module(random_plan(seed), path="specs/made.md")


def test_a_type_checker_accepts_a_module_of_any_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mypy in strict mode finds nothing in them."""
    for seed in SEEDS[:15]:
        text = types_module(random_plan(seed), path="specs/made.md")
        (tmp_path / f"made_{seed}.py").write_text(text, "utf-8")
    assert mypy_errors(tmp_path, monkeypatch) == set()


def test_an_answer_is_of_the_type_that_is_promised() -> None:
    """What comes of a valid answer by decoding and mapping is of the type in the module."""
    judged = 0
    for seed in SEEDS:
        plan = random_plan(seed)
        for operation in plan.operations.values():
            catalogue = Catalogue()
            shape = ResultReader(plan, catalogue).data(operation)
            results = Results(operation)
            sampler = Sampler(operation.result.schema, recent_s=1_790_000_000.0)
            for number in range(6):
                try:
                    data = results.map_inbound(sampler.sample(str(number)))
                except (MappingError, Unsatisfiable):
                    continue
                judged += 1
                why = fits(shape, data, catalogue)
                assert not why, f"seed {seed}, {operation.id}: data{why}"
    assert judged > 300
