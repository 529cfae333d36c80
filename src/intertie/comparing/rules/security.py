"""Credentials, TLS, logs, what is kept and what is masked."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing.change import Found, Impact
from intertie.comparing.places import place_of
from intertie.comparing.rule import rule
from intertie.comparing.sides import Pair
from intertie.comparing.words import listed, seconds, shown
from intertie.diagnostics import SourceSpan
from intertie.runtime.plan import NotEnforced, ProxyOptions
from intertie.spec.model import Spec

_LEVELS = ("debug", "info", "warn", "warning", "error", "critical")


@rule(
    "auth",
    breaking="another kind of credential, or another reference: calls fail until that is there",
    risky="it goes to another place",
    plan=("auth.type", "auth.secret", "auth.username", "auth.password", "auth.location", "auth.name", "auth.scheme"),
)
def auth(pair: Pair) -> Iterator[Found]:
    """The credential, and where it goes."""
    old, new = pair.old.plan.auth, pair.new.plan.auth
    if old.type != new.type:
        reason = f"calls need a credential of type {new.type} instead of {old.type}, and fail until it is there"
        yield Found(
            Impact.BREAKING, "authentication.type", old.type, new.type, reason, pair.at("authentication", "type")
        )
    for name in ("secret", "username", "password"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            told = [each or "nowhere" for each in (before, after)]
            reason = f"the credential is read from {told[1]} instead of {told[0]}: calls fail until it is there"
            at = pair.at("authentication", "config", name)
            yield Found(Impact.BREAKING, f"authentication.{name}", before, after, reason, at)
    for name, field in (("key_location", "location"), ("key_name", "name"), ("scheme", "scheme")):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            told = [each or "none" for each in (before, after)]
            reason = f"the service finds the credential only where it looks: {name} is {told[1]} instead of {told[0]}"
            at = pair.at("authentication", "config", name)
            yield Found(Impact.RISKY, f"authentication.{name}", before, after, reason, at)


@rule(
    "tls",
    risky="always: a weaker connection, or one that the service may refuse",
    plan=("tls.minimum", "tls.ca_file", "tls.certificate_file", "tls.client_key", "tls.trust"),
)
def tls(pair: Pair) -> Iterator[Found]:
    """The TLS of the connection."""
    old, new = pair.old.plan.tls, pair.new.plan.tls
    if old.minimum != new.minimum:
        weaker = new.minimum < old.minimum
        reason = f"TLS {new.minimum} is enough, {old.minimum} was asked for" if weaker else (
            f"a service without TLS {new.minimum} can't be called any more"
        )  # fmt: skip
        at = pair.at("security", "tls_minimum")
        yield Found(Impact.RISKY, "security.tls_minimum", old.minimum, new.minimum, reason, at)
    for name, field, what in (
        ("ca", "ca_file", "the service's certificate is judged by"),
        ("client_certificate", "certificate_file", "we show the certificate"),
        ("client_key", "client_key", "its key is"),
    ):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            reason = f"{what} {after or 'none of ours'} instead of {before or 'none of ours'}"
            yield Found(Impact.RISKY, f"security.{name}", before, after, reason, pair.at("security", name))
    if old.trust != new.trust:
        texts = (listed(old.trust), listed(new.trust))
        reason = f"services are trusted by {texts[1]} instead of {texts[0]}"
        yield Found(Impact.RISKY, "trust", *texts, reason, pair.at())


@rule("proxy", risky="always: calls take another way, or need another credential on it", plan=("proxy",))
def proxy(pair: Pair) -> Iterator[Found]:
    """The proxy that calls go through."""
    if proxies := pair.both(lambda plan: plan.proxy):
        texts = [_proxy_words(each) for each in proxies]
        reason = f"calls go {texts[1]} instead of {texts[0]}"
        yield Found(Impact.RISKY, "proxy", texts[0], texts[1], reason, pair.at("proxy", "url"))


def _proxy_words(options: ProxyOptions | None) -> str:
    if options is None:
        return "straight to the service"
    if options.fault:
        return f"nowhere ({options.fault})"
    known_by = [each for each in (options.username, options.password) if each]
    return f"through the proxy {options.authority}" + (f" with {listed(known_by)}" if known_by else "")


@rule(
    "logging",
    risky="more is written: headers, bodies, lower levels; or less is, where it was counted on",
    safe="headers or bodies are no longer written",
    plan=("logging.level", "logging.include_headers", "logging.include_body"),
)
def logging(pair: Pair) -> Iterator[Found]:
    """What is logged."""
    old, new = pair.old.plan.logging, pair.new.plan.logging
    if old.level != new.level:
        more = _level(new.level) < _level(old.level)
        reason = f"{'more' if more else 'less'} is logged: from {new.level} on instead of {old.level}"
        at = pair.at("monitoring", "logging", "level")
        yield Found(Impact.RISKY, "monitoring.logging.level", old.level, new.level, reason, at)
    for name, what in (("include_headers", "headers"), ("include_body", "bodies")):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            reason = (
                f"{what} are written into the log, masked where they are known"
                if after
                else f"{what} are no longer logged"
            )
            impact = Impact.RISKY if after else Impact.SAFE
            at = pair.at("monitoring", "logging", name)
            yield Found(impact, f"monitoring.logging.{name}", shown(before), shown(after), reason, at)


@rule(
    "personal-data",
    risky="a field is no longer masked, or e-mail, card numbers and tokens are not",
    safe="more is masked",
    plan=("logging.personal", "logging.mask_sensitive"),
)
def personal_data(pair: Pair) -> Iterator[Found]:
    """What is masked in logs, recordings and audit."""
    old, new = pair.old.plan.logging, pair.new.plan.logging
    if old.mask_sensitive != new.mask_sensitive:
        reason = "e-mail, card numbers and tokens are masked" if new.mask_sensitive else (
            "e-mail, card numbers and tokens are written as they are; only credentials and personal fields are masked"
        )  # fmt: skip
        at = pair.at("monitoring", "logging", "mask_sensitive")
        impact = Impact.SAFE if new.mask_sensitive else Impact.RISKY
        texts = (shown(old.mask_sensitive), shown(new.mask_sensitive))
        yield Found(impact, "monitoring.logging.mask_sensitive", *texts, reason, at)
    lost = [each for each in old.personal if each not in new.personal]
    won = [each for each in new.personal if each not in old.personal]
    if lost or won:
        told = [f"{listed(lost)} is no longer masked in logs and recordings"] if lost else []
        told += [f"{listed(won)} is masked in logs and recordings"] if won else []
        at = (
            _or_prose(pair.old.spec, "personal", "gdpr_privacy"),
            _or_prose(pair.new.spec, "personal", "gdpr_privacy"),
        )
        yield Found(
            Impact.RISKY if lost else Impact.SAFE, "security.personal", shown(old.personal), shown(new.personal),
            " and ".join(told), at,
        )  # fmt: skip


@rule(
    "retention",
    risky="longer, or for ever: personal data may not be kept so long",
    safe="shorter",
    plan=("retention_s",),
)
def retention(pair: Pair) -> Iterator[Found]:
    """How long external data is kept."""
    if ages := pair.both(lambda plan: plan.retention_s):
        old, new = ages
        longer = new is None or (old is not None and new > old)
        texts = [seconds(each) for each in ages]
        reason = (
            f"what is stored of the service's data is kept for {texts[1] or 'ever'} instead of {texts[0] or 'ever'}"
        )
        at = (
            _or_prose(pair.old.spec, "retention", "data_retention"),
            _or_prose(pair.new.spec, "retention", "data_retention"),
        )
        yield Found(Impact.RISKY if longer else Impact.SAFE, "security.retention", texts[0], texts[1], reason, at)


@rule(
    "audit",
    risky="grouped: a crash can lose the last entries",
    safe="strict: an entry is stored before the call is sent",
    plan=("audit",),
)
def audit(pair: Pair) -> Iterator[Found]:
    """How the audit log is written."""
    if modes := pair.both(lambda plan: plan.audit):
        strict = modes[1] == "strict"
        reason = "an entry is stored before each call is sent" if strict else "a crash can lose the last entries"
        yield Found(
            Impact.SAFE if strict else Impact.RISKY, "audit", *modes, reason, pair.at("security", "audit_logging")
        )


@rule(
    "not-enforced",
    risky="something more that the spec says is not done",
    safe="something more of what the spec says is done, or it no longer says so",
    plan=("not_enforced.what", "not_enforced.why", "warnings"),
)
def not_enforced(pair: Pair) -> Iterator[Found]:
    """What the spec says and the plan does not do, and what callers are warned of."""
    old = {each.what: each for each in pair.old.plan.not_enforced}
    new = {each.what: each for each in pair.new.plan.not_enforced}
    for what in dict.fromkeys((*old, *new)):
        before, after = old.get(what), new.get(what)
        texts = (before.why if before else None, after.why if after else None)
        if texts[0] == texts[1]:
            continue
        reason = f"the spec says it and nothing does it: {texts[1]}" if texts[1] else "it is no longer left out"
        impact = Impact.RISKY if after else Impact.SAFE
        at = (_line(before, pair.old.spec), _line(after, pair.new.spec))
        yield Found(impact, f"not enforced: {what}", *texts, reason, at)
    lost = [each for each in pair.old.plan.warnings if each not in pair.new.plan.warnings]
    won = [each for each in pair.new.plan.warnings if each not in pair.old.plan.warnings]
    for sentence in (*lost, *won):
        gone = sentence in lost
        texts = (sentence, None) if gone else (None, sentence)
        reason = "callers are no longer warned of it" if gone else f"callers are warned: {sentence}"
        yield Found(Impact.SAFE if gone else Impact.RISKY, "warning", texts[0], texts[1], reason, pair.at())


def _or_prose(spec: Spec, field: str, prose: str) -> SourceSpan:
    """Return the place of a field, else of the sentence that says the same."""
    security = spec.security
    return place_of(spec, "security", field if security is not None and getattr(security, field) else prose)


def _line(item: NotEnforced | None, spec: Spec) -> SourceSpan:
    """Return the line that a plan's source names."""
    path, _, line = (item.source if item else "").rpartition(":")
    if path != spec.path or not line.isdigit():
        return spec.span
    return SourceSpan(spec.path, int(line), 1, int(line), 1)


def _level(name: str) -> int:
    return _LEVELS.index(name) if name in _LEVELS else len(_LEVELS)


RULES = (auth, tls, proxy, logging, personal_data, retention, audit, not_enforced)
