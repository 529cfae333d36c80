"""From a spec's file to the plan that a mock turns round."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from intertie.compiler import compile_spec, load_settings
from intertie.core.errors import UsageError
from intertie.diagnostics import Severity, SpecError
from intertie.runtime.plan import Plan
from intertie.spec.loading import load
from intertie.spec.workspace import find_workspace


def plan_of_file(path: str | Path, *, environment: str | None = None, environ: Mapping[str, str] | None = None) -> Plan:
    """Return the plan of a spec's file in its workspace.

    Raises:
        UsageError: There is no such file.
        SpecError: The spec has errors; all findings stand on it.
    """
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"there is no file {path}")
    workspace = find_workspace(file.resolve())
    loaded = load(file, workspace)
    settings = load_settings(workspace.root, config=None, environ=os.environ if environ is None else environ, flags={})
    compiled = compile_spec(loaded.spec, settings=settings, environment=environment)
    findings = (*loaded.diagnostics, *compiled.diagnostics)
    if compiled.plan is None or any(finding.severity is Severity.ERROR for finding in findings):
        raise SpecError(findings, root=workspace.root)
    return compiled.plan
