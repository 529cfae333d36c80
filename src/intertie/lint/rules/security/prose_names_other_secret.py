from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.tokens import secret_references
from intertie.spec.model import Spec


@rule(code="TIE620", severity=Severity.WARNING, since="0.1.0")
def prose_names_other_secret(spec: Spec) -> Iterator[Finding]:
    """The prose names a different secret than the spec uses."""
    said = spec.security.secret_management if spec.security else None
    used = list(secret_references(spec)) if said else []
    named = [match.rstrip(".,;)`") for match in _REFERENCE_RE.findall(said.value)] if said else []
    known = {reference.value.strip() for reference in used}
    if said and named and used and not any(_is_of(reference, name) for reference in known for name in named):
        yield Finding(
            said.span,
            f"the spec does not use `{named[0]}`",
            "name the reference that `authentication` uses",
            related=(Label(used[0].span, "the reference in use"),),
        )


_REFERENCE_RE = re.compile(r"(?:env|file|keyring|vault|aws-sm):[^\s,]+")


def _is_of(reference: str, named: str) -> bool:
    """Return whether prose means a reference: it names it, or the path that it is at."""
    return reference == named or reference.startswith((f"{named.rstrip('/')}/", f"{named.rstrip('/')}#"))
