"""Environments under the names that guards know."""

from __future__ import annotations

from msgspec.structs import replace

from intertie.diagnostics import Edit, Fix
from intertie.spec import codes
from intertie.spec.fields import Located
from intertie.spec.model import Service
from intertie.spec.source import Findings

ENVIRONMENT_ALIASES = {
    "dev": "development", "develop": "development", "local": "development", "localhost": "development",
    "stage": "staging", "stg": "staging",
    "prod": "production", "prd": "production", "live": "production",
}  # fmt: skip
"""What people call an environment -> its name in the template, by which drafts and plain http are judged."""


def settle_environments(service: Service, findings: Findings) -> Service:
    """Return the service with `dev`, `prod` and their like under the template's names, where those are free."""
    declared = {name.value for name, _ in service.environments}
    settled = []
    for name, url in service.environments:
        meant = ENVIRONMENT_ALIASES.get(name.value.lower())
        if meant is None or meant in declared:
            settled.append((name, url))
            continue
        declared.add(meant)
        findings.add(
            codes.ALIAS_USED, name.span, f"`{name.value}` is read as the environment `{meant}`",
            help=f"write `{meant}`", fix=Fix(f"write {meant}", (Edit(name.span, meant),)),
        )  # fmt: skip
        settled.append((Located(meant, name.span, name.key_span, name.text), url))
    return replace(service, environments=tuple(settled))
