"""Which block of the model a top-level key of a YAML block belongs to, wherever in the file it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct, field

from intertie.core.errors import snake_case
from intertie.core.units import parse_number
from intertie.diagnostics import Applicability, Edit, Fix, Label
from intertie.spec import codes
from intertie.spec.fields import Block
from intertie.spec.model import (
    Authentication,
    CircuitBreaker,
    Costs,
    Dependencies,
    DocumentationLinks,
    FallbackBehavior,
    Monitoring,
    Proxy,
    RateLimits,
    Retry,
    Security,
    Service,
    Sla,
    Testing,
    Throttling,
    Timeouts,
    Validation,
    Versioning,
)
from intertie.spec.reading.keys import KnownKey, did_you_mean, find_key
from intertie.spec.source import Findings
from intertie.spec.tree import Entry, MappingNode, ScalarNode, Section
from intertie.spec.yaml_nodes import shorten

BLOCK_TYPES: dict[str, type[Block]] = {
    "service": Service, "authentication": Authentication, "timeouts": Timeouts, "proxy": Proxy,
    "rate_limits": RateLimits, "throttling": Throttling, "retry": Retry, "circuit_breaker": CircuitBreaker,
    "fallback_behavior": FallbackBehavior, "validation": Validation, "monitoring": Monitoring, "costs": Costs,
    "security": Security, "testing": Testing, "versioning": Versioning, "sla": Sla, "dependencies": Dependencies,
    "documentation": DocumentationLinks,
}  # fmt: skip
"""Top-level key -> block."""

PATH_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "error_code_path": "Where the provider's own code is in an error's body; else the usual places are asked.",
        "error_message_path": "Where the provider's own message is in an error's body; else likewise.",
    }
)
"""Top-level keys that hold one path each, and what they say."""
_OTHER_KEYS = frozenset({
    "inbound", "outbound", "error_mapping", *PATH_KEYS, "validation_cases", "components", "definitions", "$defs",
})  # fmt: skip
KNOWN_KEYS = frozenset(BLOCK_TYPES) | _OTHER_KEYS

_ALIASES = {
    "auth": "authentication", "timeout": "timeouts", "rate_limit": "rate_limits", "rate_limiting": "rate_limits",
    "limits": "rate_limits", "throttle": "throttling", "retry_policy": "retry", "retries": "retry",
    "breaker": "circuit_breaker",
    "inbound_mapping": "inbound", "inbound_mappings": "inbound", "outbound_mapping": "outbound",
    "outbound_mappings": "outbound", "error_mappings": "error_mapping", "fallback": "fallback_behavior",
    "fallback_behaviour": "fallback_behavior", "fallback_strategy": "fallback_behavior", "cost": "costs",
    "pricing": "costs", "cost_management": "costs", "tests": "testing", "testing_strategy": "testing",
    "observability": "monitoring", "sla_requirements": "sla", "security_considerations": "security",
    "versions": "versioning", "cases": "validation_cases",
}  # fmt: skip
WRAPPERS = frozenset({
    "data_mappings", "data_mapping", "mappings", "error_handling", "service_configuration", "configuration",
    "resilience", "monitoring_and_observability", "integration",
})  # fmt: skip
"""Keys that people put around known blocks."""

_UNWRAPPED: dict[str, tuple[str, ...]] = {
    "service configuration": ("service", "timeouts"), "rate limits": ("rate_limits", "throttling"),
    "retry policy": ("retry",), "circuit breaker": ("circuit_breaker", "monitoring"),
    "error handling": ("fallback_behavior",), "monitoring and observability": ("monitoring",),
    "cost management": ("costs",), "security considerations": ("security",), "testing strategy": ("testing",),
    "migration and versioning": ("versioning",),
    "sla requirements": ("sla",), "dependencies": ("dependencies",), "documentation": ("documentation",),
}  # fmt: skip


def canonical_key(written: str) -> str | None:
    """Return the top-level key that a written one names, None where it names none."""
    if written in KNOWN_KEYS:
        return written
    key = snake_case(written)
    return key if key in KNOWN_KEYS else _ALIASES.get(key)


def section_blocks(section: Section) -> tuple[str, ...]:
    """Return the keys of the blocks that a section of the template holds."""
    return _UNWRAPPED.get(section.name or "", ())


class Routed(Struct):
    """The merged top-level entries of a file, by canonical key."""

    entries: dict[str, Entry] = field(default_factory=dict)


class _Merging:
    """One key while the blocks of a file are merged under it: each block costs its own entries, not all before it."""

    __slots__ = ("_depth", "_first", "_members")

    def __init__(self, first: Entry, depth: int) -> None:
        self._first = first
        self._depth = depth
        self._members: dict[str, _Merging] = {}
        if depth and isinstance(first.value, MappingNode):
            self._members = {entry.key.text: _Merging(entry, depth - 1) for entry in first.value.entries}

    def take(self, second: Entry, where: str, conflict: Callable[[Entry, Entry, str], None]) -> None:
        """Merge another entry of the same key, `depth` mappings deep; what is given twice is a conflict."""
        if not (self._depth and isinstance(self._first.value, MappingNode) and isinstance(second.value, MappingNode)):
            conflict(self._first, second, where)
            return
        for entry in second.value.entries:
            known = self._members.get(entry.key.text)
            if known is None:
                self._members[entry.key.text] = _Merging(entry, self._depth - 1)
            else:
                known.take(entry, f"{where}.{entry.key.text}", conflict)

    def entry(self) -> Entry:
        """Return what was merged, under the first key."""
        value = self._first.value
        if not isinstance(value, MappingNode) or not self._members:
            return self._first
        members = tuple(member.entry() for member in self._members.values())
        return Entry(self._first.key, MappingNode(value.span, members, value.flow))


class Router:
    """Merges the YAML blocks of a file by top-level key."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._merging: dict[str, _Merging] = {}

    def routed(self) -> Routed:
        """Return what was merged so far."""
        return Routed({key: merging.entry() for key, merging in self._merging.items()})

    def take(self, section: Section, roots: Iterable[MappingNode]) -> None:
        """Route the blocks of one section (its subsections come on their own)."""
        for root in roots:
            for entry in root.entries:
                self._entry(section, entry)

    def _entry(self, section: Section, entry: Entry) -> None:
        written = entry.key.text
        key = snake_case(written)
        canonical = canonical_key(written)
        if key == "errors" and section.name == "error handling":
            canonical = "error_mapping"
        if section.name == "components" and canonical is None and not _is_components_misspelt(entry):
            self._component(entry)
            return
        if canonical is None and key in WRAPPERS and isinstance(entry.value, MappingNode):
            for inner in entry.value.entries:
                self._entry(section, inner)
            return
        if canonical is None and self._unwrapped(section, entry):
            return
        if canonical is None:
            self._unknown(section, entry)
            return
        if canonical != written:
            fix = Fix(f"write {canonical}", (Edit(entry.key.span, canonical),))
            message = f"`{written}` is read as `{canonical}`"
            self._findings.add(codes.ALIAS_USED, entry.key.span, message, help=f"write `{canonical}`", fix=fix)
        self.add(canonical, entry)

    def add(self, canonical: str, entry: Entry) -> None:
        """Merge one entry into what there is under its key."""
        known = self._merging.get(canonical)
        if known is None:
            self._merging[canonical] = _Merging(entry, 2 if canonical == "components" else 1)
        else:
            known.take(entry, canonical, self._conflict)

    def _conflict(self, first: Entry, second: Entry, where: str) -> None:
        self._findings.add(
            codes.BLOCK_CONFLICT, second.key.span, f"`{where}` is given twice; the first one is read",
            help="keep one of the two", related=[Label(first.key.span, "first given here")],
        )  # fmt: skip

    def _unwrapped(self, section: Section, entry: Entry) -> bool:
        """Read a field that stands at the top of its section's block, without the block's own key."""
        for block in section_blocks(section):
            known = find_key(BLOCK_TYPES[block], entry.key.text)
            if known is None:
                continue
            plain = _plain_field(entry, known)
            line = f" as `{known.key}: {plain.value.text}`" if isinstance(plain.value, ScalarNode) else ""
            self._findings.add(
                codes.ALIAS_USED, entry.key.span, f"`{entry.key.text}` is read as `{block}.{known.key}`",
                help=f"put it under `{block}:`{line if known.key != entry.key.text else ''}",
            )  # fmt: skip
            self.add(block, Entry(entry.key, MappingNode(entry.key.span.to(entry.value.span), (plain,))))
            return True
        return False

    def _component(self, entry: Entry) -> None:
        """Read `schemas:` or a bare schema in the Components section as if it stood under `components:`."""
        span = entry.key.span.to(entry.value.span)
        wrapped = entry
        kinds = ("schemas", "parameters", "responses", "requestBodies", "headers", "examples", "securitySchemes")
        if entry.key.text not in kinds:
            name = type(entry.key)(entry.key.span, "schemas", "schemas")
            wrapped = Entry(name, MappingNode(span, (entry,)))
        self.add("components", Entry(entry.key, MappingNode(span, (wrapped,))))

    def _unknown(self, section: Section, entry: Entry) -> None:
        if section.name is None:
            return
        written = entry.key.text
        if self._findings.is_full(codes.UNKNOWN_KEY):
            message = f"`{shorten(written)}` is not a block of a spec; it has no effect"
            self._findings.add(codes.UNKNOWN_KEY, entry.key.span, message)
            return
        meant = did_you_mean(written, sorted((*KNOWN_KEYS, *_ALIASES)))
        meant = _ALIASES.get(meant, meant) if meant else None
        fix = Fix(f"write {meant}", (Edit(entry.key.span, meant),), Applicability.UNSAFE) if meant else None
        blocks = ", ".join(f"`{name}`" for name in section_blocks(section))
        self._findings.add(
            codes.UNKNOWN_KEY, entry.key.span, f"`{shorten(written)}` is not a block of a spec; it has no effect",
            help=f"did you mean `{meant}`?" if meant else f"this section holds {blocks}" if blocks else None, fix=fix,
        )  # fmt: skip


def _plain_field(entry: Entry, known: KnownKey) -> Entry:
    """Return a field under its canonical key, with the unit of the written key behind its number."""
    key = ScalarNode(entry.key.span, known.key, known.key)
    value = entry.value
    if known.unit and isinstance(value, ScalarNode) and parse_number(value.text) is not None:
        text = f"{value.text.strip()}{known.unit}"
        value = ScalarNode(value.span, text, text, quoted=value.quoted)
    return Entry(key, value)


def _is_components_misspelt(entry: Entry) -> bool:
    """Return whether a key holds what `components` holds, and is nearly called so: no schema of that name is meant."""
    holds = isinstance(entry.value, MappingNode) and entry.value.get("schemas") is not None
    return holds and did_you_mean(entry.key.text, ["components"]) is not None
