"""What becomes of every field of a spec: no field is decoration, and this table says why not.

A test changes each field in a spec that uses it and holds the table to what that changes. Fields of a
guard stand in its half in `compiler/guards/`, all others here. Who adds one adds a case in
`tests/support/field_cases.py` too.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from intertie.compiler.fate import Fate, How
from intertie.compiler.guards import HALVES

_ENFORCED, _GENERATED, _CHECKED, _REPORTED = How.ENFORCED, How.GENERATED, How.CHECKED, How.REPORTED
_NO_TOKEN = "this version does not request OAuth tokens or sign JWTs; calls are refused"  # noqa: S105
_NO_RUNNER = "this version has no runner of cases"
_MOCK = "the mock answers so"
_NOT_DONE = "this version does not do it; calls are refused"

_TABLE: tuple[tuple[str, str, How, str], ...] = (
    ("front_matter", "id", _ENFORCED, "names the integration in state, ledger, commands and messages"),
    ("front_matter", "type", _CHECKED, "the file is a spec only as `Integration`"),
    ("front_matter", "name", _ENFORCED, "title wherever the integration is shown"),
    ("front_matter", "status", _ENFORCED, "`retired` refuses calls; `deprecated`, and `draft` in production, warn"),
    ("front_matter", "service", _ENFORCED, "names the service in logs and default secrets"),
    ("front_matter", "related", _CHECKED, "each one must be there; schemas are read from data specs"),
    ("", "title", _CHECKED, "must agree with `name`, and stands in for it"),
    ("", "overview", _GENERATED, "summary of the API description"),
    ("integration_type", "protocol", _REPORTED, "GraphQL, WebSocket and gRPC: " + _NOT_DONE),
    ("integration_type", "authentication", _CHECKED, "must agree with `authentication`, and stands in for it"),
    ("integration_type", "data_format", _CHECKED, "must agree with the media types of the endpoints"),
    ("integration_type", "communication", _REPORTED, "calls wait for their answer; `Asynchronous` is not done yet"),
    ("service", "name", _CHECKED, "must agree with `service` of the front matter, and stands in for it"),
    ("service", "version", _GENERATED, "version of the API description; stands in for `versioning.current`"),
    ("service", "base_url", _ENFORCED, "where calls go"),
    ("service", "environments", _GENERATED, "servers of the API description; where calls of an environment go"),
    ("proxy", "url no_proxy username password", _ENFORCED, "the way of each connection; `intertie doctor` tries it"),
    ("endpoints[]", "name", _ENFORCED, "the operation's id"),
    ("endpoints[].endpoint", "path method", _ENFORCED, "the request, and the mock's routes"),
    ("endpoints[].endpoint", "description", _GENERATED, "API description; shown by `plan`"),
    ("endpoints[].request.headers[]", "name required value", _ENFORCED, "the request; the mock asks for it"),
    ("endpoints[].request.headers[]", "description", _GENERATED, "API description"),
    ("endpoints[].request.parameters[]",
     "name in type format required default enum items minimum maximum pattern style explode", _ENFORCED,
     "request validation, before anything is sent; the mock refuses what breaks it"),
    ("endpoints[].request.parameters[]", "description", _GENERATED, "API description"),
    ("endpoints[].request.body", "content_type schema required", _ENFORCED,
     "request validation, before anything is sent; the mock refuses what breaks it"),
    ("endpoints[].response.success", "status", _ENFORCED, "stage classify"),
    ("endpoints[].response.success", "content_type schema", _ENFORCED, "decoding and response validation"),
    ("endpoints[].response.success", "example", _ENFORCED, _MOCK),
    ("endpoints[].response.errors.*", "description", _GENERATED, "API description"),
    ("endpoints[].response.errors.*", "schema", _ENFORCED, "where code and message are read; " + _MOCK),
    ("endpoints[].response.errors.*", "retry_after", _ENFORCED, "header that says when to come back"),
    ("endpoints[].response.errors.*", "content_type example", _ENFORCED, _MOCK),
    ("endpoints[].performance", "p50 p95 p99", _ENFORCED, "latency of the mock; price of a minute before it is spent"),
    ("endpoints[].pagination",
     "cursor_parameter cursor_path page_parameter first offset_parameter", _ENFORCED,
     "`.pages()` and `.items()`; the mock has pages; reported beside another style"),
    ("endpoints[].pagination", "size_parameter size limit_parameter limit items_path more_path total_path", _ENFORCED,
     "`.pages()` and `.items()`; the mock has pages"),
    ("endpoints[].pagination", "style", _CHECKED, "each style needs options of its own; `.pages()` and `.items()`"),
    ("endpoints[]", "streaming", _REPORTED, "the body can be read as it comes; it is not split into events or lines"),
    ("endpoints[]", "graphql grpc websocket", _REPORTED, _NOT_DONE),
    ("endpoints[]", "asynchronous", _REPORTED, "the call is made; this version does not follow its job"),
    ("inbound[]", "external_field internal_field transform required default endpoints", _ENFORCED,
     "stage inbound mapping"),
    ("outbound[]", "internal_field external_field transform default required endpoints", _ENFORCED,
     "stage outbound mapping"),
    ("error_mapping[]", "external_code internal_code message action", _ENFORCED, "stage classify; what callers see"),
    ("", "error_code_path", _ENFORCED, "where the service's own code is read"),
    ("", "error_message_path", _ENFORCED, "where the service's own message is read"),
    ("validation", "responses", _ENFORCED, "stage response validation"),
    ("monitoring", "metrics", _REPORTED, "measured; this version does not export it"),
    ("monitoring.logging", "level", _ENFORCED,
     "least level that is logged, by applications and by the command line (`-v`, `-vv` log more)"),
    ("monitoring.logging", "include_headers include_body mask_sensitive", _ENFORCED, "what the log holds"),
    ("monitoring.alerts[]", "condition severity channel", _REPORTED, "this version does not evaluate conditions"),
    ("monitoring", "metrics_enabled", _REPORTED, "shown by `intertie status`; this version does not export it"),
    ("monitoring", "alert_on_open", _REPORTED, "shown by `intertie status`; this version sends it to no channel"),
    ("security", "data_encryption", _REPORTED,
     "`TLS 1.2` or `TLS 1.3` in it sets the minimum; cached answers and queued bodies are stored as they are"),
    ("security", "secret_management", _REPORTED, "one reference in it names the secret; the rest is prose"),
    ("security", "audit_logging", _REPORTED, "calls are recorded; what else is promised is not checked"),
    ("security", "data_retention retention", _ENFORCED, "bounds the age of cached answers; beyond the cache reported"),
    ("security", "gdpr/privacy", _ENFORCED, "`personal: field, field` in it masks fields; prose is reported"),
    ("security", "tls_minimum ca client_certificate client_key", _ENFORCED, "the connection"),
    ("security", "personal", _ENFORCED, "masked wherever it is shown or stored"),
    ("security", "encryption_key", _REPORTED,
     "this version uses none: cached answers and queued bodies are stored as they are"),
    ("testing.unit_tests", "mock_responses", _REPORTED, "whoever starts the mock gets its answers"),
    ("testing.unit_tests", "fixtures_location", _REPORTED, _NO_RUNNER),
    ("testing.integration_tests", "use_sandbox", _REPORTED, "`false` takes the environment `sandbox` away"),
    ("testing.integration_tests", "sandbox_url", _ENFORCED, "where calls in the environment `sandbox` go"),
    ("testing.integration_tests", "test_credentials", _REPORTED, _NO_RUNNER),
    ("testing.contract_tests", "provider", _CHECKED, "must agree with the service's name; " + _NO_RUNNER),
    ("testing.contract_tests", "pact_location", _REPORTED, _NO_RUNNER),
    ("dependencies", "internal_services libraries infrastructure", _REPORTED,
     "this version does not check that it exists"),
    ("sla", "availability response_time error_rate support_hours", _REPORTED,
     "what is promised is not judged by what was measured in this version"),
    ("documentation", "api_docs client_library support_contact", _GENERATED, "API description"),
    ("cases[]", "path", _CHECKED, "the file must be there; " + _NO_RUNNER),
    ("cases[]", "description", _REPORTED, _NO_RUNNER),
    ("implementation[]", "what where", _REPORTED, "this version generates nothing there"),
    ("", "uncertainties", _CHECKED, "listed; an approved spec may have none"),
)  # fmt: skip
"""(block, fields in it, how they count, where that is seen or why it is not)."""


def _fates() -> Iterator[tuple[str, Fate]]:
    for half in HALVES.values():
        for field in half.fields:
            yield field.path, Fate(field.how, field.where)
    for block, names, how, where in _TABLE:
        for name in names.split():
            yield f"{block}.{name}" if block else name, Fate(how, where)


FATES = MappingProxyType(dict(_fates()))
"""Path of a field, as `intertie.spec.field_paths` has it -> what becomes of it."""


def fields_markdown() -> str:
    """Return the page `docs/reference/fields.md`."""
    from intertie.spec.field_paths import field_paths  # noqa: PLC0415  # only the docs ask

    lines = [
        "# What becomes of each field",
        "",
        "No field of a spec is silent. Each one is",
        "",
        "- **enforced**: clients and the mock obey it;",
        "- **generated**: it is written into what `intertie generate` makes;",
        "- **checked**: `intertie check` holds the rest of the spec and the workspace to it; or",
        "- **not enforced**: `intertie plan` lists it under *Not enforced*, with the reason.",
        "",
        "A field often counts in several ways; the table names one that always holds. Where a field is read only",
        "beside certain others, the plan reports it as not enforced beside the rest. `+` marks a field that the",
        "founding template does not have. [Fields of a spec](spec-format.md) says what each one holds.",
    ]
    block = None
    for path, info in field_paths().items():
        lead, name = _parted(path)
        if lead != block:
            block = lead
            lines += [
                "",
                f"## `{lead}`" if lead else "## In the text",
                "",
                "| field | | where, or why not |",
                "|---|---|---|",
            ]
        fate = FATES[path]
        mark = " +" if info is not None and not info.template else ""
        lines.append(f"| `{name}`{mark} | {fate.how.value} | {fate.where} |")
    return "\n".join(lines) + "\n"


def _parted(path: str) -> tuple[str, str]:
    """Return the block a path begins with, and the rest of it."""
    lead, dot, name = path.partition(".")
    return (lead, name) if dot else ("", path)
