from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE126", severity=Severity.WARNING, since="0.1.0")
def idle_related(spec: Spec) -> Iterator[Finding]:
    """An entry of `related` says nothing new.

    ## What it does
    Looks for a spec that is related to itself, and for an entry that is given twice.

    ## Why it matters
    One of the two was meant to be another spec, and the dependency graph lacks that one.

    ## Example
    ```markdown
    ---
    id: INT-900
    type: Integration
    name: Parcel Rates
    status: approved
    service: parcel-rates
    related: [INT-900]
    ---
    ```

    ## Use instead
    ```markdown
    ---
    id: INT-900
    type: Integration
    name: Parcel Rates
    status: approved
    service: parcel-rates
    related: []
    ---
    ```

    ## References
    Spec format, front matter.
    """
    front = spec.front_matter
    seen: set[str] = set()
    for entry in front.related if front else ():
        name = entry.value.strip()
        if name == spec.id:
            yield Finding(entry.span, f"{name} is this spec itself", "name the other spec, or take it out")
        elif name in seen:
            yield Finding(entry.span, f"{name} is given twice", "name the other spec, or take it out")
        seen.add(name)
