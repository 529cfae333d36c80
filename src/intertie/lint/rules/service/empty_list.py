from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import mappings
from intertie.spec.model import Spec
from intertie.spec.tree import SequenceNode


@rule(code="TIE132", severity=Severity.WARNING, since="0.1.0")
def empty_list(spec: Spec) -> Iterator[Finding]:
    """A list is given, and nothing is in it.

    ## What it does
    Looks for lists that mean nothing when they are empty: scopes, supported versions, metrics, personal fields, the
    endpoints of a mapping row, and the choices of an `enum`.

    ## Why it matters
    It is read as if it were not there: a row goes to every endpoint, a token gets whatever the service gives by
    default. An `enum` of nothing refuses every value.

    ## Example
    ```yaml
    inbound:
      - external_field: price
        internal_field: amount
        endpoints: []
    ```

    ## Use instead
    ```yaml
    inbound:
      - external_field: price
        internal_field: amount
        endpoints: [Quote Parcel]
    ```

    ## References
    Spec format.
    """
    for mapping in mappings(spec):
        for entry in mapping.entries:
            value = entry.value
            if entry.key.text in _NEED_ENTRIES and isinstance(value, SequenceNode) and not value.items:
                yield Finding(value.span, f"`{entry.key.text}` names nothing", "fill it, or leave it out")


_NEED_ENTRIES = frozenset({"scopes", "supported", "metrics", "personal", "endpoints", "enum", "status"})
