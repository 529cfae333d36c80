"""What every source is read into, and every spec is written from: one service, neutral of where it was described."""

from __future__ import annotations

from msgspec import Struct, field

from intertie.importers.losses import Guess, Loss


class ImportedParameter(Struct, frozen=True):
    """A query, path or header parameter; `fields` holds `type`, `default`, `enum`, `style` … as a spec writes them."""

    name: str
    location: str
    required: bool
    description: str | None = None
    fields: dict[str, object] = field(default_factory=dict)
    guess: str | None = None
    """What the declaration is guessed from, None where the source states it."""


class ImportedHeader(Struct, frozen=True):
    """A request header whose value we write."""

    name: str
    required: bool
    value: str | None = None
    description: str | None = None
    guess: str | None = None


class ImportedBody(Struct, frozen=True):
    """A request body."""

    content_type: str
    required: bool = True
    schema: object = None
    guess: str | None = None


class ImportedSuccess(Struct, frozen=True):
    """The answer of a call that worked. `has_example` tells a `null` example from none."""

    statuses: tuple[str, ...]
    content_type: str | None = None
    schema: object = None
    example: object = None
    has_example: bool = False
    guess: str | None = None


class ImportedError(Struct, frozen=True):
    """A declared error. `status` is a code, a class such as `5xx`, or `default`."""

    status: str
    description: str | None = None
    content_type: str | None = None
    schema: object = None
    retry_after: str | None = None


class ImportedOperation(Struct, frozen=True):
    """One call of the service.

    Attributes:
        key: Method and path as the source has them: what the operation is known by when it is imported again.
        path: As it is sent, which is the key's without what can't be.
        where: Place in the source.
        pagination: As a spec writes it, with what it is guessed from.
    """

    key: str
    heading: str
    method: str
    path: str
    where: str
    description: str | None = None
    headers: tuple[ImportedHeader, ...] = ()
    parameters: tuple[ImportedParameter, ...] = ()
    body: ImportedBody | None = None
    success: ImportedSuccess | None = None
    errors: tuple[ImportedError, ...] = ()
    pagination: dict[str, object] | None = None
    pagination_guess: str | None = None
    idempotent: bool | None = None
    streaming: str | None = None


class ImportedEnvironment(Struct, frozen=True):
    """Where the service is. `guess` says what the URL is made from where the source does not state it whole."""

    name: str
    url: str
    guess: str | None = None


class ImportedAuth(Struct, frozen=True):
    """How we identify ourselves: `authentication` as a spec writes it. `note` says what kind of secret it takes."""

    type: str
    config: dict[str, object] = field(default_factory=dict)
    guess: str | None = None
    note: str | None = None


class ApiDescription(Struct, frozen=True):
    """All that was read of a service.

    Attributes:
        source: What the source is called in the spec.
        kind: `OpenAPI 3.1`, `Swagger 2.0`, `Postman collection`, `HAR recording`, `curl command`.
        all_keys: Keys of every operation of the source, selected or not.
        limits: Fields of `rate_limits`.
        components: Schemas by name, those that the operations reach.
    """

    source: str
    kind: str
    title: str
    operations: tuple[ImportedOperation, ...]
    all_keys: frozenset[str]
    summary: str | None = None
    version: str | None = None
    base_url: str | None = None
    environments: tuple[ImportedEnvironment, ...] = ()
    auth: ImportedAuth | None = None
    data_format: str | None = None
    limits: dict[str, object] = field(default_factory=dict)
    limits_guess: str | None = None
    components: dict[str, object] = field(default_factory=dict)
    api_docs: str | None = None
    support_contact: str | None = None
    losses: tuple[Loss, ...] = ()
    guesses: tuple[Guess, ...] = ()
