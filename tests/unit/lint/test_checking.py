"""Checking files of a workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.compiler import load_settings
from intertie.core.errors import UsageError
from intertie.diagnostics import Severity
from intertie.lint.checking import CheckResult, check_paths
from intertie.spec.template import template_text
from intertie.spec.workspace import Workspace
from support.rule_examples import BASE, TODAY


def check(folder: Path, *names: str, config: str = "") -> CheckResult:
    (folder / "intertie.toml").write_text(config)
    workspace = Workspace(folder)
    settings = load_settings(workspace.root, config=None, environ={}, flags={})
    return check_paths([folder / name for name in names], workspace, settings, today=TODAY)


def test_two_specs_of_one_id_name_each_other(tmp_path):
    """Each of two specs with one id is told where the other is, also when only one of them is checked."""
    (tmp_path / "a.md").write_text(BASE)
    (tmp_path / "b.md").write_text(BASE)
    (tmp_path / "other.md").write_text(BASE.replace("INT-900", "INT-901"))
    for name, other in (("a.md", "b.md"), ("b.md", "a.md")):
        (found,) = check(tmp_path, name).diagnostics
        assert (found.name, found.severity, str(found.span)) == ("duplicate-id", Severity.ERROR, f"{name}:2")
        assert [str(label.span) for label in found.related] == [f"{other}:2"]
    assert check(tmp_path, "other.md").diagnostics == ()


def test_the_unfilled_template_is_only_unfilled(tmp_path):
    """The founding template has no findings but what is not filled in, all infos while it is a draft."""
    (tmp_path / "t.md").write_text(template_text())
    found = check(tmp_path, "t.md").diagnostics
    assert {(finding.name, finding.severity) for finding in found} == {("unfilled", Severity.INFO)}


def test_a_half_filled_draft_has_no_error(tmp_path):
    """A draft with base URL, one endpoint's path and one of two mapping fields filled in is told only what is unfilled."""
    text = (
        template_text()
        .replace("[production_url]", "https://api.parcels.example")
        .replace("### [Endpoint Name]", "### Quote Parcel")
        .replace("$ref: '#/components/schemas/Error'", "type: object")
        .replace("path: [/path/to/endpoint]", "path: /quotes")
        .replace("  - external_field: [their_field_name]", "  - external_field: price")
        .replace(
            "external_code: [their_error_code]\n    internal_code: [our_error_code]",
            "external_code: [their_error_code]\n    internal_code: DOWN",
        )
    )
    (tmp_path / "t.md").write_text(text)
    found = check(tmp_path, "t.md").diagnostics
    assert {finding.name for finding in found} == {"unfilled"}


def test_every_environment_is_judged(tmp_path):
    """A wrong URL is found in whichever environment it stands, each once."""
    text = BASE.replace(
        "  base_url: https://api.parcels.example\n",
        "  base_url: https://api.parcels.example\n  environments:\n    staging: http://staging.parcels.example\n    qa: nowhere\n",
    )
    (tmp_path / "a.md").write_text(text)
    found = check(tmp_path, "a.md").diagnostics
    assert [(finding.name, finding.span.line) for finding in found] == [("plain-http", 19), ("invalid-base-url", 20)]


def test_lint_table_selects_and_raises(tmp_path):
    """`[lint]` in intertie.toml leaves out rules and changes severities; a rule that is not there is the user's mistake."""
    (tmp_path / "a.md").write_text(
        BASE.replace("read: 2000", "read: 10000").replace("max_attempts: 3", "max_attempts: 5")
    )
    assert [f.name for f in check(tmp_path, "a.md").diagnostics] == [
        "timeout-leaves-no-retry",
        "one-call-opens-breaker",
    ]
    config = '[lint]\nignore = ["TIE202"]\nseverity = {one-call-opens-breaker = "error"}\n'
    (found,) = check(tmp_path, "a.md", config=config).diagnostics
    assert (found.name, found.severity) == ("one-call-opens-breaker", Severity.ERROR)
    with pytest.raises(UsageError, match="there is no rule"):
        check(tmp_path, "a.md", config='[lint]\nignore = ["TIE299"]\n')


