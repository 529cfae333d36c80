"""The whole of one spec."""

from __future__ import annotations

from msgspec import Struct

from intertie.diagnostics import SourceSpan
from intertie.spec import fields as f
from intertie.spec.fields import Block, Located
from intertie.spec.model.endpoints import Endpoint
from intertie.spec.model.mappings import ErrorRow, FallbackBehavior, InboundRow, OutboundRow
from intertie.spec.model.operation import Costs, Monitoring
from intertie.spec.model.project import (
    CaseLine,
    Dependencies,
    DocumentationLinks,
    ImplementationLine,
    Security,
    Sla,
    Testing,
    Versioning,
)
from intertie.spec.model.resilience import CircuitBreaker, RateLimits, Retry, Throttling
from intertie.spec.model.service import Authentication, FrontMatter, IntegrationType, Proxy, Service, Timeouts
from intertie.spec.model.values import MoneyText, Schema
from intertie.spec.tree import Document

__all__ = ["MoneyText", "Schema", "Spec", "Validation"]


class Validation(Block):
    """How answers are validated."""

    responses: Located[str] | None = f.choice(
        "What an answer that breaks its schema does; in no mode is it kept as the last good one.",
        "strict",
        "warn",
        "off",
        template=False,
    )


class Spec(Struct, frozen=True):
    """One integration spec: every field with its place, None or empty where it is absent or unfilled."""

    path: str
    """As shown to people: relative to the workspace root."""
    content_hash: str
    """SHA-256 of the file's text, hexadecimal."""
    document: Document
    span: SourceSpan
    """The file's first line: what a missing section points at."""
    front_matter: FrontMatter | None = None
    title: Located[str] | None = None
    overview: Located[str] | None = None
    integration_type: IntegrationType | None = None
    service: Service | None = None
    authentication: Authentication | None = None
    timeouts: Timeouts | None = None
    proxy: Proxy | None = None
    rate_limits: RateLimits | None = None
    throttling: Throttling | None = None
    retry: Retry | None = None
    circuit_breaker: CircuitBreaker | None = None
    endpoints: tuple[Endpoint, ...] = ()
    inbound: tuple[InboundRow, ...] = ()
    outbound: tuple[OutboundRow, ...] = ()
    error_mapping: tuple[ErrorRow, ...] = ()
    error_code_path: Located[str] | None = None
    error_message_path: Located[str] | None = None
    fallback_behavior: FallbackBehavior | None = None
    validation: Validation | None = None
    monitoring: Monitoring | None = None
    costs: Costs | None = None
    security: Security | None = None
    testing: Testing | None = None
    dependencies: Dependencies | None = None
    versioning: Versioning | None = None
    sla: Sla | None = None
    documentation: DocumentationLinks | None = None
    cases: tuple[CaseLine, ...] = ()
    implementation: tuple[ImplementationLine, ...] = ()
    uncertainties: tuple[Located[str], ...] = ()
    related_schemas: tuple[tuple[str, Schema], ...] = ()
    """Schemas by the id of the related DATA spec they were read from."""

    @property
    def id(self) -> str | None:
        """The front matter's id."""
        return self.front_matter.id.value if self.front_matter and self.front_matter.id else None
