from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import in_front_matter
from intertie.spec.model import Spec


@rule(code="TIE101", severity=Severity.WARNING, since="0.1.0")
def missing_id(spec: Spec) -> Iterator[Finding]:
    """The front matter has no `id`.

    ## What it does
    Looks for `id` in the front matter.

    ## Why it matters
    The id is the handle of an integration everywhere: in commands, routes, metrics and stored state. Without one the
    service's slug stands in, and state moves when the slug changes.

    ## Example
    ````markdown
    ---
    type: Integration
    name: Parcel Rates
    status: approved
    service: parcel-rates
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
    ---
    ````

    ## References
    Spec format, front matter.
    """
    front = spec.document.front_matter
    if front is not None and not in_front_matter(spec, "id"):
        yield Finding(front.span, "the front matter has no `id`", "add `id: INT-` and a number that no other spec has")
