"""The reference pages of defaults and configuration, made from the tables that the compiler reads."""

from __future__ import annotations

from intertie.compiler.defaults import DEFAULTS, WHEN_ABSENT
from intertie.compiler.setting_values import DEFAULT_BLOCKS, default_fields
from intertie.core.units import seconds_text
from intertie.spec.fields import FieldInfo, Kind

_SETTINGS = (
    ("environment", "each spec's own", "Environment of all specs, unless a call chooses another one."),
    ("base_url", "each spec's own", "Send calls to this URL, not the one in the spec; for one-off runs."),
    ("state", "`sqlite:///.intertie/state.db`", "Limiter, breaker and cache, shared by all that use the same store."),
    ("journal", "`sqlite:///.intertie/journal.db`", "Ledger, queue and history."),
    ("durability", "`process`", "`process` survives a killed process; `power` also survives a power cut."),
    (
        "store_down",
        "`fair_share`",
        "`fair_share`, `refuse` or `allow`: see [below](#store_down).",
    ),
    ("audit", "`grouped`", "`grouped`, or `strict`: stored before the call is sent."),
    ("history", "`90d`", "How long to keep finished calls, or `forever`; see [below](#history)."),
    ("trust", "`system`", "Trusted authorities: see [below](#trust)."),
)
_TRUST = (
    "## `trust`",
    "",
    "`system`, and files or folders of PEM certificates, separated by commas. All of them are trusted. If a spec has",
    "`security.ca`, only that file is trusted for its service.",
    "",
    "```toml",
    'trust = "system, certificates/company-root.pem"',
    "```",
    "",
    "- `system` is what the machine trusts: the file in `SSL_CERT_FILE` and the folder in `SSL_CERT_DIR` if those",
    "  variables are set, else the places of OpenSSL, else the bundle of Debian, Fedora, openSUSE or Alpine.",
    "- A relative path starts at the root of the workspace. A folder needs the names that `openssl rehash` creates.",
    "- Many slim container images have no certificates: install `ca-certificates` there, or set `INTERTIE_TRUST` to",
    "  the file that `python -m certifi` prints.",
    "- If a file is missing or not a certificate, `open` fails, before the first call. `intertie doctor` checks all of",
    "  them.",
    "",
    "The variables of a proxy (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`) also apply:",
    "[Proxies, certificates and other preconditions](../guides/network.md).",
    "",
)
_STORE_DOWN = (
    "## `store_down`",
    "",
    "What happens while a store can't be opened or reached, whatever the reason:",
    "",
    "| value | `state`: limits, breaker, cache | `journal`: ledger, queue, history |",
    "|---|---|---|",
    "| `fair_share` | an equal part of the limit, as last known; memory if nothing is known yet | see below |",
    "| `refuse` | calls are refused | see below |",
    "| `allow` | calls are not limited; memory from the start | memory |",
    "",
    "Without its journal, a spec with `hard_stop`, a `queue` or a strict audit is refused: the journal may show a",
    "spent budget, and must store the receipts. Other specs continue in memory, with a warning on every call. Use `memory://`",
    "if nothing has to be kept. `intertie doctor` shows what is wrong and what to do.",
    "",
)
_HISTORY = (
    "## `history`",
    "",
    "The journal has an entry of about 400 bytes for each finished call, without request or response data;",
    "`report calls` shows them. Processes that record new entries delete older ones in the background, some hundred at",
    "a time. The file reuses the space; it does not shrink. The ledger keeps what months cost, and is never deleted.",
    'Entries that were recorded with `audit = "strict"` are never deleted, either.',
    "",
)
_WHOSE_STATE = """
## Whose state it is

The rows of limiter, breakers, cached answers, ledger, queue and history have a key of four parts:

- *integration*: the `id` of the spec, or the name of its service if it has none.
- *environment*: its name, or `default` for `base_url`.
- *origin*: empty if calls go to the URL that the spec has for the environment; `scheme://host:port` if that URL is
  loopback, or if `--base-url`, `base_url=` or the setting is another URL.
- *tenant*: empty; there are no tenants yet.

A mock therefore never uses up the limit or the budget of the real service, its answers are never taken for those of the
service, and a call that was queued for a mock is never sent to the service. If the vendor moves to a new host and you
change the spec, limit and month continue. Cached answers always have their origin in the key.

Commands and logs write the key as `INT-001@staging`, followed by the origin if there is one:
`INT-001@default http://127.0.0.1:8420`. `status`, `breaker`, `limiter` and `queue replay` use the URL in the spec, or
that of `--base-url`. `queue list`, `report` and `budget reconcile` show all.

The state folder belongs to the spec file, whether you open it by path, id or service, through `..` or through a link.
It is `.intertie/` in the nearest parent folder that has an `intertie.toml`, else in the folder of the file.
`--workspace` chooses another folder.
"""
_SECONDS = frozenset({"retry_after", "max_wait", "margin", "max_pause", "initial_delay", "max_delay", "cache_ttl",
                      "idempotency_ttl", "budget_window", "timeout", "connect", "read", "write", "total"})  # fmt: skip


