from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE321", severity=Severity.ERROR, since="0.1.0", judges="spec")
def constant_idempotency_key(spec: Spec) -> Iterator[Finding]:
    """Every call sends the same idempotency key."""
    for endpoint in spec.endpoints:
        for header in endpoint.request.headers if endpoint.request else ():
            if header.name is None or header.value is None or "{" in header.value.value:
                continue
            if re.search(r"idempoten", header.name.value, re.IGNORECASE):
                yield Finding(
                    header.value.span,
                    f"every call sends the key `{header.value.value}`",
                    'write `"{uuid}"`: one key for all attempts of one call',
                    fix=write('"{uuid}"', header.value.span, safe=False),
                )
