"""The text of a spec that holds what its source says, and nothing else."""

from __future__ import annotations

from intertie.importers.model import ApiDescription
from intertie.importers.writing.parts import SpecParts, components_lines
from intertie.spec.draft import AUTHENTICATIONS, Draft, yaml_name


def lean_text(description: ApiDescription, draft: Draft, parts: SpecParts) -> str:
    """Return a whole new spec without a placeholder.

    Args:
        description: What was read.
        draft: Name, id and slug, and all that is known; None leaves a line out.
        parts: What the description says, as lines.
    """
    sections = [
        _head(description, draft),
        ["## Service Overview", draft.description or f"The API of {draft.name}."],
        ["## Integration Type", *_bullets(draft)],
        _block("## Service Configuration", parts.service, parts.authentication),
        _block("## Rate Limits", ["rate_limits:", *parts.limits] if parts.limits else []),
        ["## API Endpoints"],
        *parts.endpoints,
        components_lines(parts.schemas) if parts.schemas else [],
        _links(description),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _head(description: ApiDescription, draft: Draft) -> list[str]:
    return [
        "---",
        f"id: {draft.id}",
        "type: Integration",
        f"name: {yaml_name(draft.name)}",
        "status: draft",
        f"service: {draft.slug}",
        "related: []",
        "---",
        f"# {draft.name}",
        "",
        f"> {_open(description)}",
    ]


def _open(description: ApiDescription) -> str:
    """Return where the spec comes from, and what the source leaves to people."""
    known = (
        ("base URL", description.base_url),
        ("authentication", description.auth),
        ("rate limits", description.limits),
        ("timeouts", None),
        ("retries", None),
        ("error mapping", None),
    )
    missing = [what for what, value in known if not value]
    return f"Imported from `{description.source}`. Still to decide: {', '.join(missing)} and costs."


def _bullets(draft: Draft) -> list[str]:
    rows = (
        ("Protocol", draft.protocol),
        ("Authentication", AUTHENTICATIONS.get(draft.authentication) if draft.authentication else None),
        ("Data Format", draft.data_format),
        ("Communication", draft.communication),
    )
    return [f"- **{label}**: {value}" for label, value in rows if value]


def _block(heading: str, *blocks: list[str]) -> list[str]:
    """Return a section of one YAML block, nothing where all of its parts are empty."""
    lines = [line for part in blocks if part for line in ("", *part)][1:]
    return [heading, "```yaml", *lines, "```"] if lines else []


def _links(description: ApiDescription) -> list[str]:
    rows = (("API Docs", description.api_docs), ("Support Contact", description.support_contact))
    lines = [f"- **{label}**: {value}" for label, value in rows if value]
    return ["## Documentation", *lines] if lines else []
