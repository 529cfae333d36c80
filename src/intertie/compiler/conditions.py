"""Lists that mix statuses, classes and named conditions, as retry and breaker have them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct, field

from intertie.compiler.build import Build
from intertie.runtime.statuses import StatusSet
from intertie.spec.fields import Located

_WORDS: dict[str, frozenset[str]] = {
    "network_error": frozenset({"network_error"}),
    "connection_error": frozenset({"network_error"}),
    "connection_reset": frozenset({"network_error"}),
    "timeout": frozenset({"timeout"}),
    "timeout_error": frozenset({"timeout"}),
    "service_unavailable": frozenset({"service_unavailable"}),
    "service_fault": frozenset({"network_error", "timeout", "5xx"}),
    "server_error": frozenset({"5xx"}),
}
"""Word -> what it stands for: conditions, and classes of statuses."""

_THROTTLED = frozenset({"throttled", "rate_limited", "rate_limit"})
"""Words for a 429, which is tried again (and never counted by a breaker) whatever a list says."""


class Conditions(Struct, frozen=True):
    """What a list names."""

    statuses: StatusSet = field(default_factory=StatusSet)
    network_error: bool = False
    timeout: bool = False
    service_unavailable: bool = False

    @classmethod
    def of(cls, words: Iterable[str]) -> Conditions:
        """Read statuses, classes and conditions.

        >>> found = Conditions.of(["429", "5xx", "timeout"])
        >>> found.statuses.written, found.timeout, found.network_error
        (('429', '5xx'), True, False)

        Raises:
            ValueError: One is none of them.
        """
        named: set[str] = set()
        statuses: list[str] = []
        for word in words:
            text = word.strip().lower().replace("-", "_").replace(" ", "_")
            for part in _WORDS.get(text, frozenset({text})):
                if part in {"network_error", "timeout", "service_unavailable"}:
                    named.add(part)
                elif part not in _THROTTLED and part not in statuses:
                    statuses.append(part)
        return cls(StatusSet.of(statuses), "network_error" in named, "timeout" in named, "service_unavailable" in named)


_OWN_CODE_RE = re.compile(r"[A-Za-z]+[A-Z][A-Za-z]*|[A-Z]+(?:_[A-Z]+)+|[a-z]+(?:_[a-z]+){2,}")
_OWN_CODE = "a code of the provider's own is retried by a row of `error_mapping` with `action: retry`"


def read_conditions(build: Build, items: Iterable[Located[str] | Located[object]], where: str) -> Conditions:
    """Read a spec's list; what can't be read is a finding at its place and is left out."""
    good: list[str] = []
    for item in items:
        text = str(item.value)
        try:
            Conditions.of([text])
        except ValueError:
            name = "invalid-status" if text.strip()[:1].isdigit() else "unknown-condition"
            own = _OWN_CODE_RE.fullmatch(text.strip()) and where == "retry"
            build.report(
                name, f"{where}: `{text}` is not a status (100-599), class (`5xx`) or known condition", item.span,
                help=_OWN_CODE if own else None,
            )  # fmt: skip
        else:
            good.append(text)
    return Conditions.of(good)
