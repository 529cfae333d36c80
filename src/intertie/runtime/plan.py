"""The plan: what will happen on a call, as data. Made by the compiler, linked by the runtime, mirrored by the mock.

Everything is resolved: environment, configuration, defaults; durations in seconds, ratios in 0..1, money as decimals.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from intertie.core.money import Money
from intertie.runtime.mapping.contracts import FieldPath, Transform
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.state_key import StateKey
from intertie.runtime.wires.plan import WirePlan


class MappingRow(Struct, frozen=True, gc=False):
    """One row of a mapping. `source` names the spec's line, for messages."""

    read: FieldPath
    write: FieldPath
    transform: Transform | None
    required: bool
    default: object
    has_default: bool
    source: str


class ResultPlan(Struct, frozen=True, gc=False):
    """What a success holds.

    Attributes:
        schema: What its data must be, None where the spec says nothing.
        validate: `strict`, `warn` or `off`.
        example: A success that the mock gives.
    """

    schema: CompiledSchema | None = None
    validate: str = "warn"
    example: object = None


class Targets(Struct, frozen=True, gc=False):
    """Latency targets in seconds, None where none is declared."""

    p50_s: float | None = None
    p95_s: float | None = None
    p99_s: float | None = None


class PaginationPlan(Struct, frozen=True, gc=False):
    """How pages follow each other: the fields of FORMAT section 17 that its style has, by name."""

    style: str
    options: Mapping[str, object]


class StageDescription(Struct, frozen=True, gc=False):
    """One stage as people and scripts see it.

    Attributes:
        options: Effective values, JSON-ready; durations in seconds with names in `_s`.
        sources: Option -> `path:line`, `config` or `default`.
    """

    stage: str
    options: Mapping[str, object]
    sources: Mapping[str, str]

    @property
    def source(self) -> str:
        """The most telling source: a place in the spec, else configuration, else `default`."""
        places = [source for source in self.sources.values() if ":" in source]
        return places[0] if places else next((s for s in self.sources.values() if s == "config"), "default")


class OperationPlan(Struct, frozen=True, gc=False):
    """One operation, resolved.

    Attributes:
        id: snake_case of the endpoint's heading.
        wire: What its protocol adds: where a call goes, how it is written, what an answer is.
        idempotency_header: Where the key goes that makes a replay safe, None where there is none.
        replay_safe: Sending it twice has the effect of once: the protocol says so (a safe or idempotent method), an
            idempotency key, or `idempotent: true`.
        is_read: It changes nothing (GET or HEAD): may be answered from the cache, never queued.
        stages: In the order of `runtime.order.ORDER`, those that are on.
        worst_case_s: Longest a call can take, all waits and retries included.
        cost_per_call: Expected cost of one attempt at the first tier; None where nothing is paid per call.
        unsupported: Why this version can't call it at all, in one sentence; None where it can. Such a call is refused
            with it.
        guards: Guard -> options that are this operation's own.
    """

    id: str
    name: str
    description: str | None
    wire: WirePlan
    result: ResultPlan
    targets: Targets
    outbound: tuple[MappingRow, ...]
    inbound: tuple[MappingRow, ...]
    idempotency_header: str | None
    replay_safe: bool
    is_read: bool
    pagination: PaginationPlan | None
    streaming: str | None
    stages: tuple[StageDescription, ...]
    worst_case_s: float
    max_attempts: int
    cost_per_call: Money | None
    source: str
    unsupported: str | None = None
    guards: Mapping[str, Struct] = {}


class LoggingOptions(Struct, frozen=True):
    """What is logged: `level` is a name of stdlib logging in lower case."""

    level: str = "info"
    include_headers: bool = False
    include_body: bool = False
    mask_sensitive: bool = True
    personal: tuple[str, ...] = ()
    """Paths of personal fields, masked everywhere."""


SYSTEM_TRUST = "system"
"""What the machine trusts, as a place of `TlsOptions.trust`."""