def defaults_markdown() -> str:
    """Return the page that says what holds where a spec is silent."""
    lines = [
        "# Defaults",
        "",
        "The values that apply if neither the spec nor the configuration sets a field. `intertie plan` shows them with",
        "the source `default`. `[defaults]` in `intertie.toml` replaces them, with the source `config`.",
        "",
        "| field | default | why |",
        "|---|---|---|",
    ]
    lines += [f"| `{key}` | {_shown(key, default.value)} | {default.why} |" for key, default in DEFAULTS.items()]
    lines += ["", "## If a block is absent", "", "| block | what happens |", "|---|---|"]
    lines += [f"| `{block}` | {what} |" for block, what in WHEN_ABSENT.items()]
    return "\n".join(lines) + "\n"


def configuration_markdown() -> str:
    """Return the page of `intertie.toml` and its variables."""
    lines = [
        "# Configuration",
        "",
        "`intertie.toml` is in the root of the workspace. Flags take precedence over `INTERTIE_*` variables, variables",
        "over the file, and the file over the defaults. An unknown key is a warning.",
        "",
        "| key | variable | default | what it does |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{key}` | `INTERTIE_{key.upper()}` | {default} | {what} |" for key, default, what in _SETTINGS]
    lines += [
        "",
        "`[lint]` has the lists `select` and `ignore` (codes of rules, beginnings of codes, or names), and the tables",
        "`severity` (rule and severity) and `per-file-ignores` (pattern of paths and rules). `[channels]` and",
        "`[gateway]` are passed on as they are. `INTERTIE_GATEWAY_PORT` is `port` of `[gateway]`, and so on.",
        "",
        *_STORE_DOWN,
        *_HISTORY,
        *_TRUST,
        "## `[defaults]`",
        "",
        "Values for fields that a spec does not set, even if it lacks the block: `[defaults.retry]` adds retries to",
        "each spec that does not say `enabled: false`. Names, units and choices are those of the spec; the variable of",
        "`retry.max_attempts` is `INTERTIE_DEFAULTS_RETRY_MAX_ATTEMPTS`.",
        "",
        "```toml",
        'environment = "staging"',
        "",
        "[defaults.timeouts]",
        "connect = 1000          # milliseconds, as in a spec",
        'total = "20s"',
        "",
        "[defaults.retry]",
        "max_attempts = 3",
        "```",
        "",
        "| key | holds |",
        "|---|---|",
    ]
    for block in DEFAULT_BLOCKS:
        lines += [f"| `{block}.{name}` | {_holds(info)} |" for name, info in default_fields(block).items()]
    return "\n".join(lines) + "\n" + _WHOSE_STATE


def _shown(key: str, value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value)
    if isinstance(value, float) and key.rpartition(".")[2] in _SECONDS:
        return seconds_text(value)
    if isinstance(value, float) and key.endswith("budget"):
        return f"{value * 100:g} %"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _holds(info: FieldInfo) -> str:
    if info.kind is Kind.CHOICE:
        return ", ".join(f"`{choice}`" for choice in info.choices)
    if info.kind is Kind.DURATION:
        return f"{info.kind.value}; a bare number is in {info.bare_unit}"
    return info.kind.value
