"""Certificates: the ones that vouch for the service, and ours."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

from intertie.adapters.certificates import Validity, validities
from intertie.adapters.http1.tls import MOST_BYTES, load_authority, load_certificate, load_system
from intertie.adapters.regular_files import read_regular
from intertie.app.doctor.check import Check, from_error, ok, problem, warning
from intertie.core.errors import UsageError
from intertie.core.outside_text import shown
from intertie.runtime.plan import SYSTEM_TRUST, Plan
from intertie.runtime.surroundings import SecretStore

DAY_S = 86400.0
SOON_DAYS = 14
"""A certificate that ends within so many days is a warning: two weeks are time to renew it."""


def check_trust(plan: Plan, now_s: float) -> Iterator[Check]:
    """Yield what there is to say of those who vouch for the service."""
    places = [plan.tls.ca_file] if plan.tls.ca_file is not None else list(plan.tls.trust)
    field = "security.ca" if plan.tls.ca_file is not None else "trust"
    for place in places:
        yield check_system() if place == SYSTEM_TRUST else _check_authority(place, field, now_s)


def check_system() -> Check:
    """Return whether the machine trusts anybody."""
    for variable, is_there in (("SSL_CERT_FILE", Path.is_file), ("SSL_CERT_DIR", Path.is_dir)):
        named = os.environ.get(variable)  # as OpenSSL reads it
        if named and not is_there(Path(named)):
            return problem("trust", f"{variable} names {shown(named)}, which does not exist", "fix it, or unset it")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    load_system(context)
    count = context.cert_store_stats()["x509_ca"]
    folder = ssl.get_default_verify_paths().capath
    if count or (folder and any(Path(folder).iterdir())):
        return ok("trust", f"the system's authorities are there ({count or 'a folder'})")
    return problem(
        "trust",
        "the system has no certificates of authorities, so it trusts no service",
        "install the package `ca-certificates`, or set INTERTIE_TRUST",
    )


def check_client_certificate(plan: Plan, secrets: SecretStore, now_s: float) -> Check | None:
    """Return whether our certificate can be shown; None where the service asks for none."""
    path = plan.tls.certificate_file
    if path is None:
        return None
    try:
        load_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), path, plan.tls.client_key, secrets)
    except UsageError as wrong:
        return from_error("certificate", wrong, otherwise="correct `security.client_certificate`")
    return _ours(path, now_s)


def check_dates(plan: Plan, now_s: float) -> Iterator[Check]:
    """Yield what the dates mean of the certificates in the plan's own files, which can be used otherwise."""
    if plan.origin.scheme != "https":
        return
    if plan.tls.ca_file is not None:
        yield _authority(plan.tls.ca_file, "security.ca", now_s)
    if plan.tls.certificate_file is not None:
        yield _ours(plan.tls.certificate_file, now_s)


def _ours(path: str, now_s: float) -> Check:
    found = validities(_text(path))[:1]  # the first is ours, the others lead to its authority
    return judged("certificate", f"our certificate {shown(path)}", found, now_s, "renew it")


def _check_authority(path: str, field: str, now_s: float) -> Check:
    try:
        load_authority(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), path, field)
    except UsageError as wrong:
        return from_error("trust", wrong, otherwise=f"correct `{field}`")
    return _authority(path, field, now_s)


def _authority(path: str, field: str, now_s: float) -> Check:
    if Path(path).is_dir():
        return ok("trust", f"the folder {shown(path)} is there ({field})")
    found = validities(_text(path))
    if len(found) > 1:
        # In a bundle, the authority that matters is not known: as long as any is valid, calls may be.
        found = [max(found, key=lambda each: each.not_after_s)]
    return judged("trust", f"{shown(path)} ({field})", found, now_s, "put the authority's new certificate there")


def judged(about: str, what: str, found: list[Validity], now_s: float, fix: str) -> Check:
    """Return what the dates of a certificate mean now."""
    if not found:
        return ok(about, f"{what} is there")
    validity = found[0]
    if now_s < validity.not_before_s:
        days = (validity.not_before_s - now_s) / DAY_S
        return problem(about, f"{what} is not valid yet, for {_days(days)}", "check this machine's clock")
    left = (validity.not_after_s - now_s) / DAY_S
    if left < 0:
        return problem(about, f"{what} expired {_days(-left)} ago", f"{fix}, or correct this machine's clock")
    if left < SOON_DAYS:
        return warning(about, f"{what} is valid for only {_days(left)}", fix)
    return ok(about, f"{what} is there, valid for {_days(left)}")


def _days(count: float) -> str:
    whole = int(count)
    return "less than a day" if whole == 0 else "1 day" if whole == 1 else f"{whole:,} days"


def _text(path: str) -> str:
    return read_regular(path, most_bytes=MOST_BYTES)[0].decode("latin-1")
