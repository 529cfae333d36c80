"""The plan of the payments spec, in text and JSON. `UPDATE_GOLDEN=1` rewrites the files; the review reads the difference."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from intertie.cli.plan_text import plan_text
from intertie.compiler import Settings, compile_spec, plan_json
from intertie.spec.loading import load
from intertie.spec.workspace import Workspace

HERE = Path(__file__).parent
DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def plan():
    loaded = load(DATA / "specs" / "payments.md", Workspace(DATA))
    assert loaded.diagnostics == ()
    compiled = compile_spec(loaded.spec, settings=Settings(HERE))
    assert compiled.diagnostics == ()
    return compiled.plan


def _is_golden(name: str, text: str) -> None:
    file = HERE / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def test_the_text_of_all_operations(plan):
    """Every operation's stages, what they amount to, and what is not enforced."""
    _is_golden("payments.txt", plan_text(plan))


def test_the_text_of_one_operation(plan):
    """One operation asked for by id."""
    _is_golden("payments-get-charge.txt", plan_text(plan, "get_charge"))


def test_the_document(plan):
    """The JSON document that scripts read."""
    _is_golden("payments.json", json.dumps(plan_json(plan), indent=1, ensure_ascii=False) + "\n")
