from __future__ import annotations

import random
from pathlib import Path

from intertie.cli.plan_text import plan_text
from intertie.compiler import compile_spec, plan_json
from intertie.compiler.settings import Settings
from support.broken_models import full_model, mutated
from support.spec_builder import PATH, compiled


def test_no_broken_spec_crashes_the_compiler():
    """Whatever nonsense its fields hold, a spec gives a plan that can be shown, or findings with a place; never a bug."""
    whole = full_model()
    assert compiled(whole).plan is not None
    rng = random.Random(20261124)
    settings = Settings(Path("/nowhere"))
    plans = 0
    for round_ in range(600):
        broken = mutated(whole, rng, rate=rng.choice((0.01, 0.05, 0.2)))
        result = compile_spec(broken, settings=settings)
        assert all(finding.span.path == PATH and finding.span.line >= 1 for finding in result.diagnostics), round_
        assert not [f.message for f in result.diagnostics if f.name == "compiler-bug"], round_
        if result.plan is not None:
            plans += 1
            plan_text(result.plan)
            plan_json(result.plan)
    assert plans > 50
