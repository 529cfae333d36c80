from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE605", severity=Severity.HINT, since="0.1.0")
def key_in_query(spec: Spec) -> Iterator[Finding]:
    """The API key is sent in the URL."""
    config = spec.authentication.config if spec.authentication else None
    if config and config.key_location and config.key_location.value == "query":
        yield Finding(
            config.key_location.span,
            "the key is part of every URL, and URLs are logged on the way",
            "send it in a header if the service accepts one",
        )
