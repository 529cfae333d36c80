from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import has_key_at
from intertie.spec.model import Spec


@rule(code="TIE312", severity=Severity.ERROR, since="0.1.0", judges="spec")
def nameless_parameter(spec: Spec) -> Iterator[Finding]:
    """A parameter or header has no name.

    ## What it does
    Looks for `name` in each entry of `request.parameters` and `request.headers`.

    ## Why it matters
    Without a name it can be neither given nor sent, so whatever else the entry says has no effect.

    ## Example
    ```yaml
    request:
      parameters:
        - {name: country, in: path, type: string, required: true, description: where to}
        - {in: query, type: number, required: true, description: kilograms}
    ```

    ## Use instead
    ```yaml
    request:
      parameters:
        - {name: country, in: path, type: string, required: true, description: where to}
        - {name: weight, in: query, type: number, required: true, description: kilograms}
    ```

    ## References
    Spec format, endpoints.
    """
    for endpoint in spec.endpoints:
        if endpoint.request is None:
            continue
        for kind, keys in (("parameters", endpoint.request.parameters), ("headers", endpoint.request.headers)):
            for item in keys:
                if item.name is None and not has_key_at(spec, item, "name"):
                    yield Finding(item.head, f"one of `request.{kind}` has no name", "add `name`")
