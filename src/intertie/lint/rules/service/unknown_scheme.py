from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE123", severity=Severity.WARNING, since="0.1.0")
def unknown_scheme(spec: Spec) -> Iterator[Finding]:
    """The authentication scheme looks misspelt."""
    config = spec.authentication.config if spec.authentication else None
    scheme = config.scheme if config else None
    known = ("Bearer", "Basic", "Token", "ApiKey", "Digest", "DPoP", "GenieKey", "Api-Key", "Key")
    near = get_close_matches(scheme.value.strip(), known, n=1, cutoff=0.75) if scheme else []
    if scheme and len(scheme.value.split()) > 1:
        yield Finding(
            scheme.span,
            f"`{scheme.value}` is more than one word, so it is not a scheme",
            f"write `{scheme.value.split()[0]}`",
        )
    elif scheme and near and scheme.value.strip().lower() not in {word.lower() for word in known}:
        yield Finding(
            scheme.span,
            f"`{scheme.value}` is not a known scheme",
            f"did you mean `{near[0]}`?",
            fix=write(near[0], scheme.span, safe=False),
        )
