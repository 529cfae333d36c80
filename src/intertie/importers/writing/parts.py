"""The parts of a spec that come from a source, each as the lines of its block."""

from __future__ import annotations

from msgspec import Struct

from intertie.core.rate_windows import RATE_WINDOWS
from intertie.importers.model import ApiDescription, ImportedAuth
from intertie.importers.writing.endpoint import endpoint_lines, ordered, unbracketed
from intertie.importers.writing.yaml_lines import Noted, Placeholder, yaml_lines
from intertie.spec.fields import declared_fields
from intertie.spec.model import AuthConfig, RateLimits

MOST_REMINDERS = 10
"""So many endpoints keep the template's placeholders for latency targets; more would hide everything else."""

COMPONENTS = "## Components"
_PLACEHOLDERS = {"development": "[dev_url]", "staging": "[staging_url]", "production": "[prod_url]"}
_WINDOWS = tuple(each.field for each in RATE_WINDOWS if declared_fields(RateLimits)[each.field][1].template)


class SpecParts(Struct, frozen=True):
    """The parts of a spec that come from a source, each as lines.

    Attributes:
        limits: Of the block `rate_limits`, without its key.
        endpoints: The lines of each operation, from the heading on; two may have one method and path.
        schemas: Name -> its lines, indented as under `components.schemas`.
    """

    service: list[str]
    authentication: list[str]
    limits: list[str]
    endpoints: list[list[str]]
    schemas: dict[str, list[str]]


def parts_of(description: ApiDescription, slug: str, *, complete: bool) -> SpecParts:
    """Return the parts that a description gives; with `complete`, what it does not say is a placeholder."""
    reminders = MOST_REMINDERS if complete else 0
    return SpecParts(
        service=_service(description, slug, complete=complete),
        authentication=_authentication(description.auth, complete=complete),
        limits=_limits(description, complete=complete),
        endpoints=[
            endpoint_lines(operation, remind=number < reminders, terse=not complete)
            for number, operation in enumerate(description.operations)
        ],
        schemas={name: yaml_lines({name: schema}, 4) for name, schema in description.components.items()},
    )


def components_lines(schemas: dict[str, list[str]]) -> list[str]:
    """Return the section that holds schemas."""
    lines = [line for each in schemas.values() for line in each]
    return [COMPONENTS, "```yaml", "components:", "  schemas:", *lines, "```"]


def _service(description: ApiDescription, slug: str, *, complete: bool) -> list[str]:
    known = {each.name: each for each in description.environments}
    said = {
        each.name: Noted(each.url, f"guessed: {each.guess}") if each.guess else each.url
        for each in description.environments
    }
    environments: dict[str, object] = {}
    for name in dict.fromkeys((*_PLACEHOLDERS, *known)):
        if name in said:
            environments[name] = said[name]
        elif complete:
            environments[name] = Placeholder(_PLACEHOLDERS[name])
    if not complete and list(said.values()) == [description.base_url]:
        # One place is said once.
        environments = {}
    service: dict[str, object] = {"name": slug}
    if complete or description.version:
        service["version"] = unbracketed(description.version) if description.version else Placeholder("[version]")
    if complete or description.base_url:
        service["base_url"] = description.base_url or Placeholder("[production_url]")
    if environments:
        service["environments"] = environments
    return yaml_lines({"service": service})


def _authentication(auth: ImportedAuth | None, *, complete: bool) -> list[str]:
    if auth is None:
        return []
    known: dict[str, object] = dict(auth.config)
    if complete and auth.type in ("api_key", "oauth"):
        known |= {"token_refresh": Placeholder("[true|false]"), "expires_in": Placeholder("[seconds]")}
    note = f"guessed from {auth.guess}" if auth.guess else auth.note
    block: dict[str, object] = {"type": Noted(auth.type, note) if note else auth.type}
    if known:
        block["config"] = ordered(AuthConfig, known)
    return yaml_lines({"authentication": block})


def _limits(description: ApiDescription, *, complete: bool) -> list[str]:
    rows: dict[str, object] = {}
    for name in dict.fromkeys((*(_WINDOWS if complete else ()), *description.limits)):
        value = description.limits.get(name, Placeholder("[number]"))
        guess = description.limits_guess
        rows[name] = Noted(value, f"guessed from {guess}") if guess and name in description.limits else value
    return yaml_lines(rows, 2)
