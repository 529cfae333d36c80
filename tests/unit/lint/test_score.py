"""How complete a spec is."""

from __future__ import annotations

import json

import pytest

from intertie.cli.main import run
from intertie.lint.score import SECTIONS, WHERE_NEEDED, score, score_json
from intertie.spec.fields import declared_fields
from intertie.spec.loading import load_text
from intertie.spec.template import template_text
from intertie.spec.workspace import Workspace
from support.compared import RICH, edited


def scored(text, folder):
    return score(load_text(text, folder / "a.md", Workspace(folder)).spec)


def test_the_template_is_empty(tmp_path):
    """Placeholders are not filled: of the template nothing is but its type, its status and its metrics."""
    found = scored(template_text(), tmp_path)
    assert found.ratio < 0.05
    assert {each.section for each in found.sections if each.ratio} == {
        "Front matter", "Monitoring & Observability",
    }  # fmt: skip
    assert len(found.sections) == len(SECTIONS) == 20


def test_a_section_is_the_share_of_its_fields(tmp_path):
    """Each field of a section counts once, and those that are missing are named."""
    found = {each.section: each for each in scored(RICH, tmp_path).sections}
    sla = found["SLA Requirements"]
    assert (sla.ratio, sla.missing) == (0.5, ("sla.response_time", "sla.support_hours"))
    assert found["Circuit Breaker"].ratio == pytest.approx(4 / 5)
    assert found["Circuit Breaker"].missing == ("circuit_breaker.enabled",)
    assert found["Data Mappings"].ratio == 1.0


def test_the_whole_is_the_weighted_mean(tmp_path):
    """The sections that calls need count double."""
    found = scored(RICH, tmp_path)
    weights = sum(each.weight for each in found.sections)
    assert found.ratio == pytest.approx(sum(each.ratio * each.weight for each in found.sections) / weights)
    assert {each.section for each in found.sections if each.weight == 2} == {
        "Service Configuration", "API Endpoints", "Error Handling",
    }  # fmt: skip


def test_filling_a_field_never_lowers_the_score(tmp_path):
    """What counts only where it is filled can't make a spec look worse."""
    less = edited(
        RICH,
        ("    - {name: X-Team, value: logistics}\n", ""),
        ("budget: {monthly_limit: 100, alert_at: 80%, hard_stop: true}", ""),
    )
    assert scored(less, tmp_path).ratio < scored(RICH, tmp_path).ratio


def test_what_counts_where_it_is_needed_is_there():
    """Every field that may be left out is a field of the template."""
    blocks = {attribute: of for _, _, parts in SECTIONS for attribute, of in parts if of is not None}
    for path in WHERE_NEEDED:
        first, *rest = path.split(".")
        of = blocks[first]
        for key in rest:
            _, info = declared_fields(of)[key]
            of = info.block or of


def test_the_command(tmp_path, monkeypatch, capsys):
    """`check --score` shows a table, or one document; other forms are wrong usage."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text(RICH)
    assert run(["check", "--score", "a.md"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("a.md: ")
    assert "  SLA Requirements              50%  sla.response_time, sla.support_hours\n" in out
    assert run(["check", "--score", "--format", "json", "a.md"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document == score_json([scored(RICH, tmp_path)])
    assert run(["check", "--score", "--format", "sarif", "a.md"]) == 2
    assert "--score has no format `sarif`" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["sarif", "github", "gitlab", "junit"])
def test_reports_name_paths_from_where_the_command_runs(form, tmp_path, monkeypatch, capsys):
    """A workspace in a folder of the build is named with that folder; errors are exit status 1."""
    (tmp_path / "shop" / "specs").mkdir(parents=True)
    (tmp_path / "shop" / "intertie.toml").write_text("")
    (tmp_path / "shop" / "specs" / "a.md").write_text(edited(RICH, ("strategy: queue", "strategy: hope")))
    monkeypatch.chdir(tmp_path)
    assert run(["check", "--format", form, "shop"]) == 1
    captured = capsys.readouterr()
    assert "shop/specs/a.md" in captured.out
    assert "hope" in captured.out
    assert captured.err.startswith("2 errors")
