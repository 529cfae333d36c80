"""The reference pages of defaults and configuration, made from the tables that the compiler reads."""

from __future__ import annotations

from intertie.compiler.defaults import DEFAULTS, WHEN_ABSENT
from intertie.compiler.setting_values import DEFAULT_BLOCKS, default_fields
from intertie.core.units import seconds_text
from intertie.spec.fields import FieldInfo, Kind

_SETTINGS = (
    ("environment", "each spec's own", "Environment of every spec where a call names none."),
    ("base_url", "each spec's own", "Where calls go instead of what the specs say; made for one-off runs."),
    ("state", "`sqlite:///.intertie/state.db`", "Limiter, breaker and cache, shared by all who name the same store."),
    ("journal", "`sqlite:///.intertie/journal.db`", "Ledger, queue and history."),
    ("durability", "`process`", "`process` survives a killed process, `power` a power cut too."),
    (
        "store_down",
        "`fair_share`",
        "`fair_share`, `refuse` or `allow`: see [below](#store_down).",
    ),
    ("audit", "`grouped`", "`grouped`, or `strict`: stored before the call is sent."),
    ("history", "`90d`", "How long finished calls are kept, or `forever`; see [below](#history)."),
    ("trust", "`system`", "Whose certificates are trusted: see [below](#trust)."),
)
_TRUST = (
    "## `trust`",
    "",
    "`system`, and files or folders of certificates in PEM, separated by commas: all of them together are trusted.",
    "`security.ca` of a spec stands above it: that service is then judged by this one file alone.",
    "",
    "```toml",
    'trust = "system, certificates/company-root.pem"',
    "```",
    "",
    "- `system` is what the machine trusts: the file in `SSL_CERT_FILE` and the folder in `SSL_CERT_DIR` where those",
    "  variables are set, else where OpenSSL looks, else the bundle that Debian, Fedora, openSUSE or Alpine keep.",
    "- A relative path starts at the workspace's root. A folder needs the names that `openssl rehash` makes.",
    "- An image without any certificates (many slim ones) trusts nobody: install `ca-certificates` there, or set",
    "  `INTERTIE_TRUST` to the file that `python -m certifi` prints.",
    "- A file that is missing or no certificate stops `open`, before the first call. `intertie doctor` looks at all",
    "  of them.",
    "",
    "The variables of a proxy (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`) are read too:",
    "[Proxies, certificates and other preconditions](../guides/network.md).",
    "",
)
_STORE_DOWN = (
    "## `store_down`",
    "",
    "What is done while a store can't be opened or reached, whatever the reason:",
    "",
    "| value | `state`: limits, breaker, cache | `journal`: ledger, queue, history |",
    "|---|---|---|",
    "| `fair_share` | an equal part of the limit, as last known; memory where nothing is known yet | see below |",
    "| `refuse` | calls are refused | see below |",
    "| `allow` | calls are not limited; memory from the start | memory |",
    "",
    "Without its journal, a spec with `hard_stop`, a `queue` or a strict audit is refused: what can't be read may hold",
    "a spent budget, and what can't be written keeps no receipt. Others go on in memory, with a warning on every call.",
    "`memory://` says that nothing need be kept. `intertie doctor` shows what is wrong and what to do.",
    "",
)
_HISTORY = (
    "## `history`",
    "",
    "Each finished call is an entry of the journal, of some 400 bytes, without request or response data;",
    "`report calls` shows them. Entries older than this are deleted in the background by the processes that record",
    "new ones, some hundred at a time. Their room in the file is used again; the file itself does not shrink. What",
    'months cost is in the ledger, which nothing deletes. An entry that was recorded with `audit = "strict"` stays,',
    "whatever its age.",
    "",
)
_WHOSE_STATE = """
## Whose state it is

Limiter, breakers, cached answers, ledger, queue and history keep every row under four things:

- *integration*: the spec's `id`, or its service's name where it has none.
- *environment*: its name, `default` where `base_url` is used.
- *origin*: empty where calls go to the URL that the spec has for the environment; `scheme://host:port` where that URL
  is loopback, and where `--base-url`, `base_url=` or the setting gives another URL.
- *tenant*: empty; there are no tenants yet.

So a mock never uses up the limit or the budget of the real service, its answers never stand for the service's, and a
call that was queued at a mock is never sent to the service. When the vendor moves to a new host and the spec follows,
limit and month go on. Cached answers are kept under the origin in any case.

Commands and logs write the key as `INT-001@staging`, with the origin behind it where there is one:
`INT-001@default http://127.0.0.1:8420`. `status`, `breaker`, `limiter` and `queue replay` are about the spec's own URL;
with `--base-url` they are about another. `queue list`, `report` and `budget reconcile` show all.

The state folder belongs to the spec's file, however you name it: by path, by id, by service, through `..` or a link.
It is `.intertie/` in the nearest folder upwards that has an `intertie.toml`, else in the file's own folder.
`--workspace` names another.
"""
_SECONDS = frozenset({"retry_after", "max_wait", "margin", "max_pause", "initial_delay", "max_delay", "cache_ttl",
                      "idempotency_ttl", "budget_window", "timeout", "connect", "read", "write", "total"})  # fmt: skip


def defaults_markdown() -> str:
    """Return the page that says what holds where a spec is silent."""
    lines = [
        "# Defaults",
        "",
        "What holds where a spec and the configuration say nothing. `intertie plan` shows such a value with the source",
        "`default`; a value of `[defaults]` in `intertie.toml` takes its place, with the source `config`.",
        "",
        "| field | default | why |",
        "|---|---|---|",
    ]
    lines += [f"| `{key}` | {_shown(key, default.value)} | {default.why} |" for key, default in DEFAULTS.items()]
    lines += ["", "## A block that is absent", "", "| block | what holds |", "|---|---|"]
    lines += [f"| `{block}` | {what} |" for block, what in WHEN_ABSENT.items()]
    return "\n".join(lines) + "\n"


def configuration_markdown() -> str:
    """Return the page of `intertie.toml` and its variables."""
    lines = [
        "# Configuration",
        "",
        "`intertie.toml` stands in the workspace's root. Flags win over `INTERTIE_*` variables, those over the file,",
        "the file over the defaults. A key that nothing reads is a warning at its line.",
        "",
        "| key | variable | default | what it does |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{key}` | `INTERTIE_{key.upper()}` | {default} | {what} |" for key, default, what in _SETTINGS]
    lines += [
        "",
        "`[lint]` has `select` and `ignore`, lists of rule codes, their beginnings or names, and tables: `severity`",
        "(rule and severity) and `per-file-ignores` (pattern of paths and rules). `[channels]` and `[gateway]` are",
        "handed on as they are. `INTERTIE_GATEWAY_PORT` is `port` of `[gateway]`, and so on.",
        "",
        *_STORE_DOWN,
        *_HISTORY,
        *_TRUST,
        "## `[defaults]`",
        "",
        "Used where a spec is silent, also where it has no such block: `[defaults.retry]` gives a retry to every spec",
        "that does not say `enabled: false`. Names, units and choices are those of the spec; the variable of",
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
