"""Every finding the compiler can make: its code, name, severity and what it means.

The rule pages and the checker read this table; nothing else in the compiler knows a code by number.
"""

from __future__ import annotations

from types import MappingProxyType

from msgspec import Struct

from intertie.diagnostics import Judges, Severity


class Code(Struct, frozen=True):
    """One kind of finding.

    Attributes:
        code: `TIE` and three digits.
        name: Reads after "allow": `unknown-environment`.
        meaning: What is wrong, in one sentence.
        mend: What to do about it, as it follows `help:`.
        judges: Where its cause lies.
    """

    code: str
    name: str
    severity: Severity
    meaning: str
    mend: str
    judges: Judges = "spec"


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

TABLE: tuple[Code, ...] = (
    Code(
        "TIE050", "unknown-environment", _ERROR,
        "The chosen environment is not declared.",
        "choose a declared one, or add it under `service.environments`",
        judges="surroundings",
    ),
    Code(
        "TIE051", "no-base-url", _ERROR,
        "The spec has no base URL.",
        "give `service.base_url` or an environment's URL under `service.environments`",
    ),
    Code(
        "TIE052", "invalid-base-url", _ERROR,
        "A base URL can't be used.",
        "write it as `https://api.example.com/v1`; credentials belong to `authentication`",
    ),
    Code(
        "TIE053", "plain-http", _ERROR,
        "Calls would travel unencrypted.",
        "use `https://`, or declare the URL under `environments.development`",
    ),
    Code(
        "TIE054", "no-operations", _WARNING,
        "The spec has no endpoint that can be called.",
        "fill in path and method of at least one `### Endpoint`",
    ),
    Code(
        "TIE055", "incomplete-endpoint", _WARNING,
        "An endpoint has no path or no method.",
        "give `endpoint.path` and `endpoint.method`",
    ),
    Code(
        "TIE057", "invalid-field-path", _ERROR,
        "A path into a document can't be read.",
        "write it dotted, such as `items[].price`, or as a JSONPath",
    ),
    Code(
        "TIE058", "unknown-transform", _ERROR,
        "A mapping row uses an unknown transform.",
        "use a name from the transform library; `-` means none",
    ),
    Code(
        "TIE059", "uncompilable-schema", _ERROR,
        "A schema does not compile.",
        "mend the schema at the place named",
    ),
    Code(
        "TIE060", "invalid-status", _ERROR,
        "A status is not a valid HTTP status.",
        "write `409`, `5xx`, or a condition where one is allowed",
    ),
    Code(
        "TIE061", "invalid-date", _ERROR,
        "A date can't be read.",
        "write it as `YYYY-MM-DD`",
    ),
    Code(
        "TIE062", "unknown-time-zone", _ERROR,
        "The time zone is unknown.",
        "use a name such as `Europe/Berlin` or `UTC`",
    ),
    Code(
        "TIE063", "mixed-currencies", _ERROR,
        "The amounts of a spec are in different currencies.",
        "write all amounts in one currency and name it in `costs.currency`",
    ),
    Code(
        "TIE064", "invalid-threshold", _ERROR,
        "The failure threshold of the circuit breaker can't be read.",
        "write `5` (failures in a row) or `50%` (with `window`)",
    ),
    Code(
        "TIE065", "unreadable-rate", _ERROR,
        "A rate limit in words can't be read.",
        "write `100 requests per minute`, or use `requests_per_minute: 100`",
    ),
    Code(
        "TIE066", "unknown-endpoint", _ERROR,
        "A mapping row names an endpoint that does not exist.",
        "use the heading of an endpoint",
    ),
    Code(
        "TIE067", "literal-secret", _ERROR,
        "The spec contains a secret.",
        "move it out and write `env:NAME` or `file:/run/secrets/name`; then change the secret, for it has been read",
    ),
    Code(
        "TIE068", "unknown-setting", _WARNING,
        "The configuration has an unknown key.",
        "mend its spelling or take it out",
        judges="surroundings",
    ),
    Code(
        "TIE069", "unknown-condition", _ERROR,
        "A retry or breaker condition is unknown.",
        "use `network_error`, `timeout`, `service_unavailable`, `service_fault`, a status or a class",
    ),
    Code(
        "TIE070", "incomplete-mapping-row", _WARNING,
        "A mapping row has only one of its two fields.",
        "give both `external_field` and `internal_field`",
    ),
    Code(
        "TIE071", "unused-mapping-row", _WARNING,
        "A mapping row has no effect.",
        "mend the field's name, or add it to the schema it belongs to",
    ),
    Code(
        "TIE072", "unordered-tiers", _ERROR,
        "The price tiers are out of order.",
        "order the tiers by `limit`; only the last has none",
    ),
    Code(
        "TIE073", "wrong-tier-unit", _ERROR,
        "The unit of a price tier does not match the pricing model.",
        "use `request`, `gb` or `minute` with the model of that name, `month` with `subscription`",
    ),
    Code(
        "TIE074", "limited-last-tier", _WARNING,
        "No tier says what calls cost beyond the last limit.",
        "add a tier without `limit`",
    ),
    Code(
        "TIE075", "unsupported-feature", _WARNING,
        "An operation needs a feature that this version does not support.",
        "call the others; `intertie plan` says which are refused and why",
    ),
    Code(
        "TIE076", "incomplete-auth", _ERROR,
        "The authentication lacks a field that its type needs.",
        "give the missing field in `authentication.config`",
    ),
    Code(
        "TIE077", "incomplete-pagination", _ERROR,
        "The pagination lacks a field that its style needs.",
        "give the missing field",
    ),
    Code(
        "TIE078", "incomplete-error-row", _WARNING,
        "An error row has no external code.",
        "give `external_code`: a status, a class or the provider's own code",
    ),
    Code(
        "TIE079", "missing-fallback", _WARNING,
        "An error row says `fallback`, but the spec declares no fallback.",
        "give `fallback_behavior.strategy`, or let the row say `fail`",
    ),
    Code(
        "TIE080", "unset-variable", _ERROR,
        "A base URL names an environment variable that is not set.",
        "set the variable, or write the URL",
        judges="surroundings",
    ),
    Code(
        "TIE081", "invalid-endpoint-path", _ERROR,
        "The path of an endpoint can't be used.",
        "write it as `/v1/orders/{id}`, without host, query or `..`",
    ),
    Code(
        "TIE082", "invalid-header", _ERROR,
        "A header can't be sent.",
        "mend name and value; leave out Host, Content-Length, Transfer-Encoding and Connection",
    ),
    Code(
        "TIE083", "compiler-bug", _ERROR,
        "The compiler failed because of a bug in Intertie.",
        "report it with the version and that part of the spec, without secrets",
        judges="surroundings",
    ),
    Code(
        "TIE084", "invalid-proxy", _ERROR,
        "The proxy can't be used.",
        "write `url: http://proxy.example:3128`, and `username: env:NAME` and `password: env:NAME` where it asks",
    ),
)  # fmt: skip
"""In the order of their codes."""

CODES = MappingProxyType({row.name: row for row in TABLE})
"""Name -> row."""
