"""Faults in case files: each in a workspace that is right otherwise, found by its rule, at its line, with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from intertie.lint.registry import find_rule
from intertie.mockserver.profile_reading import _ABOUT, _READERS
from intertie.mockserver.profiles import BUILT_IN
from intertie.spec.cases.fields import FAULT, FAULT_PROFILES
from support.case_workspace import CaseWorkspace


class Fault(NamedTuple):
    """One slip.

    Attributes:
        file: Where it is.
        old, new: What is written instead of what.
        rule: That finds it, by name or code.
        help: Part of what to do.
    """

    file: str
    old: str
    new: str
    rule: str
    help: str


TC, SC, PC = "test-cases/TC-010.yaml", "scenario-cases/SC-010.yaml", "precondition-cases/PC-001.yaml"
READ_BACK = "test-cases/TC-011-read-back.yaml"

FAULTS = {
    "yaml": Fault(TC, "inputs: {currency: EUR, weight_class: small}", "inputs: {currency: EUR, weight_class: small", "TIE004", "close the bracket"),
    "id against the file": Fault(TC, "id: TC-010", "id: TC-100", "malformed-case-id", "write `TC-010`"),
    "type": Fault(TC, "type: TestCase", "type: TestCsae", "TIE016", "did you mean `TestCase`?"),
    "status": Fault(TC, "status: ready", "status: redy", "TIE016", "did you mean `ready`?"),
    "an assertion that can't be read": Fault(TC, "- attempts == 3", "- attempts = 3", "unreadable-assertion", "write `==`"),
    "a name in an assertion": Fault(TC, "- elapsed < 4s", "- elapse < 4s", "unknown-assertion-name", "did you mean `elapsed`?"),
    "an input": Fault(READ_BACK, "input: {limit: 3}", "input: {limitt: 3}", "unknown-case-input", "did you mean `limit`?"),
    "an operation": Fault(READ_BACK, "call: Get Charge", "call: Get Chrage", "TIE066", "did you mean `get_charge`?"),
    "a precondition that is not there": Fault(TC, "[/precondition-cases/PC-001.yaml]", "[/precondition-cases/PC-404.yaml]", "TIE511", "write the case"),
    "a test case that is not there": Fault(SC, "test_cases: [TC-011]", "test_cases: [TC-404]", "TIE511", "write the case"),
    "a circle of phases": Fault(SC, "{read: [pay], clean: [read, pay]}", "{read: [clean], clean: [read, pay]}", "circular-scenario", "remove one of the dependencies"),
    "a phase that is not there": Fault(SC, "{read: [pay], clean", "{read: [pya], clean", "unknown-phase", "did you mean `pay`?"),
    "a time": Fault(TC, "hash_timestamp: 2026-11-24T09:00:00Z", "hash_timestamp: 24.11.2026 09:00", "malformed-case-timestamp", "write `2026-"),
    "a case of another spec": Fault(TC, "spec: INT-001", "spec: INT-220", "case-for-other-spec", "write `INT-001`"),
    "a spec that is not there": Fault(TC, "spec: INT-001", "spec: INT-010", "TIE044", "check the id"),
    "a value that nothing sets": Fault(TC, '"{{ currency }}"', '"{{ curency }}"', "unset-case-value", "did you mean `currency`?"),
    "a key": Fault(TC, "preconditions:", "precondition:", "TIE011", "did you mean `preconditions`?"),
    "a key of a step": Fault(TC, "    concurrently: 11", "    concurently: 11", "TIE011", "did you mean `concurrently`?"),
    "a kind of case": Fault(SC, "test_cases: [TC-011]", "test_cases: [PC-001]", "wrong-kind-of-case", "move it to `preconditions`"),
    "a scenario in itself": Fault("scenario-cases/SC-001.yaml", "cache_strategy: none", "nested_scenarios: [SC-010]", "circular-scenario", "remove one of the nested"),
    "a field of the result": Fault(READ_BACK, "data.charge_id ==", "data.chargeid ==", "unknown-result-field", "did you mean `charge_id`?"),
    "a captured field": Fault(TC, "charge: data.charge_id", "charge: data.charge", "unknown-result-field", "did you mean `charge_id`?"),
    "a capture without `data`": Fault(TC, "charge: data.charge_id", "charge: charge_id", "unknown-result-field", "did you mean `data.charge_id`?"),
    "more attempts than there are": Fault(TC, "- attempts == 3", "- attempts == 5", "assertion-never-holds", "write `4`"),
    "a number in quotes": Fault(TC, '"status == 200"', "\"status == '200'\"", "assertion-never-holds", "write `200`, without quotes"),
    "a version": Fault(TC, 'version: "2024-06-20"', 'version: "2024-06-02"', "unknown-call-option", "did you mean `2024-06-20`?"),
    "a hash": Fault("test-cases/TC-012.yaml", "content_hash: sha256:", "content_hash: sha256:0", "outdated-content-hash", "remove it"),
    "a step that calls nothing": Fault(TC, '    call: create_charge\n    input: {amount: "{{ price', '    input: {amount: "{{ price', "idle-case-step", "add `call"),
    "a mode": Fault(SC, "mode: custom", "mode: parallel", "TIE016", "did you mean `parallel_phases`?"),
    "a time limit": Fault(SC, "timeout: 900", "timeout: soon", "TIE014", "30s"),
    "how long to keep": Fault(PC, "cache_strategy: session", "cache_strategy: forever", "TIE016", "none, session, persistent"),
    "a step list": Fault(TC, "teardown: []", "teardown: none", "TIE014", "write `teardown: [...]`"),
    "an assertion as a mapping": Fault(READ_BACK, "[status == 200,", "[status: 200,", "TIE014", '`"status == 200"`'),
    "a precondition that cites": Fault(PC, "cache_strategy: session", "preconditions: [PC-002]", "wrong-kind-of-case", "let the test case"),
    "a case key twice": Fault(TC, "purpose:", "name: again\npurpose:", "TIE008", "keep one of the two"),
}  # fmt: skip
"""The fault -> how it is made."""


ONE, TWO = "test-cases/TC-001.yaml", "test-cases/TC-002.yaml"
LOOK = 'expect: [status == 200, "data.has_more in [true, false]"]'

FURTHER = {
    "a value before it is captured": Fault(TC, "{{ weight_class }}-1", "{{ charge }}", "unset-case-value", "captures it"),
    "a code that no error is mapped to": Fault(TWO, "PAYMENT_DECLINED", "PAYMENT_DECLNED", "assertion-never-holds", "did you mean `PAYMENT_DECLINED`?"),
    "an event that is not there": Fault(TC, "'retry' in events and", "'retried' in events and", "assertion-never-holds", "did you mean"),
    "another fallback than the spec's": Fault(TWO, "fallback == 'queue'", "fallback == 'cache'", "assertion-never-holds", "falls back to `queue`"),
    "a breaker's state": Fault(TC, "breaker.state == 'closed'", "breaker.state == 'half-open'", "assertion-never-holds", "did you mean `half_open`?"),
    "a required input left out": Fault(ONE, 'amount: "12.50", ', "", "refused-case-input", "correct the input"),
    "a text for a number": Fault(READ_BACK, "limit: 3", "limit: three", "refused-case-input", "correct the input"),
    "a success that the spec does not have": Fault(ONE, "status == 200", "status == 201", "assertion-never-holds", "compare with that one"),
    "assertions beside the steps": Fault(READ_BACK, f"    {LOOK}", LOOK, "TIE011", "indent it"),
    "a test case twice": Fault(SC, "test_cases: [TC-011]", "test_cases: [TC-011, /test-cases/TC-011-read-back.yaml]", "TIE540", "remove one"),
    "a phase without cases": Fault(SC, "test_cases: [TC-011]", "test_cases: []", "idle-case-step", "list its cases"),
    "a phase longer than the whole": Fault(SC, "phase_timeout: 300", "phase_timeout: 3000", "idle-scenario-setting", "raise `timeout`"),
    "times without leave": Fault(SC, "max_retries: 1", "max_retries: 0", "idle-scenario-setting", "write how often"),
    "an input twice": Fault(READ_BACK, "environment: [sandbox]", "  - {name: charge, type: string, value: other}\nenvironment: [sandbox]", "TIE008", "keep one"),
    "a placeholder": Fault(ONE, "purpose: A charge goes through at the first try and is billed once.", 'purpose: "[What this test shows]"', "TIE013", "write it"),
    "a credential": Fault(ONE, "card_token: tok_visa", f"card_token: sk_live_{'4eC39HqL' * 3}", "TIE601", "change the credential"),
    "milliseconds for seconds": Fault(TC, "- elapsed < 4s", "- elapsed < 4000", "assertion-always-holds", "such as `4000ms`"),
    "an option's name": Fault(TC, "environment: sandbox", "enviroment: sandbox", "TIE011", "did you mean `environment`?"),
}  # fmt: skip
"""Faults that were thought of once the rules were there."""


@pytest.fixture
def cases(tmp_path: Path) -> CaseWorkspace:
    """The good workspace."""
    return CaseWorkspace(tmp_path)


def test_good_cases_of_every_generation_have_no_finding(cases: CaseWorkspace) -> None:
    """The cases of the workspace are right, whatever form they are written in: nothing is found in them."""
    result = cases.check()
    assert result.diagnostics == ()
    assert len(result.files) == 19


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found_at_its_line(cases: CaseWorkspace, fault: Fault) -> None:
    """One slip is one finding, by its rule, at its line, and says what to do."""
    line = cases.change(fault.file, fault.old, fault.new)
    found = cases.found(fault.file)
    assert [(find_rule(each.code), each.span.line) for each in found] == [(find_rule(fault.rule), line)], found
    assert fault.help in (found[0].help or ""), found


@pytest.mark.parametrize("fault", FURTHER.values(), ids=FURTHER)
def test_a_further_fault_is_found_where_it_is(cases: CaseWorkspace, fault: Fault) -> None:
    """A slip that no rule was written for is found in its file, in its line or the next one."""
    line = cases.change(fault.file, fault.old, fault.new)
    found = cases.found(fault.file)
    assert [find_rule(each.code) for each in found] == [find_rule(fault.rule)], found
    assert abs(found[0].span.line - line) <= 1
    assert fault.help in (found[0].help or ""), found


def test_dependencies_of_phases_in_a_row_have_no_effect(cases: CaseWorkspace) -> None:
    """Phases that run in the order of the text wait for nobody: the dependencies are told, not the mode."""
    cases.change(SC, "mode: custom", "mode: sequential")
    [found] = cases.found(SC)
    assert (found.name, found.span.line, found.related[0].span.line) == ("idle-scenario-setting", 25, 22)


def test_two_cases_with_one_id_name_each_other(cases: CaseWorkspace) -> None:
    """Each of two files with one id is told of the other."""
    text = (cases.root / TC).read_text("utf-8").replace("name: limit-waits-then-passes", "name: the-same")
    cases.write("test-cases/TC-010-again.yaml", text)
    found = [each for each in cases.found(TC, "test-cases/TC-010-again.yaml") if each.name == "duplicate-case-id"]
    assert [(each.span.path, each.span.line, each.related[0].span.path) for each in found] == [
        ("test-cases/TC-010-again.yaml", 1, TC), (TC, 1, "test-cases/TC-010-again.yaml"),
    ]  # fmt: skip
    assert found[0].help == "give one of them the next free id"


SECOND = {
    "zero calls at once": Fault(TC, "concurrently: 11", "concurrently: 0", "TIE017", "write `concurrently"),
    "a duration in words": Fault(TC, "advance: 1s", "advance: a while", "TIE014", "30s"),
    "a status that no mock answers": Fault(TWO, "{status: 402,", "{status: 4020,", "TIE017", "from 200 to 599"),
    "a profile that is not there": Fault("test-cases/TC-013-queued.yaml", "fault: down", "fault: dwon", "TIE016", "did you mean `down`?"),
    "a fault's key": Fault(TC, "fault: {responses", "fault: {response", "TIE011", "did you mean `responses`?"),
    "an operator of another language": Fault(ONE, '"attempts == 1"', '"attempts === 1"', "unreadable-assertion", "write `==`"),
    "a word in capitals": Fault(TC, "in events and", "in events AND", "unreadable-assertion", "write `and`"),
    "text without quotes": Fault(TC, "breaker.state == 'closed'", "breaker.state == closed", "unknown-assertion-name", "single quotes"),
    "a comma for a point": Fault(ONE, "cost == 0.002", "cost == 0,002", "unreadable-assertion", ""),
    "a quote left open": Fault(ONE, "data.currency == 'EUR'", "data.currency == 'EUR", "unreadable-assertion", "close it"),
    "a value with one brace": Fault(TC, '"{{ currency }}"', '"{ currency }"', "unset-case-value", "{{ currency }}"),
    "a scenario that lists itself": Fault("scenario-cases/SC-011.yaml", "nested_scenarios: []", "nested_scenarios: [SC-011]", "circular-scenario", "remove one"),
    "a path that ends otherwise": Fault(SC, "/test-cases/TC-012.yaml", "/test-cases/TC-012.yml", "TIE047", "rename the file"),
    "a path out of the workspace": Fault(SC, "/test-cases/TC-012.yaml", "../../test-cases/TC-012.yaml", "TIE046", "below the workspace"),
    "a precondition by its name": Fault(TC, "[/precondition-cases/PC-001.yaml]", "[test-cards]", "TIE511", "such as `PC-001`"),
    "assertions for people": Fault(ONE, 'expect: ["status', 'expected: ["status', "idle-case-step", "write `expect`"),
    "a path for an operation": Fault(ONE, "call: create_charge", "call: POST /v1/charges", "TIE066", ""),
    "the letter O in an id": Fault(PC, "id: PC-001", "id: PC-0O1", "malformed-case-id", "write `PC-001`"),
    "the day before the month": Fault(TC, "2026-11-24T09", "2026-24-11T09", "malformed-case-timestamp", "write `2026-"),
    "the name without its underscore": Fault("test-cases/TC-031.yaml", "country_code: de", "countrycode: de", "unknown-case-input", "did you mean"),
    "more attempts at least": Fault(TWO, "attempts == 4", "attempts >= 5", "assertion-never-holds", "write `4`"),
    "a list compared with a text": Fault(TC, "'retry' in events and", "events == 'retry' and", "assertion-never-holds", "one of its entries"),
}  # fmt: skip
"""A second set, of which five sixths were found before anything was done about it."""


@pytest.mark.parametrize("fault", SECOND.values(), ids=SECOND)
def test_a_fault_of_the_second_set_is_found_where_it_is(cases: CaseWorkspace, fault: Fault) -> None:
    """One slip is one finding, by its rule, at its line."""
    line = cases.change(fault.file, fault.old, fault.new)
    found = cases.found(fault.file)
    assert [(find_rule(each.code), each.span.line) for each in found] == [(find_rule(fault.rule), line)], found
    assert fault.help in (found[0].help or ""), found


def test_a_value_that_is_renamed_is_missing_where_it_is_used(cases: CaseWorkspace) -> None:
    """What a precondition no longer provides is missing in each case that uses it, and nowhere else."""
    cases.change(PC, "- name: card_token", "- name: cardtoken")
    found = cases.found()
    assert [(each.name, each.span.path) for each in found] == [
        ("unset-case-value", TC), ("unset-case-value", "test-cases/TC-015.yaml"),
    ]  # fmt: skip


def test_the_profiles_of_the_mock_are_those_that_a_case_may_name() -> None:
    """Cases are read below the mock; its profiles and their fields are the same ones all the same."""
    assert set(FAULT_PROFILES) == set(BUILT_IN)
    assert set(FAULT) == {*_READERS, *_ABOUT}
