from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE330", severity=Severity.WARNING, since="0.1.0")
def query_in_path(spec: Spec) -> Iterator[Finding]:
    """A path has its query in it.

    ## What it does
    Looks for `?` and `#` in `endpoint.path`.

    ## Why it matters
    What stands there goes along with every call, is checked by nothing and can't be given by a caller; a query
    parameter beside it makes a URL with two question marks.

    ## Example
    ```yaml
    endpoint:
      path: /quotes/{country}?limit=3
      method: GET
      description: Quotes a parcel.
    ```

    ## Use instead
    ```yaml
    endpoint:
      path: /quotes/{country}
      method: GET
      description: Quotes a parcel.
    request:
      parameters:
        - {name: country, in: path, type: string, required: true}
        - {name: limit, in: query, type: integer, required: false, default: 3}
    ```

    ## References
    RFC 3986, section 3.4.
    """
    for endpoint in spec.endpoints:
        path = endpoint.endpoint.path if endpoint.endpoint else None
        found = re.search(r"[?#][^/]*", path.value) if path and not path.value.startswith("http") else None
        if path and found:
            yield Finding(
                path.span,
                f"`{found.group()}` is no part of a path",
                "declare it under `request.parameters`, with a `default`",
            )
