"""The workspace: where it is, what is in it, and what is never read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from intertie.spec import codes
from intertie.spec.loading import load
from intertie.spec.workspace import MAX_SPEC_BYTES, Unreadable, Workspace, find_workspace
from support.spec_text import DATA, FRONT_MATTER


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "specs" / "deep").mkdir(parents=True)
    (root / "intertie.toml").write_text("")
    (root / "specs" / "pay.md").write_text(FRONT_MATTER)
    (root / "specs" / "data.md").write_text("---\nid: DATA-1\ntype: Data\n---\n# D\n")
    (root / "specs" / "README.md").write_text("# Read me\n")
    (root / "specs" / "bare.md").write_text("# A draft without front matter\n")
    (root / "docs").mkdir()
    (root / "docs" / "map.md").write_text(
        "<!-- x -->\n---\nid: 'INT-2'  # two\ntype: Integration\nservice: maps\n---\n"
    )
    (root / "docs" / "other.md").write_text("# Prose\n")
    for hidden in (".git", "node_modules", "env2"):
        (root / hidden).mkdir()
        (root / hidden / "spec.md").write_text(FRONT_MATTER.replace("INT-001", "INT-9"))
    (root / "env2" / "pyvenv.cfg").write_text("")
    (tmp_path / "secret.md").write_text("secret")
    return root


def test_the_nearest_configuration_makes_the_workspace(root: Path):
    """The folder with `intertie.toml` above a spec is its workspace, else its own folder is."""
    assert find_workspace(root / "specs" / "pay.md").root == root
    assert find_workspace(root / "specs" / "deep").root == root
    assert find_workspace(root.parent / "secret.md").root == root.parent


def test_specs_are_found_and_other_files_are_not(root: Path):
    """Integration specs anywhere, drafts in `specs/`; no other documents, hidden folders or environments."""
    found = [path.relative_to(root).as_posix() for path in Workspace(root).spec_files()]
    assert found == ["docs/map.md", "specs/bare.md", "specs/pay.md"]


def test_specs_are_found_by_id_and_service(root: Path):
    """An id of any kind of spec, or the service of an integration, leads to its file."""
    workspace = Workspace(root)
    assert workspace.find_by_id("INT-2") == root / "docs" / "map.md"
    assert workspace.find_by_id("DATA-1") == root / "specs" / "data.md"
    assert workspace.find_by_id("maps") == root / "docs" / "map.md"
    assert workspace.find_by_id("INT-9") is None
    assert workspace.spec_ids() == ("INT-2", "INT-001")


@pytest.mark.parametrize(
    "reference",
    [
        "../secret.md",
        "specs/../../secret.md",
        "/etc/passwd",
        "specs/link.md",
        "folder/secret.md",
        "file:///etc/passwd",
        "a\0b",
    ],
)
def test_nothing_outside_the_root_is_read(root: Path, reference: str):
    """Dots, absolute paths, URLs and symbolic links never lead out."""
    (root / "specs" / "link.md").symlink_to(root.parent / "secret.md")
    (root / "folder").symlink_to(root.parent)
    with pytest.raises(Unreadable) as caught:
        Workspace(root).read_text(reference)
    assert caught.value.code is codes.REF_OUTSIDE


def test_a_url_is_refused_as_remote(root: Path):
    """Nothing is fetched."""
    with pytest.raises(Unreadable) as caught:
        Workspace(root).read_text("https://example.com/x.md")
    assert caught.value.code is codes.REF_REMOTE


def test_files_inside_are_read_by_any_path(root: Path):
    """Relative, absolute, and absolute from the root are all the same file."""
    workspace = Workspace(root)
    (root / "inside.md").symlink_to(root / "specs" / "pay.md")
    references = ("specs/pay.md", root / "specs" / "pay.md", "/specs/pay.md", "inside.md")
    assert {workspace.read_text(reference) for reference in references} == {FRONT_MATTER}
    assert workspace.read_text("pay.md", base=root / "specs") == FRONT_MATTER


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00x", codes.NOT_UTF8),
        (b"a\x00b", codes.NOT_UTF8),
        (b"x" * (MAX_SPEC_BYTES + 1), codes.FILE_TOO_LARGE),
    ],
    ids=["latin", "null", "large"],
)
def test_what_is_no_text_or_too_large_is_a_finding(root: Path, content: bytes, code: codes.Code):
    """A file that can't be a spec gives one finding and an empty spec."""
    path = root / "specs" / "bad.md"
    path.write_bytes(content)
    loaded = load(path)
    (found,) = loaded.diagnostics
    assert (found.code, found.span.path, found.span.line) == (code.code, "specs/bad.md", 1)
    assert (loaded.spec.endpoints, loaded.source) == ((), "")


