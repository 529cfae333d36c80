"""How complete a spec is: the share of the template's fields that are filled, section by section.

A field counts once, whatever it holds; a section's score is `filled / fields`. What says something only where there is
something to say (`transform`, headers of an endpoint that needs none) counts where it is filled, or not at all. Of a
list of blocks (endpoints, mapping rows, alerts) each one is scored by itself and the list has their mean; an empty list
is one field that is not filled. The whole is the mean of the sections, in which those that calls can't be made well
without count double.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from intertie.core.columns import wrapped
from intertie.spec.fields import Block, Kind, declared_fields
from intertie.spec.model import (
    Authentication,
    CircuitBreaker,
    Costs,
    Dependencies,
    DocumentationLinks,
    Endpoint,
    ErrorRow,
    FallbackBehavior,
    FrontMatter,
    InboundRow,
    IntegrationType,
    Monitoring,
    OutboundRow,
    RateLimits,
    Retry,
    Security,
    Service,
    Sla,
    Spec,
    Testing,
    Throttling,
    Timeouts,
    Versioning,
)

_Part = tuple[str, type[Block] | None]
"""(attribute of the spec, its block; None where it is one text or list)."""

SECTIONS: tuple[tuple[str, int, tuple[_Part, ...]], ...] = (
    ("Front matter", 1, (("front_matter", FrontMatter),)),
    ("Service Overview", 1, (("overview", None),)),
    ("Integration Type", 1, (("integration_type", IntegrationType),)),
    ("Service Configuration", 2, (("service", Service), ("authentication", Authentication), ("timeouts", Timeouts))),
    ("Rate Limits", 1, (("rate_limits", RateLimits), ("throttling", Throttling))),
    ("Retry Policy", 1, (("retry", Retry),)),
    ("Circuit Breaker", 1, (("circuit_breaker", CircuitBreaker),)),
    ("API Endpoints", 2, (("endpoints", Endpoint),)),
    ("Data Mappings", 1, (("inbound", InboundRow), ("outbound", OutboundRow))),
    ("Error Handling", 2, (("error_mapping", ErrorRow), ("fallback_behavior", FallbackBehavior))),
    ("Monitoring & Observability", 1, (("monitoring", Monitoring),)),
    ("Cost Management", 1, (("costs", Costs),)),
    ("Security Considerations", 1, (("security", Security),)),
    ("Testing Strategy", 1, (("testing", Testing),)),
    ("Dependencies", 1, (("dependencies", Dependencies),)),
    ("Migration & Versioning", 1, (("versioning", Versioning),)),
    ("SLA Requirements", 1, (("sla", Sla),)),
    ("Documentation", 1, (("documentation", DocumentationLinks),)),
    ("Validation Cases", 1, (("cases", None),)),
    ("Implementation References", 1, (("implementation", None),)),
)
"""(section of the template, its weight, what stands in it). Open uncertainties are nothing to fill."""

WHERE_NEEDED = frozenset({
    "front_matter.related", "authentication.config.token_refresh", "authentication.config.expires_in",
    "rate_limits.requests_per_second", "rate_limits.requests_per_minute", "rate_limits.requests_per_hour",
    "endpoints.request.headers", "endpoints.request.headers.value", "endpoints.request.parameters",
    "endpoints.request.body", "endpoints.response.errors.schema", "endpoints.response.errors.retry_after",
    "inbound.transform", "inbound.required", "outbound", "outbound.transform", "outbound.default",
    "fallback_behavior.cache_ttl", "fallback_behavior.default_response", "costs.tiers.limit",
})  # fmt: skip
"""Fields that a complete spec may leave out: they count where they are filled."""

_MISSING_SHOWN = 4


class SectionScore(Struct, frozen=True):
    """One section.

    Attributes:
        ratio: Share of its fields that are filled, 0..1.
        missing: Fields that are not filled, as they are written; of a list of blocks those that any one lacks.
    """

    section: str
    weight: int
    ratio: float
    missing: tuple[str, ...]


class Score(Struct, frozen=True):
    """One spec: its sections, and their weighted mean."""

    path: str
    sections: tuple[SectionScore, ...]

    @property
    def ratio(self) -> float:
        """The weighted mean of the sections, 0..1."""
        return sum(each.ratio * each.weight for each in self.sections) / sum(each.weight for each in self.sections)


def score(spec: Spec) -> Score:
    """Return how complete a spec is; what is still a placeholder is not filled."""
    return Score(spec.path, tuple(_section(spec, *section) for section in SECTIONS))


def score_json(scores: list[Score]) -> dict[str, object]:
    """Return the scores as plain data; ratios in 0..1 with three digits."""
    return {
        "scores": [
            {
                "path": each.path,
                "score": round(each.ratio, 3),
                "sections": [
                    {
                        "section": section.section,
                        "score": round(section.ratio, 3),
                        "weight": section.weight,
                        "missing": list(section.missing),
                    }
                    for section in each.sections
                ],
            }
            for each in scores
        ]
    }


def score_text(scores: list[Score], *, width: int = 80) -> str:
    """Return a table for each spec: section, share, and what is missing, in lines of at most `width` columns."""
    lines: list[str] = []
    for each in scores:
        lines.append(f"{each.path}: {_percent(each.ratio)} complete")
        for section in each.sections:
            missing = ", ".join(section.missing[:_MISSING_SHOWN])
            more = len(section.missing) - _MISSING_SHOWN
            missing += f" and {more} more" if more > 0 else ""
            lead = f"  {section.section:<28}{_percent(section.ratio):>5}  "
            lines += wrapped(missing, width, first=lead, rest=" " * len(lead))
        lines.append("")
    return "\n".join(lines)


def _section(spec: Spec, name: str, weight: int, parts: tuple[_Part, ...]) -> SectionScore:
    fields = [(path, share) for attribute, of in parts for path, share in _part(spec, attribute, of)]
    ratio = sum(share for _, share in fields) / len(fields)
    return SectionScore(name, weight, ratio, tuple(dict.fromkeys(path for path, share in fields if share < 1)))


def _part(spec: Spec, attribute: str, of: type[Block] | None) -> Iterator[tuple[str, float]]:
    value = getattr(spec, attribute)
    if of is None:
        yield attribute, 1.0 if value else 0.0
    elif isinstance(value, tuple):
        if value or attribute not in WHERE_NEEDED:
            yield from _list(value, of, attribute)
    else:
        yield from _block(value, of, attribute)


def _block(value: object, of: type[Block], path: str) -> Iterator[tuple[str, float]]:
    """Yield each field of the template in a block with the share of it that is filled."""
    for key, (attribute, info) in declared_fields(of).items():
        if not info.template:
            continue
        inner = getattr(value, attribute, None)
        inside = f"{path}.{key}"
        if inside in WHERE_NEEDED and inner in (None, ()):
            continue
        if info.kind is Kind.BLOCK and info.block is not None:
            yield from _block(inner, info.block, inside)
        elif info.kind is Kind.BLOCKS and info.block is not None:
            yield from _list(inner, info.block, inside)
        elif info.kind is Kind.NAMED and info.block is not None:
            yield from _list([each for _, each in inner] if isinstance(inner, tuple) else inner, info.block, inside)
        else:
            yield inside, 0.0 if inner in (None, ()) else 1.0


def _list(values: object, of: type[Block], path: str) -> Iterator[tuple[str, float]]:
    """Yield each field of a list's blocks with the mean of its shares over the list."""
    blocks = list(values) if isinstance(values, tuple | list) else []
    if not blocks:
        yield path, 0.0
        return
    shares: dict[str, list[float]] = {}
    for block in blocks:
        for inside, share in _block(block, of, path):
            shares.setdefault(inside, []).append(share)
    yield from ((inside, sum(found) / len(found)) for inside, found in shares.items())


def _percent(ratio: float) -> str:
    """Return a share in whole per cent; 100 % only where nothing is missing.

    >>> _percent(1.0), _percent(0.999), _percent(0.5)
    ('100%', '99%', '50%')
    """
    return f"{int(ratio * 100 + 1e-9)}%"
