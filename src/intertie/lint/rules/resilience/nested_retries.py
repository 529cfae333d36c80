from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Label, Severity
from intertie.lint.around import Around
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE228", severity=Severity.INFO, since="0.1.0")
def nested_retries(spec: Spec, around: Around, plan: Plan) -> Iterator[Finding]:
    """Two integrations in a chain both retry, which multiplies the calls."""
    retry, front = spec.retry, spec.front_matter
    users = spec.dependencies.internal_services if spec.dependencies else None
    if retry is None or front is None or users is None or plan.retry.max_attempts < 2:
        return
    names = {part.strip(" `*").lower() for part in re.split(r"[,;]", users.value)}
    place = retry.max_attempts or retry.max_retries
    for related in front.related:
        neighbour = around.neighbour(related.value)
        if neighbour and neighbour.attempts > 1 and neighbour.service.lower() in names:
            yield Finding(
                place.span if place else retry.head,
                f"{neighbour.service} makes {neighbour.attempts} attempts, and each causes up to "
                f"{plural(plan.retry.max_attempts, 'attempt')} here: {neighbour.attempts} x "
                f"{plan.retry.max_attempts} = {plural(neighbour.attempts * plan.retry.max_attempts, 'call')} "
                "for one that fails",
                "retry in only one of the two",
                related=(Label(neighbour.span, f"the attempts of {neighbour.name}"),),
            )
