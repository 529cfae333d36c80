"""The reference page of the spec's fields, written from the same table that parses them."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.spec import model
from intertie.spec.fields import Block, FieldInfo, Kind, declared_fields
from intertie.spec.reading.routing import PATH_KEYS

SECTIONS: tuple[tuple[str, str, type[Block]], ...] = (
    ("Front matter", "", model.FrontMatter),
    ("Integration Type (bullets)", "", model.IntegrationType),
    ("Service Configuration", "service", model.Service),
    ("Service Configuration", "authentication", model.Authentication),
    ("Service Configuration", "timeouts", model.Timeouts),
    ("Service Configuration", "proxy", model.Proxy),
    ("Rate Limits", "rate_limits", model.RateLimits),
    ("Rate Limits", "throttling", model.Throttling),
    ("Retry Policy", "retry", model.Retry),
    ("Circuit Breaker", "circuit_breaker", model.CircuitBreaker),
    ("API Endpoints, in each `### Name`", "", model.Endpoint),
    ("Data Mappings", "inbound[]", model.InboundRow),
    ("Data Mappings", "outbound[]", model.OutboundRow),
    ("Error Handling", "error_mapping[]", model.ErrorRow),
    ("Error Handling", "fallback_behavior", model.FallbackBehavior),
    ("Validation", "validation", model.Validation),
    ("Monitoring & Observability", "monitoring", model.Monitoring),
    ("Cost Management", "costs", model.Costs),
    ("Security Considerations (bullets, or `security` in YAML)", "security", model.Security),
    ("Testing Strategy", "testing", model.Testing),
    ("Migration & Versioning", "versioning", model.Versioning),
    ("SLA Requirements (bullets)", "", model.Sla),
    ("Dependencies (bullets)", "", model.Dependencies),
    ("Documentation (bullets)", "", model.DocumentationLinks),
)
"""Section heading, key in its YAML, and the block that declares its fields, in the template's order."""

_BARE_UNITS = {"ms": "milliseconds", "s": "seconds", "d": "days"}


def spec_format_markdown() -> str:
    """Return the page `docs/reference/spec-format.md`."""
    lines = [
        "# Fields of a spec",
        "",
        "Generated from the table that reads specs. `+` marks a field that the founding template does not have; all of",
        (
            "those are optional. A bare number has the unit named here; a string may carry its own: "
            "`250ms`, `30s`, `PT2S`."
        ),
        "Numbers and amounts go up to 1,000,000,000,000, durations to 3,650 days.",
        "Keys in brackets are read too, with a note that names the canonical one.",
        "[What came back](../explanation/bodies.md) says which media types agree, which charsets are read, and how",
        "deep and how long a body may be.",
        "[What becomes of each field](fields.md) says which ones are enforced, and why the others are not.",
    ]
    heading = ""
    for section, key, block in SECTIONS:
        if section != heading:
            lines += ["", f"## {section}"]
            heading = section
        lines += ["", *([f"### `{key}`", ""] if key else []), _first_line(block), ""]
        lines += ["| field | holds | what it does |", "|---|---|---|"]
        lines += list(_rows(block, ""))
        if key == "error_mapping[]":
            lines += ["", "### Paths beside the rows", "", "| key | holds | what it does |", "|---|---|---|"]
            lines += [f"| `{name}` + | text | {doc} |" for name, doc in PATH_KEYS.items()]
    return "\n".join(lines) + "\n"


def _first_line(block: type[Block]) -> str:
    return (block.__doc__ or "").strip().splitlines()[0]


def _rows(block: type[Block], prefix: str) -> Iterator[str]:
    for key, (_, info) in declared_fields(block).items():
        name = f"{prefix}{key}"
        mark = "" if info.template else " +"
        aliases = f" ({', '.join(f'`{alias}`' for alias in info.aliases)})" if info.aliases else ""
        yield f"| `{name}`{mark}{aliases} | {_holds(info)} | {_escaped(info.doc)} |"
        if info.block is not None:
            nested = {Kind.BLOCKS: f"{name}[].", Kind.NAMED: f"{name}.*."}.get(info.kind, f"{name}.")
            yield from _rows(info.block, nested)


def _holds(info: FieldInfo) -> str:
    if info.item is not None:
        inner = _holds(info.item)
        return f"list of {inner}" if info.kind is Kind.LIST else f"name → {inner}"
    if info.choices:
        return ", ".join(f"`{choice}`" for choice in info.choices)
    if info.kind in {Kind.DURATION, Kind.TARGET}:
        least = f", at least {seconds_text(info.minimum)}" if info.minimum else ""
        return f"{info.kind.value}, bare in {_BARE_UNITS[info.bare_unit]}{least}"
    if info.kind in {Kind.INTEGER, Kind.NUMBER} and info.minimum is not None:
        most = "" if info.maximum is None else f", at most {info.maximum:,g}"
        return f"{info.kind.value}, at least {info.minimum:g}{most}"
    return info.kind.value


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
