from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE614", severity=Severity.WARNING, since="0.1.0")
def header_shadows_credential(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """An endpoint declares the header that carries the credential.

    ## What it does
    Compares each endpoint's headers with the header of `authentication`.

    ## Why it matters
    Two values for one header: which one the service sees is not what a reader expects.

    ## Example
    ```yaml
    endpoint:
      path: /quotes
      method: GET
      description: Quotes a parcel.
    request:
      headers:
        - name: X-Api-Key
          required: true
    ```

    ## Use instead
    ```yaml
    endpoint:
      path: /quotes
      method: GET
      description: Quotes a parcel.
    request:
      headers:
        - name: X-Shop
          required: true
    ```

    ## References
    Spec format, authentication.
    """
    auth = plan.auth
    carrier = (
        "authorization"
        if auth.type == "basic"
        else auth.name.lower()
        if auth.type == "api_key" and auth.location == "header"
        else ""
    )
    for endpoint in spec.endpoints if carrier else ():
        request = endpoint.request
        names = [header.name for header in request.headers] if request else []
        names += [
            parameter.name
            for parameter in (request.parameters if request else ())
            if parameter.location and parameter.location.value == "header"
        ]
        for name in names:
            if name and name.value.strip().lower() == carrier:
                yield Finding(
                    name.span,
                    f"`{name.value}` carries the credential of `authentication`",
                    "take the header out",
                )
