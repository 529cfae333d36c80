from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import parse_duration_s, seconds_text, whole_number
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case, scalar_of
from intertie.spec.tree import MappingNode, ScalarNode


@rule(code="TIE718", severity=Severity.WARNING, since="0.1.0")
def idle_scenario_setting(case: Case) -> Iterator[Finding]:
    """A setting of a scenario has no effect beside another one."""
    retry, times = case.root.get("retry_on_failure"), case.scalar("max_retries")
    number = whole_number(times.text) if times is not None else None
    if times is not None and number is not None and isinstance(retry, ScalarNode):
        if retry.value is False and number > 0:
            yield Finding(
                times.span,
                "nothing is run again: `retry_on_failure` is false",
                "write `retry_on_failure: true`, or `max_retries: 0`",
                related=(Label(retry.span, "this says so"),),
            )
        elif retry.value is True and number == 0:
            yield Finding(
                retry.span,
                "nothing is run again: `max_retries` is 0",
                "write how often, such as `max_retries: 1`",
                related=(Label(times.span, "this says so"),),
            )
    execution = case.root.get("phase_execution")
    if isinstance(execution, MappingNode):
        yield from _execution(case, execution)


def _execution(case: Case, execution: MappingNode) -> Iterator[Finding]:
    whole, phase = case.scalar("timeout"), scalar_of(execution, "phase_timeout")
    whole_s, phase_s = (
        parse_duration_s(each.text, bare_unit="s") if each is not None else None for each in (whole, phase)
    )
    if (
        whole is not None
        and phase is not None
        and whole_s is not None
        and phase_s is not None
        and phase_s > whole_s > 0
    ):
        yield Finding(
            phase.span,
            f"no phase can take {seconds_text(float(phase_s))}: the scenario ends after {seconds_text(float(whole_s))}",
            "raise `timeout`, or lower `phase_timeout`",
            related=(Label(whole.span, "this ends it"),),
        )
    mode, given = scalar_of(execution, "mode"), execution.entry("phase_dependencies")
    if (
        mode is not None
        and mode.text == "sequential"
        and given is not None
        and isinstance(given.value, MappingNode)
        and given.value.entries
    ):
        yield Finding(
            given.key.span,
            "phases run in the order in which they stand: dependencies have no effect",
            "write `mode: custom`, or remove them",
            related=(Label(mode.span, "this says so"),),
        )