class TlsOptions(Struct, frozen=True):
    """TLS of the transport. Files are absolute paths; `client_key` is a secret reference.

    Attributes:
        ca_file: The only authority that is trusted, None where `trust` holds.
        trust: `system`, or files and folders of certificates: all of them together are trusted.
    """

    minimum: str = "1.2"
    ca_file: str | None = None
    trust: tuple[str, ...] = (SYSTEM_TRUST,)
    certificate_file: str | None = None
    client_key: str | None = None


class ProxyOptions(Struct, frozen=True):
    """The HTTP proxy that every connection goes through.

    Attributes:
        username, password: Secret references, None where the proxy is not told who we are.
        fault: Why it can't be used, in one sentence, None where it can. Nothing is opened with a fault, rather than
            past the proxy.
    """

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    fault: str | None = None

    @property
    def authority(self) -> str:
        """`host:port`, for messages."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


class NotEnforced(Struct, frozen=True):
    """Something the spec says that this plan does not do, and why."""

    what: str
    why: str
    source: str


class Origin(Struct, frozen=True):
    """Where calls go: fixed by spec and configuration, never by a call's input. `base_path` has no trailing slash."""

    scheme: str
    host: str
    port: int
    base_path: str

    @property
    def url(self) -> str:
        """The base URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{host}{'' if self.port == default else f':{self.port}'}{self.base_path}"

    @property
    def authority(self) -> str:
        """The Host header."""
        return self.url.split("://", 1)[1].split("/", 1)[0]

    @property
    def name(self) -> str:
        """`scheme://host:port`, the port always there: how state names an origin."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


class Plan(Struct, frozen=True):
    """One integration in one environment.

    Attributes:
        id: `INT-…`, or the service's slug where the spec has none.
        status: Life cycle, `draft` where the spec has none.
        environment: Its name, `default` where `base_url` is used.
        is_own_origin: Calls go to the URL that the spec has for the environment, and it is not loopback: state is kept
            under the environment alone. Elsewhere, such as at a mock, it is kept under the origin too.
        proxy: None where connections go straight to the service.
        origins: What may be reached besides `origin`, such as a token endpoint's host or a host that pages continue on.
        limits, breaker, pricing, version, fallback: None where the spec has none, or switches it off.
        content_hash: Of the spec's text.
    """

    id: str
    service: str
    title: str
    summary: str | None
    status: str
    environment: str
    origin: Origin
    spec_path: str
    content_hash: str
    operations: Mapping[str, OperationPlan]
    timeouts: TimeoutOptions
    retry: RetryOptions
    auth: AuthOptions
    errors: ErrorMappingOptions
    logging: LoggingOptions
    tls: TlsOptions
    proxy: ProxyOptions | None = None
    limits: LimiterOptions | None = None
    breaker: BreakerOptions | None = None
    pricing: PricingOptions | None = None
    version: VersionOptions | None = None
    fallback: FallbackOptions | None = None
    guards: Mapping[str, Struct] = {}
    """Guard -> options, of guards that have no field above."""
    audit: str = "grouped"
    """`grouped`, or `strict`: stored before the call is sent."""
    retention_s: float | None = None
    worst_month: Money | None = None
    """Cost of a month at the declared limit, None where nothing is paid per call or no limit is declared."""
    not_enforced: tuple[NotEnforced, ...] = ()
    warnings: tuple[str, ...] = ()
    is_own_origin: bool = True
    sources: Mapping[str, str] = field(default_factory=dict)
    """Origin of the values above that no stage describes: `base_url`, `environment`, `proxy`, `trust`."""
    origins: tuple[Origin, ...] = ()

    @property
    def key(self) -> StateKey:
        """Whose its state is in every store."""
        return StateKey(self.id, self.environment, "" if self.is_own_origin else self.origin.name)

    @property
    def cache_key(self) -> StateKey:
        """Whose its cached answers are: an answer of one host never stands for another's."""
        return StateKey(self.id, self.environment, self.origin.name)
