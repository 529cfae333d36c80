"""Import every API description below some folders, check and compile what comes out, and count what is lost.

    python tests/sweeps/import_sweep.py FOLDER… [--only N] [--below BYTES] [--markdown FILE]

Exits 1 where a description becomes a spec with an error, or where an import fails other than by a sentence.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec

from intertie.compiler import load_settings
from intertie.core.errors import UsageError
from intertie.diagnostics import Severity
from intertie.importers import Request, Selection, import_again, import_new
from intertie.importers.losses import counts_by_kind
from intertie.importers.openapi3 import tags_with_counts
from intertie.lint.checking import Checker
from intertie.spec.draft import Draft
from intertie.spec.workspace import Workspace

SUFFIXES = (".json", ".yaml", ".yml", ".har")


def say(line: str) -> None:
    """Tell the person who waits."""
    sys.stderr.write(line + "\n")


def documents(folder: Path, below: int, only: int | None) -> list[Path]:
    """Return the documents of a folder in a fixed order; `only` of them are spread over it evenly."""
    if folder.is_file():
        return [folder]
    found = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.stat().st_size < below)
    if only is None or len(found) <= only:
        return found
    return [found[number * len(found) // only] for number in range(only)]


def main() -> int:
    """Run the sweep."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--only", type=int)
    parser.add_argument("--below", type=int, default=1_000_000)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    failed = 0
    rows: list[tuple[str, Counter[str], Counter[str]]] = []
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace(Path(scratch))
        (workspace.root / "intertie.toml").write_text("")
        (workspace.root / "specs").mkdir()
        settings = load_settings(workspace.root, config=None, environ={}, flags={})
        for folder in options.folders:
            losses: Counter[str] = Counter()
            totals: Counter[str] = Counter()
            for path in documents(folder, options.below, options.only):
                failed += one(path, workspace, settings, losses, totals)
            rows.append((folder.name, totals, losses))
    table = markdown(rows)
    sys.stdout.write(table)
    if options.markdown:
        options.markdown.write_text(table)
    return 1 if failed else 0


def one(
    path: Path,
    workspace: Workspace,
    settings: object,
    losses: Counter[str],
    totals: Counter[str],
    selection: Selection | None = None,
) -> int:
    """Import one document, in parts where it is too large for one spec; return 1 where what came out is not sound."""
    if selection is None:
        totals["documents"] += 1
    target = workspace.root / "specs" / "swept.md"
    start = time.perf_counter()
    try:
        request = Request(str(path), Draft("INT-900", "Swept", "swept"), target, selection=selection)
        imported = import_new(request)
    except UsageError as refusal:
        tags = tags_with_counts(msgspec.json.decode(path.read_bytes())) if path.suffix == ".json" else {}
        if "more than one spec holds" in str(refusal) and selection is None and tags:
            parts = (Selection(tags=(tag,)) for tag in tags)
            return sum(one(path, workspace, settings, losses, totals, part) for part in parts)
        totals["refused"] += 1
        say(f"refused {path.name}: {refusal}")
        return 0
    except Exception:  # noqa: BLE001  # the sweep goes on, and says where it was
        say(f"BUG {path}")
        say(traceback.format_exc())
        return 1
    taken = time.perf_counter() - start
    losses.update(counts_by_kind(imported.losses))
    totals["operations"] += len(imported.operations)
    totals["guesses"] += len(imported.guesses)
    again = import_again(request, imported.text)
    if again.text != imported.text or again.changes:
        say(f"UNSTABLE {path}: {again.changes[:3]}")
        return 1
    checker = Checker([target], workspace, settings, today=date(2025, 1, 1))
    checked = checker.text(target, imported.text)
    errors = [found for found in checked.found if found.severity is Severity.ERROR]
    for found in errors[:4]:
        say(f"ERROR {path}: {found.code} {found.span.line}: {found.message}")
        say("      " + imported.text.splitlines()[found.span.line - 1][:150])
    totals["warnings"] += sum(found.severity is Severity.WARNING for found in checked.found)
    if taken > 5:
        say(f"slow {path.name}: {taken:.1f} s")
    return 1 if errors else 0


def markdown(rows: list[tuple[str, Counter[str], Counter[str]]]) -> str:
    """Return the counts as a Markdown table: one column a set of documents."""
    names = [name for name, _, _ in rows]
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}"]
    lines += [
        f"| {what} | {' | '.join(str(totals[what]) for _, totals, _ in rows)} |"
        for what in ("documents", "refused", "operations", "guesses")
    ]
    lines += [
        f"| `{kind}` | {' | '.join(str(losses[kind] or '') for _, _, losses in rows)} |"
        for kind in sorted({kind for _, _, losses in rows for kind in losses})
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
