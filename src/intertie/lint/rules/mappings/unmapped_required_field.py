from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.members import required_members
from intertie.lint.planned import planned
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE412", severity=Severity.HINT, since="0.1.0")
def unmapped_required_field(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """No mapping fills a required field of the request."""
    for endpoint, operation in planned(spec, plan):
        body = endpoint.request.body if endpoint.request else None
        message = operation.wire.message
        if body is None or message is None or not operation.outbound:
            continue
        filled = {str(steps[0]) for row in operation.outbound if (steps := getattr(row.write, "steps", ()))}
        if not filled - operation.wire.slots.keys():
            continue
        missing = [name for name in required_members(message.json) if name not in filled]
        if missing:
            listing = listed(f"`{name}`" for name in missing)
            name = endpoint.name.value if endpoint.name else operation.id
            yield Finding(
                body.head,
                f"no row fills {listing} of {name}, so callers give {'it' if len(missing) == 1 else 'them'} "
                "under the service's name",
                "add an outbound row if you have a name of your own for it",
                related=(Label(body.schema.key_span, "required here"),) if body.schema else (),
            )
