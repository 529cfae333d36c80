"""Logging, TLS, personal fields, retention: what security and monitoring say that a plan can keep."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from intertie.compiler.build import Build, Chosen
from intertie.compiler.guards.auth import secret_reference
from intertie.compiler.retention import read_retention_s
from intertie.core.patterns import later
from intertie.diagnostics import SourceSpan
from intertie.runtime.plan import SYSTEM_TRUST, LoggingOptions, TlsOptions
from intertie.spec.fields import Located

_LEVELS = {"warn": "warning"}
_TLS_RE = later(r"\b(?:TLS|SSL)\s*v?\s*(1\.[0-3])", re.IGNORECASE)
_PERSONAL_RE = later(r"\bpersonal(?:\s+(?:data|fields?))?\s*:\s*([^;]+)", re.IGNORECASE)
_FIELD_RE = later(r"[\w$][\w.\-\[\]]*")
_AT_REST_RE = later(
    r"\bat[\s-]+rest\b|\b(?:stored|kept|persisted|cached|queued)\s+(?:[\w-]+\s+)?encrypted\b"
    r"|\bencrypt(?:s|ed|ion)?\s+(?:[\w-]+\s+){0,3}(?:storage|store|cache|queue)\b",
    re.IGNORECASE,
)
_DENIED_RE = later(r"\b(?:no|not|none|never|nothing|without|unencrypted)\b", re.IGNORECASE)


def compile_logging(build: Build) -> tuple[LoggingOptions, dict[str, str]]:
    """Return what is logged; personal fields are masked whatever the rest says."""
    block = build.spec.monitoring.logging if build.spec.monitoring else None
    level = build.choose(block.level if block else None, "logging.level")
    headers = build.choose(block.include_headers if block else None, "logging.include_headers")
    body = build.choose(block.include_body if block else None, "logging.include_body")
    mask = build.choose(block.mask_sensitive if block else None, "logging.mask_sensitive")
    personal = _personal(build)
    options = LoggingOptions(
        _LEVELS.get(level.value, level.value), headers.value, body.value, mask.value, personal.value
    )
    return options, {
        "level": level.source,
        "include_headers": headers.source,
        "include_body": body.source,
        "mask_sensitive": mask.source,
        "personal": personal.source,
    }


def compile_tls(build: Build) -> tuple[TlsOptions, dict[str, str]]:
    """Return the TLS options; `TLS 1.3` in the bullet on encryption sets the minimum where no field does."""
    security = build.spec.security
    trust = _trust(build)
    if security is None:
        default = build.fallback("security.tls_minimum")
        return TlsOptions(default.value, trust=trust.value), {"tls_minimum": default.source, "trust": trust.source}
    minimum = _minimum(build, security.tls_minimum, security.data_encryption)
    client_key = secret_reference(build, security.client_key, "") if security.client_key else None
    options = TlsOptions(
        minimum=minimum.value,
        ca_file=_file(build, security.ca),
        trust=trust.value,
        certificate_file=_file(build, security.client_certificate),
        client_key=client_key.value or None if client_key else None,
    )
    sources = {"tls_minimum": minimum.source, "trust": str(security.ca.span) if security.ca else trust.source}
    return options, sources


def _trust(build: Build) -> Chosen[tuple[str, ...]]:
    """Return what is trusted where the spec names no authority of its own: the setting, its paths made absolute."""
    settings = build.settings
    places = [place.strip() for place in settings.trust.split(",") if place.strip()]
    root = Path(settings.root)
    found = tuple(place if place == SYSTEM_TRUST else str(root / Path(place).expanduser()) for place in places)
    return Chosen(found or (SYSTEM_TRUST,), settings.sources.get("trust", "default"))


def compile_retention(build: Build) -> tuple[float | None, str]:
    """Return how long external data may be kept, None where nothing (readable) is said."""
    security = build.spec.security
    if security is None:
        return None, "default"
    if security.retention is not None:
        _say_what_stays(build, security.retention.span)
        return security.retention.value, str(security.retention.span)
    stated = security.data_retention
    if stated is None:
        return None, "default"
    seconds = read_retention_s(stated.value)
    if seconds is None:
        build.leave_out("data retention", "no duration such as `30 days` can be read from the sentence", stated.span)
        return None, "default"
    _say_what_stays(build, stated.span)
    return seconds, str(stated.span)


def _say_what_stays(build: Build, span: SourceSpan) -> None:
    why = "it bounds cached answers; queue and ledger have no age, and the history ends by the setting `history`"
    build.leave_out("data retention beyond the cache", why, span)


def promises_encryption_at_rest(text: str) -> bool:
    """Return whether a sentence says that what is stored is encrypted; one clause may deny what another one says.

    >>> promises_encryption_at_rest("TLS 1.2+ in transit; AES-256 at rest")
    True
    >>> promises_encryption_at_rest("TLS for the REST API"), promises_encryption_at_rest("TLS; not encrypted at rest")
    (False, False)
    """
    clauses = re.split(r"[.;,()](?!\d)|\bbut\b", text)
    return any(_AT_REST_RE().search(clause) and not _DENIED_RE().search(clause) for clause in clauses)


def _personal(build: Build) -> Chosen[tuple[str, ...]]:
    """Return the fields that are personal: `security.personal`, and `personal: a, b` in the bullet on privacy."""
    security = build.spec.security
    if security is None:
        return Chosen((), "default")
    fields = [item.value.strip() for item in security.personal]
    source = str(security.personal[0].span) if fields else "default"
    if security.gdpr_privacy is not None and (match := _PERSONAL_RE().search(security.gdpr_privacy.value)):
        words = [part.strip().strip("`.") for part in re.split(r",|\band\b", match.group(1))]
        fields += [word for word in words if _FIELD_RE().fullmatch(word)]
        source = str(security.gdpr_privacy.span) if source == "default" else source
    return Chosen(tuple(dict.fromkeys(fields)), source)


def _minimum(build: Build, declared: Located[str] | None, prose: Located[str] | None) -> Chosen[str]:
    if declared is not None:
        return Chosen(declared.value, str(declared.span))
    match = _TLS_RE().search(prose.value) if prose else None
    if match is None or prose is None:
        return build.fallback("security.tls_minimum")
    if match.group(1) in {"1.0", "1.1"}:
        build.leave_out(
            f"TLS {match.group(1)}", "it is broken (RFC 8996); 1.2 is the oldest that is spoken", prose.span
        )
        return Chosen("1.2", "default")
    return Chosen(match.group(1), str(prose.span))


def _file(build: Build, located: Located[str] | None) -> str | None:
    """Return an absolute path; a relative one starts at the workspace root."""
    if located is None:
        return None
    text = located.value.strip()
    return text if PurePosixPath(text).is_absolute() else str(Path(build.settings.root) / text)
