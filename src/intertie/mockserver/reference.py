"""The reference page of the mock, made from the tables that it works by."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from intertie.mockserver import control, profiles
from intertie.mockserver.problems import CONTROL_PREFIX, RULES
from intertie.mockserver.wires.rest import parameters, resources

PROFILE_FIELDS: dict[str, tuple[str, str]] = {
    "name": ("text", "What the profile is called in `state`; the file's name where it is absent."),
    "description": ("text", "For people."),
    "responses": (
        "list of statuses, or of `{status, body, headers, delay_ms, code, fault}`",
        (
            "One a request, in order; then the rest of the profile. `body` is data or text, `code` the provider's own "
            "error code where the spec says it is read, `fault` one of `disconnect`'s places or `hang`. A body has the "
            "declared media type where it can be of it; a text in the place of JSON is `text/plain`. A forced "
            "failure has no effect on what is stored."
        ),
    ),
    "error_share": ("0 to 1", "Share of requests answered by an error."),
    "error_status": ("status or list", "Which errors, in turn; 503 where it is absent."),
    "outage": ("`{from_s, to_s}`", "Every answer is an error between these seconds after the profile was chosen."),
    "latency_factor": ("number", "On the latencies drawn from p50, p95 and p99."),
    "disconnect": (
        "`before_headers`, `after_headers`, `mid_body`, or `{at, share}`",
        "The connection is closed there; before the headers it is reset. The request has taken effect.",
    ),
    "malformed_body": ("true, or `{share}`", "Bodies break off, so that they are no valid document."),
    "slow_body": ("bytes a second", "Bodies come that slowly."),
    "hang": ("true, or `{share}`", "No answer comes."),
    "throttle": (
        "true, `disguised`, or `{kind, share}`",
        "429 with the declared header; `disguised` is a success whose body says so.",
    ),
    "credential": ("secret reference", "This credential alone is accepted."),
    "operations": (
        "operation id to fields",
        "Exceptions; what one does not say is as above, but for `responses`.",
    ),
}
"""Field of a profile -> what it holds, what it does."""


def mock_markdown() -> str:
    """Return the page `docs/reference/mock.md`."""
    lines = [
        "# The mock",
        "",
        "Generated from the tables it works by. `intertie mock SPEC…` serves each spec on a port of its own: the one",
        "that its calls go to, where their URL is `http` on this machine, else 8420 and up. It prints the commands",
        "that call it, tried on the mock: variables to export, an operation with its required input, and",
        "`--base-url` only where calls would go elsewhere.",
        "",
        "[A mock that misbehaves](../guides/mock-faults.md) shows it at work, [Commands](cli.md#intertie-mock) its",
        "options.",
        "",
        "A request is looked at in this order: path and method, and whatever else tells endpoints apart; the declared",
        "limits; what the profile forces; credential, version, headers, parameters and body by the rules below; a",
        "repeated idempotency key. The answer is what is stored, else the response's `example`, else data made by its",
        "schema, which satisfies it and is the same for the same seed and requests. Latencies are drawn so that p50,",
        "p95 and p99 of each endpoint come out; `--no-latency` leaves them out.",
        "",
        "## What is enforced",
        "",
        "A refused request gets a problem document (RFC 9457): `type` names the rule, `rule` the line of the spec that",
        "was broken, `field` the header, parameter or path in the body. Declared limits answer with `RateLimit`,",
        "`RateLimit-Policy` and `X-RateLimit-*`, a 429 also with the header that the spec declares. Media types,",
        "charsets and the bounds on bodies are the client's: [What came back](../explanation/bodies.md).",
        "",
        "Limits are counted exactly, by when requests arrive. The one tolerance is the server's own lag, which it",
        "measures: since when a request may have been waiting for it to get to run. That is 5 to 10 ms where it is",
        "idle, more where the machine is busy, and nothing on virtual time. A client that passes a limit by more is",
        "refused.",
        "",
        "| rule | means |",
        "|---|---|",
        *(f"| `{name}` | {meaning} |" for name, meaning in RULES.items()),
        "",
        "Parameters are read in the style they declare:",
        "",
        *_table_of(parameters),
        "",
        "## What is remembered",
        "",
        "Paths such as `/charges` and `/charges/{id}` are a collection and its things:",
        "",
        *_table_of(resources),
        "",
        "Posted fields of the same name are echoed. A repeated idempotency key gets the first answer again.",
        "The mock remembers at most 10,000 things and 64 MB of them, 10,000 idempotency keys, and the last 1,000",
        "requests with long values cut. The oldest are forgotten first.",
        "",
        "## Profiles",
        "",
        "`--profile NAME` or `PUT profile` chooses one; a file or a request can make its own.",
        "",
        *_table_of(profiles),
        "",
        "### Fields of a profile",
        "",
        "YAML or JSON, with `--profile FILE` or over the control endpoint. Shares are drawn by the seed.",
        "",
        "| field | holds | does |",
        "|---|---|---|",
        *(f"| `{name}` | {holds} | {does} |" for name, (holds, does) in PROFILE_FIELDS.items()),
        "",
        "## Control endpoint",
        "",
        f"Under `{CONTROL_PREFIX}`, on the same port. It has no limits, latency or faults. It refuses the pages of",
        "other machines. On a loopback address it answers to loopback names alone; on another one to addresses and to",
        "names without a dot, such as `mock:8420`.",
        "",
        *_table_of(control),
        "",
    ]
    return "\n".join(lines)


def _table_of(module: ModuleType) -> Iterator[str]:
    """Yield the rows of the table in a module's docstring."""
    return (line for line in (module.__doc__ or "").splitlines() if line.startswith("|"))
