"""Values that mean something else than their kind says, looked at before the usual reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from intertie.diagnostics import Edit, Fix
from intertie.spec import codes
from intertie.spec.fields import Block
from intertie.spec.model import Alert, AuthConfig, FallbackBehavior, RateLimits
from intertie.spec.reading.limits import window
from intertie.spec.reading.scalar_values import Asked, Unreadable
from intertie.spec.source import Findings
from intertie.spec.tree import ScalarNode

OddValue: TypeAlias = Callable[[ScalarNode, Asked, Findings], object]
"""Returns the value, None to leave the text to the usual reader; raises `Unreadable` where the field is absent."""

_NOTHING = frozenset({"none", "no", "off", "disabled", "-", "n/a"})
_CHANNEL_RE = re.compile(r"#[\w-]+\Z")


def _scheme(node: ScalarNode, asked: Asked, _findings: Findings) -> object:
    """Return the word before the key without the blank behind it, which is sent anyway."""
    word = node.text.strip()
    return word if asked.where.endswith(".scheme") and word else None


def _no_fallback(node: ScalarNode, asked: Asked, findings: Findings) -> object:
    if not asked.where.endswith(".strategy") or node.text.strip().lower() not in _NOTHING:
        return None
    message = f"`{asked.where}: {node.text.strip()}` is read as no fallback"
    findings.add(codes.ALIAS_USED, node.span, message, help="remove the block")
    raise Unreadable


def _channel(node: ScalarNode, asked: Asked, findings: Findings) -> object:
    name = node.text.strip()
    if not asked.where.endswith(".channel") or not _CHANNEL_RE.match(name):
        return None
    findings.add(
        codes.ALIAS_USED, node.span, f"`{name}` is read as `slack`; which channel it goes to, the webhook says",
        help="write `slack`", fix=Fix("write slack", (Edit(node.span, "slack"),)),
    )  # fmt: skip
    return "slack"


ODD_VALUES: dict[type[Block], OddValue] = {
    RateLimits: window, AuthConfig: _scheme, FallbackBehavior: _no_fallback, Alert: _channel,
}  # fmt: skip