def test_missing_files_folders_and_pipes_are_findings(root: Path):
    """What is no regular file is not opened."""
    os.mkfifo(root / "specs" / "pipe.md")
    for name in ("gone.md", "deep", "pipe.md"):
        (found,) = load(root / "specs" / name).diagnostics
        assert found.name == "file-unreadable"


def test_a_spec_outside_the_workspace_is_shown_by_its_own_path(root: Path):
    """A spec that lies elsewhere is read, and named as it was given."""
    path = root.parent / "elsewhere.md"
    path.write_text(FRONT_MATTER)
    assert load(path, Workspace(root)).spec.path == str(path)


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("/test-cases/TC-001.yaml", "test-cases/TC-001.yaml"), ("TC-001", "test-cases/TC-001.yaml"),
        ("/specs/test-cases/TC-001.yaml", "test-cases/TC-001.yaml"), ("TC-002", "specs/test-cases/TC-002-long.yaml"),
        ("/test-cases/TC-002.yaml", "specs/test-cases/TC-002-long.yaml"), ("TC-00", None), ("../../TC-001.yaml", None),
    ],
)  # fmt: skip
def test_cases_are_found_by_path_and_id(root: Path, reference: str, found: str | None):
    """A case is found from the root or below specs, by its path, its id, or its id with a name behind it."""
    for folder, name in (
        ("test-cases", "TC-001.yaml"),
        ("specs/test-cases", "TC-002-long.yaml"),
        ("test-cases", "TC-0010.yaml"),
    ):
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / name).write_text("")
    (root.parent / "TC-001.yaml").write_text("")
    path = Workspace(root).find_case(reference)
    if reference.startswith(".."):
        assert path is None or path.is_relative_to(root)
    else:
        assert (None if path is None else path.relative_to(root).as_posix()) == found


def test_a_file_that_many_specs_point_into_is_read_once(tmp_path: Path):
    """What was made of a file is remembered as long as the file is the same."""
    path = tmp_path / "x.json"
    path.write_text("{}")
    workspace, reads = Workspace(tmp_path), []
    for _ in range(3):
        workspace.remembered(path, lambda: reads.append(1))
    path.write_text('{"a": 1}')
    workspace.remembered(path, lambda: reads.append(1))
    assert len(reads) == 2


def test_the_example_workspace_is_one():
    """The data beside these tests is a workspace with one integration spec."""
    workspace = find_workspace(DATA / "specs" / "payments.md")
    assert workspace.root == DATA.resolve()
    assert workspace.find_by_id("stripe") == workspace.find_by_id("INT-001")


def test_a_link_out_of_the_workspace_is_no_file_of_it(tmp_path: Path):
    """What is found by walking is never read outside; a link that stays inside is a file like any other."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    (inside / "specs").mkdir(parents=True)
    outside.mkdir()
    text = "---\nid: INT-001\ntype: Integration\n---\n"
    (outside / "a.md").write_text(text)
    (inside / "b.txt").write_text(text.replace("001", "002"))
    (inside / "specs" / "out.md").symlink_to(outside / "a.md")
    (inside / "specs" / "in.md").symlink_to(inside / "b.txt")
    workspace = Workspace(inside)
    assert [path.name for path in workspace.spec_files()] == ["in.md"]
    assert workspace.find_by_id("INT-001") is None
