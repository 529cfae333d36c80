from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE507", severity=Severity.ERROR, since="0.1.0", judges="spec")
def current_version_unsupported(spec: Spec) -> Iterator[Finding]:
    """The current version is not among the supported ones.

    ## What it does
    Looks for `versioning.current` in `versioning.supported`.

    ## Why it matters
    Every call asks for the current version. One that the list leaves out is either a misprint or a list that was not kept.

    ## Example
    ```yaml
    versioning:
      strategy: header
      header: X-Version
      current: v3
      supported: [v1, v2]
    ```

    ## Use instead
    ```yaml
    versioning:
      strategy: header
      header: X-Version
      current: v2
      supported: [v1, v2]
    ```

    ## References
    Spec format, versioning.
    """
    versioning = spec.versioning
    if not (versioning and versioning.current and versioning.supported):
        return
    supported = [version.value for version in versioning.supported]
    if versioning.current.value not in supported:
        yield Finding(
            versioning.current.span,
            f"`{versioning.current.value}` is not among the supported versions",
            f"supported are {listed(supported)}",
            related=(Label(versioning.supported[0].span, "the supported versions"),),
        )
