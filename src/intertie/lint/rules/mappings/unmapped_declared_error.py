from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE415", severity=Severity.HINT, since="0.1.0")
def unmapped_declared_error(spec: Spec) -> Iterator[Finding]:
    """A declared error has no row in the error mapping."""
    rows = {row.external_code.value.strip().lower() for row in spec.error_mapping if row.external_code}
    if not rows:
        return
    own_codes = any(not re.fullmatch(r"\d(\d\d|xx)", code) for code in rows)
    declared: list[tuple[str, Located[str], bool]] = []
    for endpoint in spec.endpoints:
        name = endpoint.name.value if endpoint.name else "the endpoint"
        for status, answer in endpoint.response.errors if endpoint.response else ():
            text = status.value.strip().lower()
            if text != "429":
                by_code = own_codes and answer.schema is not None
                mapped = text in rows or f"{text[:1]}xx" in rows or by_code or text == "default"
                declared.append((name, status, mapped))
    open_ones = [(name, status) for name, status, mapped in declared if not mapped]
    if open_ones:
        covered = len(declared) - len(open_ones)
        listing = listed(f"{status.value} of {name}" for name, status in open_ones[:6])
        more = f" and {len(open_ones) - 6} more" if len(open_ones) > 6 else ""
        first = next(row for row in spec.error_mapping if row.external_code)
        yield Finding(
            first.external_code.span if first.external_code else first.head,
            f"the error mapping covers {covered} of {plural(len(declared), 'declared error')}; not {listing}{more}",
            "add a row for each error that callers need to recognise",
            related=tuple(Label(status.span, "declared here") for _, status in open_ones[:6]),
        )
