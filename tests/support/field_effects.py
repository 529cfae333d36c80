"""What a spec leads to, piece by piece: so that a test can say what a changed field has changed."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from intertie.compiler import Settings, compile_spec, plan_json
from intertie.generators.openapi import openapi_document
from intertie.lint.checking import Checker
from intertie.runtime.plan import Plan
from intertie.runtime.schemas import CompiledSchema
from intertie.spec.loading import load_text
from intertie.spec.workspace import Workspace
from support.field_spec import text_of

TODAY = date(2026, 11, 24)
_PLACES = frozenset({"source", "sources", "content_hash", "spec_path", "path_in_workspace", "not_enforced", "stages"})


class Effects(Struct, frozen=True):
    """`plan` is what `intertie plan` shows, `runtime` the plan that client and mock obey."""

    plan: Any
    runtime: Any
    openapi: Any
    findings: Any
    not_enforced: Any


def effects_of(spec: Mapping[str, Any], root: Path, environment: str | None = None) -> Effects:
    """Return all that a spec leads to; places and hashes are left out, since they change with any text."""
    workspace, settings = Workspace(root), Settings(root, environment=environment)
    path = root / "specs" / "made.md"
    loaded = load_text(text_of(spec), path, workspace)
    compiled = compile_spec(loaded.spec, settings=settings)
    found = Checker([path], workspace, settings, today=TODAY).loaded(path, loaded).found
    findings = sorted((finding.code, finding.message) for finding in found)
    plan = compiled.plan
    if plan is None:
        return Effects(None, None, None, findings, None)
    shown = {key: value for key, value in plan_json(plan).items() if key not in _PLACES}
    for operation in shown["operations"]:
        operation["stages"] = [{stage["stage"]: stage["options"]} for stage in operation["stages"]]
        operation.pop("source")
    openapi = json.loads(
        re.sub(
            r'"x-intertie-spec-hash": *"[0-9a-f]*"',
            '"": ""',
            json.dumps(openapi_document(loaded.spec, plan), default=str),
        )
    )
    return Effects(
        copy.deepcopy(shown), plain(plan), openapi, findings, [(item.what, item.why) for item in plan.not_enforced]
    )


def plain(value: Any) -> Any:
    """Return a plan as comparable data."""
    if isinstance(value, CompiledSchema):
        return value.json
    if isinstance(value, re.Pattern):
        return value.pattern
    if isinstance(value, Plan | Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__ if name not in _PLACES}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(item) for item in value]
        return sorted(items, key=repr) if isinstance(value, set | frozenset) else items
    if callable(value):
        return getattr(value, "text", type(value).__name__)
    return repr(value)


def told(without: Effects, before: Effects, after: Effects) -> frozenset[str]:
    """Return the ways in which the change of a field is seen: `plan`, `openapi`, `findings`, `not_enforced`.

    A line of what is not enforced may name the field and not its value: it counts where it is there with the field only.
    """
    ways = set()
    if after.plan is not None and before.plan is not None:
        if (before.plan, before.runtime) != (after.plan, after.runtime):
            ways.add("plan")
        if before.openapi != after.openapi:
            ways.add("openapi")
        if before.not_enforced != after.not_enforced or (
            without.plan is not None and without.not_enforced != after.not_enforced
        ):
            ways.add("not_enforced")
    if before.findings != after.findings:
        ways.add("findings")
    return frozenset(ways)
