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
    """Every call has the same idempotency key.

    ## What it does
    Looks for a literal value of `Idempotency-Key` and the like.

    ## Why it matters
    The service takes all calls for repetitions of the first one and gives its answer to each: the second payment is
    never made.

    ## Example
    ```yaml
    endpoint:
      path: /parcels
      method: PUT
      description: Books a parcel.
    request:
      headers:
        - name: Idempotency-Key
          required: true
          value: booking-1
    ```

    ## Use instead
    ```yaml
    endpoint:
      path: /parcels
      method: PUT
      description: Books a parcel.
    request:
      headers:
        - name: Idempotency-Key
          required: true
          value: "{uuid}"
    ```

    ## References
    IETF draft, The Idempotency-Key HTTP Header Field.
    """
    for endpoint in spec.endpoints:
        for header in endpoint.request.headers if endpoint.request else ():
            if header.name is None or header.value is None or "{" in header.value.value:
                continue
            if re.search(r"idempoten", header.name.value, re.IGNORECASE):
                yield Finding(
                    header.value.span,
                    f"every call has the key `{header.value.value}`",
                    'write `"{uuid}"`: one key for all tries of one call',
                    fix=write('"{uuid}"', header.value.span, safe=False),
                )
