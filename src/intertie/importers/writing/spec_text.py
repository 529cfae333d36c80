"""The text of a spec made from a description: the founding template, filled where the source says something."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.rate_windows import RATE_WINDOWS
from intertie.importers.model import ApiDescription, ImportedAuth
from intertie.importers.writing.endpoint import endpoint_lines, ordered, unbracketed
from intertie.importers.writing.yaml_lines import Noted, Placeholder, yaml_lines
from intertie.spec.draft import Draft, draft_text
from intertie.spec.fields import declared_fields
from intertie.spec.model import AuthConfig, RateLimits

MOST_REMINDERS = 10
"""So many endpoints keep the template's placeholders for latency targets; more would hide everything else."""

COMPONENTS = "## Components"
_ENVIRONMENTS = ("development", "staging", "production")
_PLACEHOLDERS = {"development": "[dev_url]", "staging": "[staging_url]", "production": "[prod_url]"}
_WINDOWS = tuple(each.field for each in RATE_WINDOWS if declared_fields(RateLimits)[each.field][1].template)


class SpecParts(Struct, frozen=True):
    """The parts of a spec that come from a source, each as lines.

    Attributes:
        endpoints: The lines of each operation, from the heading on; two may have one method and path.
        schemas: Name -> its lines, indented as under `components.schemas`.
    """

    service: list[str]
    authentication: list[str]
    endpoints: list[list[str]]
    schemas: dict[str, list[str]]


def parts_of(description: ApiDescription, slug: str) -> SpecParts:
    """Return the parts that a description gives."""
    return SpecParts(
        service=_service(description, slug),
        authentication=_authentication(description.auth),
        endpoints=[
            endpoint_lines(operation, remind=number < MOST_REMINDERS)
            for number, operation in enumerate(description.operations)
        ],
        schemas={name: yaml_lines({name: schema}, 4) for name, schema in description.components.items()},
    )


def spec_text(description: ApiDescription, draft: Draft) -> str:
    """Return a whole new spec.

    Args:
        description: What was read.
        draft: Name, id and slug, and what else the caller decides; the description fills what it leaves open.
    """
    parts = parts_of(description, draft.slug)
    auth = description.auth
    text = draft_text(
        replace(
            draft,
            description=draft.description or (unbracketed(description.summary) if description.summary else None),
            protocol=draft.protocol or "REST",
            authentication=draft.authentication or (auth.type if auth else None),
            data_format=draft.data_format or description.data_format,
            communication=draft.communication or "Synchronous",
            base_url=None,
        )
    )
    text = _swapped(text, r"service:\n  name: .*?production: \[prod_url\]\n", parts.service)
    if draft.authentication is None and auth is not None:
        text = _swapped(text, r"authentication:\n  type: .*?expires_in: \[seconds\]\n", parts.authentication)
    text = _swapped(text, r"  requests_per_second: .*?requests_per_hour: \[number\]\n", _limits(description))
    blocks = "\n\n".join("\n".join(lines) for lines in parts.endpoints)
    text = _swapped(text, r"### \[Endpoint Name\]\n.*?(?=\n## Data Mappings)", [blocks, *_components(parts)])
    if description.api_docs:
        text = text.replace("[URL to external API documentation]", description.api_docs)
    if description.support_contact:
        text = text.replace("[Email/URL for support]", description.support_contact)
    return text


def components_lines(schemas: dict[str, list[str]]) -> list[str]:
    """Return the section that holds schemas."""
    lines = [line for each in schemas.values() for line in each]
    return [COMPONENTS, "```yaml", "components:", "  schemas:", *lines, "```"]


def _components(parts: SpecParts) -> list[str]:
    return ["", *components_lines(parts.schemas)] if parts.schemas else []


def _swapped(text: str, pattern: str, lines: list[str]) -> str:
    """Return the text with the one place that a pattern finds replaced by lines."""
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise ValueError(f"the template has no {pattern!r}")
    return text[: found.start()] + "\n".join(lines) + "\n" + text[found.end() :]


def _service(description: ApiDescription, slug: str) -> list[str]:
    known = {each.name: each for each in description.environments}
    environments: dict[str, object] = {}
    for name in dict.fromkeys((*_ENVIRONMENTS, *known)):
        each = known.get(name)
        if each is None:
            environments[name] = Placeholder(_PLACEHOLDERS[name])
        else:
            environments[name] = Noted(each.url, f"guessed: {each.guess}") if each.guess else each.url
    return yaml_lines(
        {
            "service": {
                "name": slug,
                "version": unbracketed(description.version) if description.version else Placeholder("[version]"),
                "base_url": description.base_url or Placeholder("[production_url]"),
                "environments": environments,
            }
        }
    )


def _authentication(auth: ImportedAuth | None) -> list[str]:
    if auth is None:
        return []
    known: dict[str, object] = dict(auth.config)
    if auth.type in ("api_key", "oauth"):
        known |= {"token_refresh": Placeholder("[true|false]"), "expires_in": Placeholder("[seconds]")}
    kind: object = Noted(auth.type, f"guessed from {auth.guess}") if auth.guess else auth.type
    block: dict[str, object] = {"type": kind}
    if known:
        block["config"] = ordered(AuthConfig, known)
    return yaml_lines({"authentication": block})


def _limits(description: ApiDescription) -> list[str]:
    rows: dict[str, object] = {}
    for name in dict.fromkeys((*_WINDOWS, *description.limits)):
        value = description.limits.get(name, Placeholder("[number]"))
        guess = description.limits_guess
        rows[name] = Noted(value, f"guessed from {guess}") if guess and name in description.limits else value
    return yaml_lines(rows, 2)