def test_unknown_settings_are_told_with_the_specs(tmp_path):
    """A key of intertie.toml that nothing reads is a finding in that file."""
    (tmp_path / "a.md").write_text(BASE)
    (found,) = check(tmp_path, "a.md", config='enviroment = "staging"\n').diagnostics
    assert (found.name, str(found.span)) == ("unknown-setting", "intertie.toml:1")


def test_unreadable_files_are_told_and_the_others_checked(tmp_path):
    """A file that is not UTF-8 has one finding; the next file is checked as ever."""
    (tmp_path / "a.md").write_bytes(b"---\nid: INT-001\n---\n# caf\xe9\n")
    (tmp_path / "b.md").write_text(BASE)
    result = check(tmp_path, "a.md", "b.md")
    assert [(finding.name, finding.span.path) for finding in result.diagnostics] == [("not-utf8", "a.md")]
    assert result.files == ("a.md", "b.md")


def test_an_empty_file_lacks_its_front_matter(tmp_path):
    """Of an empty file it is said that it has no front matter, and nothing more."""
    (tmp_path / "a.md").write_text("")
    assert [finding.name for finding in check(tmp_path, "a.md").diagnostics] == ["no-front-matter"]


def test_tries_behind_tries_are_multiplied(tmp_path):
    """Where a service of ours that retries is among the users of a spec that retries, the product is told."""
    (tmp_path / "user.md").write_text(
        BASE.replace("INT-900", "INT-901")
        .replace("service: parcel-rates", "service: checkout")
        .replace("name: parcel-rates", "name: checkout")
    )
    spec = BASE.replace("service: parcel-rates\n---", "service: parcel-rates\nrelated: [INT-901]\n---")
    (tmp_path / "spec.md").write_text(f"{spec}\n## Dependencies\n- **Internal Services**: checkout, finance\n")
    (found,) = check(tmp_path, "spec.md").diagnostics
    assert found.name == "nested-retries"
    assert "3 x 3 = 9 calls" in found.message
    assert [str(label.span) for label in found.related] == ["user.md:45"]
    (tmp_path / "spec.md").write_text(f"{spec}\n## Dependencies\n- **Internal Services**: finance\n")
    assert check(tmp_path, "spec.md").diagnostics == ()


def test_a_case_of_another_spec_is_told(tmp_path):
    """A case that calls nothing of this spec's shows nothing of it."""
    (tmp_path / "test-cases").mkdir()
    (tmp_path / "test-cases/TC-001.yaml").write_text("id: TC-001\nsteps:\n  - step: 1\n    call: quote_parcel\n")
    (tmp_path / "test-cases/TC-002.yaml").write_text("id: TC-002\nsteps:\n  - step: 1\n    call: read_weather\n")
    cases = (
        "\n## Validation Cases\n### Test Cases\n- /test-cases/TC-001.yaml: One\n- /test-cases/TC-002.yaml: Another\n"
    )
    (tmp_path / "spec.md").write_text(BASE + cases)
    (found,) = check(tmp_path, "spec.md").diagnostics
    assert (found.name, found.message) == (
        "case-of-other-spec",
        "the case calls `read_weather`, which this spec does not have",
    )


def test_endpoints_that_no_case_calls_are_named(tmp_path):
    """Of the cases that are there, also through a scenario, those operations count that a step calls."""
    (tmp_path / "test-cases").mkdir()
    (tmp_path / "scenario-cases").mkdir()
    (tmp_path / "test-cases/TC-001.yaml").write_text("id: TC-001\nsteps:\n  - step: 1\n    call: quote_parcel\n")
    (tmp_path / "scenario-cases/SC-001.yaml").write_text("id: SC-001\ntest_cases: [/test-cases/TC-001.yaml]\n")
    second = (
        BASE[BASE.index("### Quote Parcel") :].replace("Quote Parcel", "Track Parcel").replace("/quotes", "/tracks")
    )
    cases = "\n## Validation Cases\n### Scenario Cases\n- /scenario-cases/SC-001.yaml: A quote\n"
    (tmp_path / "spec.md").write_text(BASE + second + cases)
    (found,) = check(tmp_path, "spec.md").diagnostics
    assert found.name == "endpoint-without-case"
    assert found.message == "no case calls `track_parcel`; cases call 1 of 2 endpoints"
