"""Import API descriptions that others published, judge what comes out, and write down what each of them lost.

    python tests/sweeps/import_sweep.py NAME=FOLDER… [--only N] [--jobs N] [--markdown FILE] [--summary FILE]

Of a folder that holds more than N documents one is taken of each provider (its first folder, or its file), and of those N,
spread evenly. Every document is imported by itself into an empty workspace in which it lies. What comes out must check without an
error, have a plan of every operation, be left as it is by a second import, and be stable under import → export → import.
Exits 1 where one is not.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

from losses_page import Row, documents_page, summary_table
from msgspec import Struct

from intertie.compiler import compile_spec, load_settings
from intertie.compiler.compile import Compiled
from intertie.core.errors import UsageError
from intertie.diagnostics import Severity
from intertie.generators.openapi import openapi_document, openapi_text
from intertie.importers import Imported, Request, import_again, import_new
from intertie.importers.losses import counts_by_kind
from intertie.importers.merging.record import without_record
from intertie.lint.checking import Checker
from intertie.spec.draft import Draft
from intertie.spec.loading import load_text
from intertie.spec.workspace import Workspace

SUFFIXES = (".json", ".yaml", ".yml", ".har")
SLOW_S = 20


def say(line: str) -> None:
    """Tell the person who waits."""
    sys.stderr.write(line + "\n")


def documents(folder: Path, only: int | None) -> list[Path]:
    """Return the documents of a folder, the same ones each time."""
    if folder.is_file():
        return [folder]
    # The same document in two notations is one.
    by_stem: dict[Path, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.name not in ("package.json", "tsconfig.json"):
            by_stem.setdefault(Path(str(path.with_suffix("")).replace("/yaml/", "/json/")), path)
    found = sorted(by_stem.values())
    if only is None or len(found) <= only:
        return found
    providers: dict[str, list[Path]] = defaultdict(list)
    for path in found:
        providers[path.relative_to(folder).parts[0].removesuffix(path.suffix)].append(path)
    one_each = [paths[len(paths) // 2] for _, paths in sorted(providers.items())]
    return [one_each[number * len(one_each) // only] for number in range(min(only, len(one_each)))]


class _Sweep:
    """One document in a workspace of its own."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path = path
        self.workspace = Workspace(root)
        self.root = self.workspace.root
        (self.root / "intertie.toml").write_text("")
        (self.root / "specs").mkdir()
        self.target = self.root / "specs" / "swept.md"
        self.settings = load_settings(self.root, config=None, environ={}, flags={})
        self.faults: list[str] = []

    def imported(self, source: Path, schemas: str | None = None) -> Imported:
        made = import_new(Request(str(source), Draft("INT-900", "Swept", "swept"), self.target, schemas=schemas))
        if made.schemas_file is not None:
            made.schemas_file.path.write_text(made.schemas_file.text, "utf-8")
        return made

    def compiled(self, text: str) -> Compiled:
        spec = load_text(text, self.target, self.workspace).spec
        return compile_spec(spec, settings=self.settings, base_url="http://127.0.0.1")

    def exported(self, text: str, name: str) -> Path | None:
        """Return the OpenAPI file of a spec, None where it has no plan."""
        plan = self.compiled(text).plan
        if plan is None:
            self.faults.append(f"{name}: no plan")
            return None
        document = openapi_document(load_text(text, self.target, self.workspace).spec, plan)
        path = self.root / name
        path.write_text(openapi_text(document, as_yaml=False), "utf-8")
        return path

    def run(self) -> Imported:
        source = self.root / self.path.name
        shutil.copyfile(self.path, source)
        made = self.imported(source)
        self._is_left_alone(made, source)
        self._has_no_error(made, "import")
        plan = self.compiled(made.text).plan
        if plan is None or len(plan.operations) != len(made.operations):
            self.faults.append(f"{len(made.operations)} operations, planned: {len(plan.operations) if plan else 0}")
        self._goes_and_comes(made)
        return made

    def _is_left_alone(self, made: Imported, source: Path) -> None:
        again = import_again(Request(str(source), Draft("INT-900", "Swept", "swept"), self.target), made.text)
        if again.text != made.text or again.changes:
            self.faults.append(f"the second import changed {again.changes[:3]}")

    def _has_no_error(self, made: Imported, when: str) -> None:
        found = Checker([self.target], self.workspace, self.settings, today=date(2025, 1, 1)).text(
            self.target, made.text
        )
        for each in [found for found in found.found if found.severity is Severity.ERROR][:4]:
            line = made.text.splitlines()[each.span.line - 1].strip()[:120]
            self.faults.append(f"{when}: {each.code} {each.span.line}: {each.message[:200]} | {line}")

    def _goes_and_comes(self, made: Imported) -> None:
        """Export, import, export, import: the same operations, and the same text from the first export on."""
        first = self.exported(made.text, "again.json")
        if first is None:
            return
        # What is referred to is named at the first export: texts are compared where the schemas stand in them.
        schemas = "inline" if made.note is None else "ref"
        second = self.imported(first, schemas)
        self._has_no_error(second, "import of the export")
        asked = [(each.method, each.path) for each in made.description.operations]
        if set(asked) != {(each.method, each.path) for each in second.description.operations}:
            self.faults.append("the export has other operations")
        following = self.exported(second.text, "again.json")
        if following is not None:
            third = self.imported(following, schemas)
            if schemas == "inline" and _normal(third) != _normal(second):
                self.faults.append("export and import once more give another text")


def _normal(imported: Imported) -> str:
    return without_record(imported.text)


class Result(Struct, frozen=True):
    """What came of one document."""

    row: Row
    faults: tuple[str, ...]


def swept(path: Path, shown: str) -> Result:
    """Import one document and judge it."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        sweep = _Sweep(path, Path(scratch))
        try:
            made = sweep.run()
        except UsageError as refusal:
            return Result(Row(shown, refused=str(refusal)), ())
        except Exception:  # noqa: BLE001  # the sweep goes on, and says where it was
            return Result(Row(shown), (traceback.format_exc(),))
    if time.perf_counter() - start > SLOW_S:
        say(f"slow: {shown}: {time.perf_counter() - start:.0f} s")
    row = Row(
        shown,
        kind=made.description.kind,
        operations=len(made.operations),
        guesses=len(made.guesses),
        by_reference=made.note is not None,
        losses=counts_by_kind(made.losses),
    )
    return Result(row, tuple(sweep.faults))


def main() -> int:
    """Run the sweep."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--only", type=int)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    failed = 0
    sets: dict[str, list[Row]] = {}
    for given in options.folders:
        name, _, folder = given.rpartition("=")
        root = Path(folder)
        found = documents(root, options.only)
        shown = [str(path.relative_to(root)) if path != root else path.name for path in found]
        with ProcessPoolExecutor(options.jobs) as pool:
            results = list(pool.map(swept, found, shown))
        failed += told(results)
        sets[name or root.name] = [result.row for result in results]
    sys.stdout.write(summary_table(sets))
    if options.markdown:
        options.markdown.write_text(documents_page(sets))
    return 1 if failed else 0


def told(results: Iterable[Result]) -> int:
    """Tell what is wrong, and return how many documents have a fault."""
    failed = 0
    for result in results:
        failed += bool(result.faults)
        for fault in result.faults:
            say(f"FAULT {result.row.document}: {fault}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
