"""`intertie diff`, on files and on git revisions."""

from __future__ import annotations

import json
import shutil

import pytest

from intertie.cli.main import run
from support.compared import RICH, edited
from support.git_repository import GitRepository

BREAKS = edited(RICH, ("id: INT-007", "id: INT-008"))
SAFE = edited(RICH, ("v1: 2027-06-30", "v1: 2028-06-30"))


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.delenv("INTERTIE_ENVIRONMENT", raising=False)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    made = GitRepository(tmp_path / "shop")
    monkeypatch.chdir(made.folder)
    made.write("intertie.toml", "")
    return made


def diff(capsys, *arguments):
    capsys.readouterr()
    status = run(["diff", *map(str, arguments)])
    out = capsys.readouterr()
    return status, out.out, out.err


def test_two_files(tmp_path, capsys):
    """Two files are compared where they are; a breaking change is exit status 1, others are 0."""
    old, new, safe = tmp_path / "old.md", tmp_path / "new.md", tmp_path / "safe.md"
    old.write_text(RICH), new.write_text(BREAKS), safe.write_text(SAFE)
    status, out, _ = diff(capsys, old, new)
    assert status == 1
    assert "breaking[id] id\n  INT-007 → INT-008\n" in out
    assert "old.md:2:5 → new.md:2:5" in out
    status, out, _ = diff(capsys, old, safe)
    assert status == 0
    assert out.endswith("Parcel Rates (INT-007): 1 safe\n")
    assert diff(capsys, old, old) == (0, "Parcel Rates (INT-007): no changes that matter\n", "")


def test_the_document(tmp_path, capsys):
    """JSON has each change with both places, and the totals; findings of a broken version stand beside them."""
    old, new, broken = tmp_path / "old.md", tmp_path / "new.md", tmp_path / "broken.md"
    old.write_text(RICH), new.write_text(BREAKS)
    broken.write_text(edited(RICH, ("strategy: queue", "strategy: hope")))
    status, out, err = diff(capsys, old, new, "--format", "json")
    document = json.loads(out)
    assert (status, err) == (1, "")
    assert document["summary"] == {"breaking": 1, "risky": 0, "safe": 0}
    assert document["diagnostics"] == []
    assert document["changes"][0] == {
        "kind": "id", "impact": "breaking", "subject": "id", "operations": [], "old": "INT-007", "new": "INT-008",
        "reason": document["changes"][0]["reason"],
        "old_place": {"revision": None, "path": "old.md", "line": 2, "column": 5, "end_line": 2, "end_column": 12},
        "new_place": {"revision": None, "path": "new.md", "line": 2, "column": 5, "end_line": 2, "end_column": 12},
    }  # fmt: skip
    status, out, _ = diff(capsys, old, broken, "--format", "json")
    document = json.loads(out)
    assert status == 1
    assert document["changes"] == []
    assert [(each["path"], each["code"]) for each in document["diagnostics"]] == [("broken.md", "TIE016")]
    status, out, err = diff(capsys, old, broken)
    assert (status, out) == (1, "")
    assert "The working tree has errors" in err
    assert "`hope`" in err


def test_revisions_with_a_path(repository, capsys):
    """Two revisions and a path, or an id, compare the file in both; the working tree is not looked at."""
    file = repository.write("specs/parcels.md", RICH)
    repository.commit("one")
    file.write_text(BREAKS)
    repository.commit("two")
    file.write_text("nothing")
    for named in ("specs/parcels.md", file):
        status, out, _ = diff(capsys, "HEAD~1", "HEAD", named)
        assert status == 1
        assert "--> HEAD~1:specs/parcels.md:2:5 → HEAD:specs/parcels.md:2:5" in out


def test_a_file_of_a_revision_against_the_working_tree(repository, capsys, monkeypatch):
    """`main:path` is the file as it was there; paths are those of the folder one is in."""
    file = repository.write("specs/parcels.md", RICH)
    repository.commit("one")
    file.write_text(SAFE)
    status, out, _ = diff(capsys, "main:specs/parcels.md", "specs/parcels.md")
    assert status == 0
    assert "--> main:specs/parcels.md:" in out
    monkeypatch.chdir(repository.folder / "specs")
    assert diff(capsys, "main:parcels.md", "parcels.md")[0] == 0
    assert diff(capsys, "main", "parcels.md") == diff(capsys, "main:parcels.md", "parcels.md")
    assert diff(capsys, "parcels.md", "main")[1].endswith("1 risky\n")
    assert diff(capsys, "main", "main", "INT-007")[:2] == (0, "Parcel Rates (INT-007): no changes that matter\n")


