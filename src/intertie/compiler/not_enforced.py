"""What a spec says that no plan of this version does: listed with why, so that nobody believes otherwise."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.compiler.guards.auth import REFERENCE_RE
from intertie.compiler.security import promises_encryption_at_rest
from intertie.core.outside_text import shown
from intertie.spec.fields import Located
from intertie.spec.model import CaseLine, Security

_NO_RUNNER = "this version runs no cases"
_NO_SLA = "this version does not compare promises with what it measures"
_CASES_SHOWN = 3
_LONGEST = 80
_PROSE = "prose: nothing in it can be enforced"


def list_not_enforced(build: Build) -> None:
    """Add every section's unenforced promises to the plan, in the order of the template."""
    _integration_type(build)
    _monitoring(build)
    if build.spec.security is not None:
        _security(build, build.spec.security)
    _testing(build)
    _dependencies(build)
    _sla(build)
    _artefacts(build)


def _integration_type(build: Build) -> None:
    bullets = build.spec.integration_type
    if bullets is None:
        return
    if bullets.protocol is not None and bullets.protocol.value == "GraphQL":
        build.leave_out(
            "protocol GraphQL", "errors inside a 200 answer are not told apart from data", bullets.protocol.span
        )
    if bullets.communication is not None and bullets.communication.value == "Asynchronous":
        why = "calls wait for their answer; this version does not submit them for a receipt"
        build.leave_out("asynchronous communication", why, bullets.communication.span)


def _monitoring(build: Build) -> None:
    monitoring = build.spec.monitoring
    if monitoring is None:
        return
    if monitoring.metrics:
        names = ", ".join(metric.value for metric in monitoring.metrics)
        build.leave_out(
            f"metrics {names}", "this version measures them and does not export them", monitoring.metrics[0].span
        )
    if monitoring.metrics_enabled is not None and monitoring.metrics_enabled.value:
        build.leave_out(
            "breaker metrics",
            "`intertie status` shows the breaker; this version exports no metrics of it",
            monitoring.metrics_enabled.span,
        )
    if monitoring.alert_on_open is not None and monitoring.alert_on_open.value and build.spec.circuit_breaker:
        build.leave_out(
            "alert when the breaker opens",
            "`intertie status` shows it; this version sends it to no channel",
            monitoring.alert_on_open.span,
        )
    for alert in monitoring.alerts:
        if alert.condition is not None:
            grave = f" ({alert.severity.value})" if alert.severity else ""
            told = f" to {alert.channel.value}" if alert.channel else ""
            build.leave_out(
                f"alert `{alert.condition.value}`{grave}{told}",
                "this version evaluates no alert conditions",
                alert.condition.span,
            )


def _security(build: Build, security: Security) -> None:
    encryption = security.data_encryption
    in_clear = _stored_in_clear(build)
    if encryption is not None and promises_encryption_at_rest(encryption.value):
        build.leave_out("encryption at rest", in_clear, encryption.span)
    elif encryption is not None and not any(
        word in encryption.value.lower() for word in ("tls", "ssl", "https", "transit")
    ):
        build.leave_out("data encryption", _PROSE, encryption.span)
    if security.encryption_key is not None:
        build.leave_out("encryption key", f"this version uses none: {in_clear}", security.encryption_key.span)
    stated = security.secret_management
    if stated is not None and not REFERENCE_RE.search(stated.value):
        build.leave_out("secret management", f"{_PROSE}; secrets are the references of `authentication`", stated.span)
    if security.audit_logging is not None:
        why = "caller, operation, outcome and cost of each call are recorded; further promises are not checked"
        build.leave_out("audit logging", why, security.audit_logging.span)
    privacy = security.gdpr_privacy
    if privacy is not None and "personal:" not in privacy.value.lower() and not security.personal:
        build.leave_out("privacy", f"{_PROSE}; mark fields as `personal: field, field`", privacy.span)


def _stored_in_clear(build: Build) -> str:
    """Return what of a spec's data is stored without encryption; where the fallback stores none, what calls leave."""
    fallback = build.spec.fallback_behavior
    strategy = fallback.strategy.value if fallback and fallback.strategy else ""
    stored = {"cache": "cached answers are stored as they are", "queue": "queued bodies are stored as they are"}
    return stored.get(strategy, "records of calls are stored as they are") + "; the file system alone protects them"


def _testing(build: Build) -> None:
    testing = build.spec.testing
    if testing is not None:
        units, integration, contract = testing.unit_tests, testing.integration_tests, testing.contract_tests
        _each(
            build,
            (
                ("fixtures", units.fixtures_location if units else None),
                ("sandbox credential", integration.test_credentials if integration else None),
                ("contract tests", contract.pact_location or contract.provider if contract else None),
            ),
            _NO_RUNNER,
        )
        if units and units.mock_responses and not units.mock_responses.value:
            why = "whoever starts the mock gets its answers; nothing here switches it off"
            build.leave_out("mock_responses: false", why, units.mock_responses.span)
        if integration and integration.use_sandbox and not integration.use_sandbox.value:
            build.leave_out("sandbox", "switched off by the spec (`use_sandbox: false`)", integration.use_sandbox.span)
    cases = build.spec.cases
    if cases:
        named = [_case(line) for line in cases[:_CASES_SHOWN]]
        more = f" and {len(cases) - _CASES_SHOWN} more" if len(cases) > _CASES_SHOWN else ""
        place = cases[0].path.span if cases[0].path else cases[0].head
        build.leave_out(f"validation cases {', '.join(named)}{more}", _NO_RUNNER, place)


def _case(line: CaseLine) -> str:
    about = f" ({shown(line.description.value, most=_LONGEST)})" if line.description else ""
    return f"{shown(line.path.value, most=_LONGEST) if line.path else 'without a path'}{about}"


def _dependencies(build: Build) -> None:
    needed = build.spec.dependencies
    if needed is not None:
        rows = (
            ("internal services", needed.internal_services),
            ("libraries", needed.libraries),
            ("infrastructure", needed.infrastructure),
        )
        _each(build, rows, "this version does not check that they are there")


def _sla(build: Build) -> None:
    sla = build.spec.sla
    if sla is not None:
        rows = (
            ("availability", sla.availability),
            ("response time", sla.response_time),
            ("error rate", sla.error_rate),
            ("support hours", sla.support_hours),
        )
        _each(build, rows, _NO_SLA)


def _artefacts(build: Build) -> None:
    for line in build.spec.implementation:
        what = shown(line.what.value, most=_LONGEST) if line.what else "without a name"
        where = f" at {shown(line.where.value.strip('`'), most=_LONGEST)}" if line.where else ""
        why = "this version generates nothing there"
        build.leave_out(f"implementation reference {what}{where}", why, line.head)


def _each(build: Build, rows: tuple[tuple[str, Located[str] | None], ...], why: str) -> None:
    for what, located in rows:
        if located is not None and located.value.strip().lower() not in {"none", "-", "n/a"}:
            build.leave_out(f"{what}: {located.value.strip()}", why, located.span)
