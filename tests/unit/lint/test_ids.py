"""Ids of a workspace."""

from __future__ import annotations

from intertie.diagnostics import SourceSpan
from intertie.lint.ids import ids_of
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
    assert ids_of(files, Workspace(tmp_path)) == {
        "INT-001": (SourceSpan("a.md", 2, 5, 2, 12), SourceSpan("b.md", 3, 6, 3, 13)),
    }
