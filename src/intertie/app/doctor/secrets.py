"""The credentials that a plan names: are they there, and can they be sent?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from intertie.app.doctor.check import Check, Level, from_error, ok
from intertie.core.errors import CredentialMissing
from intertie.core.outside_text import shown
from intertie.runtime.outlines import outlines
from intertie.runtime.plan import Plan
from intertie.runtime.surroundings import SecretStore
from intertie.spec.model import Spec

_IN_HEADER_RE = re.compile(r"\{(env:[A-Za-z_]\w*)\}")


class Named(Struct, frozen=True):
    """A reference and what it is for. `lines`: it may have several, as a key in PEM has."""

    reference: str
    purpose: str
    lines: bool = False
    needed: bool = True
    """Whether calls fail without it."""


def references(plan: Plan) -> Iterator[Named]:
    """Yield each reference that calls resolve, once."""
    auth, proxy = plan.auth, plan.proxy
    found = [
        Named(reference, "authentication")
        for reference in (auth.secret, auth.username, auth.password)
        if reference is not None
    ]
    if plan.tls.client_key and plan.tls.certificate_file and plan.origin.scheme == "https":
        found.append(Named(plan.tls.client_key, "the client certificate", lines=True))
    if proxy is not None and proxy.fault is None:
        found += [Named(each, "the proxy") for each in (proxy.username, proxy.password) if each is not None]
    for _, outline in outlines(plan):
        for name, pattern in outline.patterns.items():
            for reference in _IN_HEADER_RE.findall(pattern):
                found.append(Named(reference, f"the header {name}"))
    yield from {each.reference: each for each in reversed(found)}.values()


def sandbox_credential(spec: Spec) -> Named | None:
    """Return the credential of the sandbox, which tests need and calls do not."""
    tests = spec.testing.integration_tests if spec.testing else None
    if tests is None or tests.test_credentials is None:
        return None
    return Named(tests.test_credentials.value.strip(), "the sandbox", needed=False)


def check_secret(named: Named, secrets: SecretStore) -> Check:
    """Return whether a reference resolves to what can be sent. The text itself is looked at and let go."""
    try:
        secrets.resolve(named.reference, lines=named.lines)
    except CredentialMissing as missing:
        level = Level.PROBLEM if named.needed else Level.WARNING
        check = from_error("secret", missing, otherwise="set the credential", level=level)
        return replace(check, what=f"{check.what} (for {named.purpose})")
    return ok("secret", f"{shown(named.reference)} is there, for {named.purpose}")
