"""The part of the doctor that an opening integration asks itself: what needs no network and takes no time."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.app.doctor.check import Check, Level
from intertie.app.doctor.secrets import check_secret, references
from intertie.app.doctor.trust import check_dates
from intertie.runtime.plan import Plan
from intertie.runtime.surroundings import SecretStore


def troubles(plan: Plan, secrets: SecretStore, now_s: float) -> Iterator[str]:
    """Yield a sentence for each credential that calls will miss and each certificate that has ended or soon will.

    They are logged when an integration is opened and are no warnings of its plan: those stand on every result, and
    a secret that comes later makes these untrue.
    """
    for check in _checks(plan, secrets, now_s):
        if check.level is not Level.OK:
            yield f"{check.what}; {check.fix}"


def _checks(plan: Plan, secrets: SecretStore, now_s: float) -> Iterator[Check]:
    for named in references(plan):
        yield check_secret(named, secrets)
    yield from check_dates(plan, now_s)