def test_two_revisions_compare_the_workspace(repository, capsys):
    """Without a path all specs are compared; one that is gone breaks, one that is new does not."""
    repository.write("specs/parcels.md", RICH)
    repository.write("specs/gone.md", edited(RICH, ("id: INT-007", "id: INT-001")))
    repository.commit("one")
    (repository.folder / "specs/gone.md").unlink()
    repository.write("specs/made.md", edited(RICH, ("id: INT-007", "id: INT-002")))
    repository.commit("two")
    status, out, _ = diff(capsys, "main~1", "main", "--format", "json")
    kinds = {each["kind"]: each["impact"] for each in json.loads(out)["changes"]}
    assert status == 1
    assert kinds == {"spec-removed": "breaking", "spec-added": "safe"}


def test_what_a_spec_refers_to_is_read_from_its_revision(repository, capsys):
    """A schema in another file is the one of the revision, not that of today."""
    with_file = edited(
        RICH, ("      $ref: '#/components/schemas/Quote'\n  errors", "      $ref: './quote.yaml#/Quote'\n  errors")
    )
    repository.write("specs/parcels.md", with_file)
    schema = repository.write(
        "specs/quote.yaml", "Quote: {type: object, required: [price], properties: {price: {type: integer}}}\n"
    )
    repository.commit("one")
    schema.write_text("Quote: {type: object, properties: {price: {type: integer}}}\n")
    repository.commit("two")
    schema.unlink()
    status, out, _ = diff(capsys, "HEAD~1", "HEAD", "specs/parcels.md")
    assert status == 1
    assert "breaking[answer-optional] quote_parcel: answer, price" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing", "HEAD"), "`nothing` is no file, no spec of the workspace, and no revision"),
        (("HEAD~9", "HEAD", "specs/parcels.md"), "there is no revision `HEAD~9`"),
        (("--", "-x", "HEAD", "specs/parcels.md"), "there is no revision `-x`"),
        (("HEAD", "HEAD", "specs/none.md"), "there is no file specs/none.md in HEAD"),
        (("HEAD:specs/none.md", "specs/parcels.md"), None),
        (("specs/parcels.md", "specs/none.md"), "there is no file, spec or revision `specs/none.md`"),
    ],
)
def test_wrong_usage(repository, capsys, arguments, says):
    """What is not there is one clear message and exit status 2; a spec that was not there yet is new."""
    repository.write("specs/parcels.md", RICH)
    repository.commit("one")
    status, out, err = diff(capsys, *arguments)
    assert status == (2 if says else 0)
    assert says in err if says else "safe[spec-added]" in out
    assert "Traceback" not in err


def test_no_repository(tmp_path, monkeypatch, capsys):
    """Outside of a repository there are no revisions, and it says so."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "a.md").write_text(RICH)
    status, _, err = diff(capsys, "main:a.md", "a.md")
    assert status == 2
    assert err == f"Error: {tmp_path.resolve()} is not in a git repository, so it has no revisions to compare\n"


def test_no_git(tmp_path, monkeypatch, capsys):
    """Without git two files can still be compared, and it says so."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    status, _, err = diff(capsys, "main:a.md", "a.md")
    assert status == 2
    assert err == "Error: git is not installed, so there are no revisions to compare: name two files\n"


def test_a_link_in_a_revision_leads_nowhere(repository, capsys, tmp_path):
    """What a revision holds is files alone: a link to the outside is not followed."""
    (tmp_path / "secret.yaml").write_text("Quote: {type: integer}\n")
    (repository.folder / "specs").mkdir()
    (repository.folder / "specs/quote.yaml").symlink_to(tmp_path / "secret.yaml")
    repository.write(
        "specs/parcels.md",
        edited(
            RICH, ("      $ref: '#/components/schemas/Quote'\n  errors", "      $ref: './quote.yaml#/Quote'\n  errors")
        ),
    )
    repository.commit("one")
    status, _, err = diff(capsys, "HEAD", "HEAD", "specs/parcels.md")
    assert status == 1
    assert "quote.yaml" in err


def test_environments(tmp_path, capsys):
    """`--env` plans both for one environment; one that only a version has is wrong usage."""
    old, new = tmp_path / "old.md", tmp_path / "new.md"
    old.write_text(RICH), new.write_text(edited(RICH, ("staging: https", "quality: https")))
    assert diff(capsys, old, old, "--env", "staging")[0] == 0
    status, _, err = diff(capsys, old, new, "--env", "staging")
    assert status == 2
    assert "unknown environment `staging`" in err


def test_secrets_are_masked(tmp_path, capsys):
    """What looks like a credential is dots in every form."""
    old, new = tmp_path / "old.md", tmp_path / "new.md"
    key = "sk_" + "live_0123456789abcdef"
    old.write_text(RICH), new.write_text(edited(RICH, ("value: logistics", f"value: {key}")))
    for form in ("text", "json", "markdown"):
        status, out, err = diff(capsys, old, new, "--format", form)
        assert "0123456789abcdef" not in out + err
        assert "••••" in out + err, (status, out, err)
