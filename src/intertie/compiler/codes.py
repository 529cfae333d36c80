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
        help: What to do about it.
        judges: Where its cause lies.
    """

    code: str
    name: str
    severity: Severity
    meaning: str
    help: str
    judges: Judges = "spec"


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

TABLE: tuple[Code, ...] = (
    Code(
        "TIE050", "unknown-environment", _ERROR,
        "The chosen environment is not declared.",
        "choose a declared environment, or add it under `service.environments`",
        judges="surroundings",
    ),
    Code(
        "TIE051", "no-base-url", _ERROR,
        "The spec has no base URL.",
        "add `service.base_url`, or a URL under `service.environments`",
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
        "add `endpoint.path` and `endpoint.method`",
    ),
    Code(
        "TIE057", "invalid-field-path", _ERROR,
        "A path into a document can't be read.",
        "write it with dots, such as `items[].price`, or as a JSONPath",
    ),
    Code(
        "TIE058", "unknown-transform", _ERROR,
        "A mapping row uses an unknown transform.",
        "use a name from the transform library; `-` means no transform",
    ),
    Code(
        "TIE059", "uncompilable-schema", _ERROR,
        "A schema does not compile.",
        "correct the schema at that place",
    ),
    Code(
        "TIE060", "invalid-status", _ERROR,
        "A status is not a valid HTTP status.",
        "write a status such as `409`, a class such as `5xx`, or a condition if the field takes one",
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
        "write all amounts in `costs.currency`",
    ),
    Code(
        "TIE064", "invalid-threshold", _ERROR,
        "The failure threshold of the circuit breaker can't be read.",
        "write `5` for failures in a row, or `50%` together with `window`",
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
        "write a reference such as `env:NAME` or `file:/run/secrets/name`, and replace the secret at the provider",
    ),
    Code(
        "TIE068", "unknown-setting", _WARNING,
        "The configuration has an unknown key.",
        "correct the spelling, or remove the key",
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
        "set both `external_field` and `internal_field`",
    ),
    Code(
        "TIE071", "unused-mapping-row", _WARNING,
        "A mapping row has no effect.",
        "correct the name of the field, or add it to the schema",
    ),
    Code(
        "TIE072", "unordered-tiers", _ERROR,
        "The price tiers are out of order.",
        "sort the tiers by `limit`; only the last has none",
    ),
    Code(
        "TIE073", "wrong-tier-unit", _ERROR,
        "The unit of a price tier does not match the pricing model.",
        "use `request`, `gb` or `minute` with the model of that name, and `month` with `subscription`",
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
        "add the missing field to `authentication.config`",
    ),
    Code(
        "TIE077", "incomplete-pagination", _ERROR,
        "The pagination lacks a field that its style needs.",
        "add the missing field",
    ),
    Code(
        "TIE078", "incomplete-error-row", _WARNING,
        "An error row has no external code.",
        "add `external_code`: a status, a class of statuses, or the provider's own code",
    ),
    Code(
        "TIE079", "missing-fallback", _WARNING,
        "An error row says `fallback`, but the spec declares no fallback.",
        "add `fallback_behavior.strategy`, or write `action: fail`",
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
        "correct the name or value; leave out Host, Content-Length, Transfer-Encoding and Connection",
    ),
    Code(
        "TIE083", "compiler-bug", _ERROR,
        "The compiler failed because of a bug in Intertie.",
        "report the bug with the version and that part of the spec, without secrets",
        judges="surroundings",
    ),
    Code(
        "TIE084", "invalid-proxy", _ERROR,
        "The proxy can't be used.",
        "write `url: http://proxy.example:3128`; if it needs them, `username: env:NAME` and `password: env:NAME`",
    ),
)  # fmt: skip
"""In the order of their codes."""

CODES = MappingProxyType({row.name: row for row in TABLE})
"""Name -> row."""
