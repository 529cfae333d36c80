from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.urls import further_urls, is_plain_http
from intertie.spec.model import Spec


@rule(code="TIE603", severity=Severity.ERROR, since="0.1.0", judges="spec")
def plain_http_token_url(spec: Spec) -> Iterator[Finding]:
    """A token URL is not encrypted."""
    for what, url in further_urls(spec):
        if what != "link" and is_plain_http(url.value):
            yield Finding(url.span, f"this {what} is not encrypted", "use `https://`")
