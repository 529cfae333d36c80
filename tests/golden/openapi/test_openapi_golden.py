"""The OpenAPI description of the payments spec. `UPDATE_GOLDEN=1` rewrites it; the review reads the difference."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from intertie.cli.main import cli
from support.openapi_shape import faults

HERE = Path(__file__).parent
SPEC = Path(__file__).parents[2] / "data" / "specs" / "payments.md"


@pytest.mark.parametrize("name", ["payments.json", "payments.yaml"])
def test_the_description_of_a_spec_is_always_the_same(name: str, tmp_path: Path) -> None:
    """One spec gives one text, in JSON and in YAML."""
    made = tmp_path / name
    result = CliRunner().invoke(cli, ["generate", str(SPEC), "--target", "openapi", "--output", str(made)])
    assert result.exit_code == 0, result.output
    text = made.read_text("utf-8")
    golden = HERE / name
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_yaml_says_the_same_as_json() -> None:
    """A reader of YAML 1.1 finds in the YAML what stands in the JSON."""
    document = json.loads((HERE / "payments.json").read_text("utf-8"))
    assert yaml.safe_load((HERE / "payments.yaml").read_text("utf-8")) == document


def test_the_description_has_the_shape_of_openapi_3_1() -> None:
    """The golden document breaks no rule of OpenAPI 3.1."""
    assert faults(json.loads((HERE / "payments.json").read_text("utf-8"))) == []


def test_a_validator_of_others_agrees() -> None:
    """openapi-spec-validator finds the golden document valid."""
    validator = pytest.importorskip("openapi_spec_validator", reason="openapi-spec-validator is not installed")
    validator.validate(json.loads((HERE / "payments.json").read_text("utf-8")))
