"""From a spec's file to the plan that a mock turns round."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from intertie.compiler import compile_spec, load_settings
from intertie.core.clock import BlockingClock
from intertie.core.errors import UsageError
from intertie.diagnostics import Severity, SpecError
from intertie.lint.before_use import judge_before_use
from intertie.runtime.plan import Plan
from intertie.spec.codes import AROUND_THE_SPEC
from intertie.spec.loading import load
from intertie.spec.workspace import find_workspace

_log = logging.getLogger("intertie")


def plan_of_file(path: str | Path, *, environment: str | None = None, environ: Mapping[str, str] | None = None) -> Plan:
    """Return the plan of a spec's file in its workspace; errors around the spec are logged as warnings.

    Raises:
        UsageError: There is no such file.
        SpecError: The spec has errors; all findings stand on it.
    """
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"there is no file {path}")
    workspace = find_workspace(file)
    loaded = load(file, workspace)
    settings = load_settings(workspace.root, config=None, environ=os.environ if environ is None else environ, flags={})
    compiled = compile_spec(loaded.spec, settings=settings, environment=environment)
    findings = (*loaded.diagnostics, *compiled.diagnostics)
    stopped = any(found.severity is Severity.ERROR and found.code not in AROUND_THE_SPEC for found in findings)
    if compiled.plan is None or stopped:
        raise SpecError(findings, root=workspace.root)
    verdict = judge_before_use(file, loaded, workspace, settings, today=BlockingClock().utc_now().date())
    if verdict.stopping:
        raise SpecError(verdict.found, {workspace.shown(file): loaded.source}, root=workspace.root)
    for sentence in verdict.sentences():
        _log.warning("%s", sentence)
    return compiled.plan
