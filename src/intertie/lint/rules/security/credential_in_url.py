from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.urls import credential_in, further_urls
from intertie.spec.model import Spec


@rule(code="TIE602", severity=Severity.ERROR, since="0.1.0", judges="spec")
def credential_in_url(spec: Spec) -> Iterator[Finding]:
    """A URL contains a credential."""
    for what, url in further_urls(spec):
        where = credential_in(url.value)
        if where:
            yield Finding(
                url.span,
                f"this {what} contains a credential: {where}",
                "replace the credential at the provider, and write a reference such as `env:NAME`",
            )
