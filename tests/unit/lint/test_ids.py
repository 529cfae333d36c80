"""Ids of a workspace."""

from __future__ import annotations

import os

from intertie.diagnostics import SourceSpan
from intertie.lint.ids import ids_of, misspelt_specs, other_type
from intertie.spec.workspace import Workspace


def test_ids_are_found_with_their_places(tmp_path):
    """Quotes, comments, CRLF and a byte order mark don't hide an id; placeholders, prose and missing files give none."""
    texts = {
        "a.md": "---\nid: INT-001  # first\ntype: Integration\n---\n",
        "b.md": "\ufeff---\r\ntype: Integration\r\nid: 'INT-001'\r\n---\r\n",
        "c.md": "---\nid: INT-[XXX]\n---\n",
        "d.md": "# no front matter\nid: INT-009\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode())
    files = [tmp_path / name for name in (*texts, "gone.md")]
    found = ids_of(files, Workspace(tmp_path))
    assert {name: tuple(place.span for place in places) for name, places in found.items()} == {
        "INT-001": (SourceSpan("a.md", 2, 5, 2, 12), SourceSpan("b.md", 3, 6, 3, 13)),
    }


def test_types_of_other_documents(tmp_path):
    """Another type is told, a misspelt one is a spec's, and a pipe is not waited for."""
    for name, kind in {"data": "Data", "spec": "integration", "typo": "Integartion", "none": ""}.items():
        (tmp_path / name).write_text(f"---\nid: X-1\n{f'type: {kind}' if kind else ''}\n---\n")
    os.mkfifo(tmp_path / "pipe")
    files = [tmp_path / name for name in ("data", "spec", "typo", "none", "pipe", "gone")]
    assert [other_type(file) for file in files] == ["Data", None, None, None, None, None]
    assert list(misspelt_specs(files)) == [tmp_path / "typo"]
