"""Imports in a scratch workspace, and what real descriptions a machine has."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from intertie.compiler import Compiled, compile_spec, load_settings
from intertie.diagnostics import Diagnostic, Severity
from intertie.generators.openapi import openapi_document, openapi_text
from intertie.importers import Imported, Request, Selection, import_again, import_new
from intertie.lint.checking import Checker
from intertie.spec.draft import Draft
from intertie.spec.loading import Loaded, load_text
from intertie.spec.workspace import Workspace

DATA = Path(__file__).parents[1] / "data" / "real"
KEPT = ("museum-openapi.yaml", "petstore-openapi.yaml")
"""Descriptions that stand in this repository; more are read from the folder that REAL_VARIABLE names."""
REAL_VARIABLE = "INTERTIE_REAL_DESCRIPTIONS"
NPM_VARIABLE = "INTERTIE_NPM"


def real_file(name: str) -> Path | None:
    """Return a real description, None where this machine does not have it."""
    for folder in (DATA, Path(os.environ.get(REAL_VARIABLE, DATA))):
        if (folder / name).is_file():
            return folder / name
    return None


class Importing:
    """Imports into `specs/shop.md` of a workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "specs").mkdir(parents=True, exist_ok=True)
        (root / "intertie.toml").write_text("")
        self.spec = root / "specs" / "shop.md"
        self.workspace = Workspace(root)
        self.settings = load_settings(root, config=None, environ={}, flags={})

    def request(
        self,
        source: str | Path,
        *,
        selection: Selection | None = None,
        schemas: str | None = None,
        base_url: str | None = None,
        complete: bool | None = None,
    ) -> Request:
        draft = Draft("INT-001", "Shop", "shop")
        return Request(
            str(source), draft, self.spec, selection=selection, schemas=schemas, base_url=base_url, complete=complete
        )

    def write(self, text: str, name: str = "api.yaml") -> Path:
        path = self.root / name
        path.write_text(text, "utf-8")
        return path

    def new(self, source: str | Path, **options: object) -> Imported:
        return self._beside(import_new(self.request(source, **options)))

    def of(self, text: str, name: str = "api.yaml", **options: object) -> Imported:
        """Import a source given as text."""
        return self.new(self.write(text, name), **options)

    def again(self, old: str, source: str | Path, **options: object) -> Imported:
        return self._beside(import_again(self.request(source, **options), old))

    @staticmethod
    def _beside(imported: Imported) -> Imported:
        """Write the schemas where the spec refers to them, as the command does."""
        if imported.schemas_file is not None:
            imported.schemas_file.path.write_text(imported.schemas_file.text, "utf-8")
        return imported

    def load(self, text: str) -> Loaded:
        return load_text(text, self.spec, self.workspace)

    def errors(self, text: str) -> list[Diagnostic]:
        """Return what `intertie check` would refuse."""
        checker = Checker([self.spec], self.workspace, self.settings, today=date(2025, 1, 1))
        return [found for found in checker.text(self.spec, text).found if found.severity is Severity.ERROR]

    def compile(self, text: str) -> Compiled:
        return compile_spec(self.load(text).spec, settings=self.settings)

    def plan(self, text: str):
        """Return the plan of a spec that has one."""
        compiled = self.compile(text)
        assert compiled.plan is not None, compiled.diagnostics
        return compiled.plan

    def exported(self, text: str) -> dict[str, object]:
        """Return the OpenAPI document of a spec."""
        compiled = compile_spec(self.load(text).spec, settings=self.settings, base_url="http://127.0.0.1")
        assert compiled.plan is not None, compiled.diagnostics
        return openapi_document(self.load(text).spec, compiled.plan)

    def exported_text(self, text: str) -> str:
        return openapi_text(self.exported(text), as_yaml=False)


def kinds(imported: Imported) -> set[str]:
    """Return the kinds of what was lost."""
    return {loss.kind for loss in imported.losses}
