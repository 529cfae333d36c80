"""Test, scenario and precondition cases."""

from intertie.lint.rule import Rule
from intertie.lint.rules.cases.assertion_always_holds import assertion_always_holds
from intertie.lint.rules.cases.assertion_never_holds import assertion_never_holds
from intertie.lint.rules.cases.case_for_other_spec import case_for_other_spec
from intertie.lint.rules.cases.circular_scenario import circular_scenario
from intertie.lint.rules.cases.duplicate_case_id import duplicate_case_id
from intertie.lint.rules.cases.idle_case_step import idle_case_step
from intertie.lint.rules.cases.idle_scenario_setting import idle_scenario_setting
from intertie.lint.rules.cases.malformed_case_id import malformed_case_id
from intertie.lint.rules.cases.malformed_case_timestamp import malformed_case_timestamp
from intertie.lint.rules.cases.outdated_content_hash import outdated_content_hash
from intertie.lint.rules.cases.refused_case_input import refused_case_input
from intertie.lint.rules.cases.unknown_assertion_name import unknown_assertion_name
from intertie.lint.rules.cases.unknown_call_option import unknown_call_option
from intertie.lint.rules.cases.unknown_case_form import unknown_case_form
from intertie.lint.rules.cases.unknown_case_input import unknown_case_input
from intertie.lint.rules.cases.unknown_phase import unknown_phase
from intertie.lint.rules.cases.unknown_result_field import unknown_result_field
from intertie.lint.rules.cases.unreadable_assertion import unreadable_assertion
from intertie.lint.rules.cases.unset_case_value import unset_case_value
from intertie.lint.rules.cases.wrong_kind_of_case import wrong_kind_of_case

RULES: tuple[Rule, ...] = (
    unknown_case_form,
    malformed_case_id,
    duplicate_case_id,
    unreadable_assertion,
    unknown_assertion_name,
    unknown_case_input,
    unset_case_value,
    wrong_kind_of_case,
    circular_scenario,
    unknown_phase,
    malformed_case_timestamp,
    case_for_other_spec,
    idle_case_step,
    unknown_result_field,
    assertion_never_holds,
    outdated_content_hash,
    unknown_call_option,
    idle_scenario_setting,
    refused_case_input,
    assertion_always_holds,
)
