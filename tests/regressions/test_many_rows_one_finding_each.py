"""A spec with thousands of the same mistake was judged for minutes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from intertie.compiler import load_settings
from intertie.lint.checking import check_paths
from intertie.spec.source import MOST_OF_A_KIND
from intertie.spec.workspace import Workspace
from support.spec_text import FRONT_MATTER, section

ROWS = 6_000


def test_thousands_of_rows_with_a_mistake_end_in_a_thousand_findings_of_a_kind(tmp_path: Path) -> None:
    """Each row's place is looked up once for all, and a rule that finds too much is not asked on."""
    (tmp_path / "intertie.toml").write_text("")
    rows = "{external_code: 404, acton: retry}, " * ROWS
    path = tmp_path / "many.md"
    path.write_text(FRONT_MATTER + section("Error Handling", f"error_mapping: [{rows}]"))
    settings = load_settings(tmp_path, config=None, environ={}, flags={})
    result = check_paths([path], Workspace(tmp_path), settings, today=date(2026, 11, 24))
    kinds = Counter(finding.name for finding in result.diagnostics)
    assert kinds["duplicate-error-code"] == MOST_OF_A_KIND
    assert max(kinds.values()) <= MOST_OF_A_KIND + 1
