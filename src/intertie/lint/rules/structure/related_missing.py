from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.RELATED_MISSING, by="parser", since="0.1.0")
def related_missing() -> None:
    """A related spec is not in the workspace.

    ## What it does
    Looks up each entry of `related`: an id among the workspace's specs, a path among its files.

    ## Why it matters
    Schemas are read from related data specs, and the dependency graph is drawn from these links.

    ## Example
    ````markdown
    ---
    id: INT-900
    type: Integration
    name: Parcel Rates
    status: approved
    service: parcel-rates
    related: [DATA-404]
    ---
    ````

    ## Use instead
    ````markdown
    ---
    id: INT-900
    type: Integration
    name: Parcel Rates
    status: approved
    service: parcel-rates
    related: []
    ---
    ````

    ## References
    Spec format, front matter.
    """
