"""Syntax and structure: what the parser finds in the text itself."""

from intertie.lint.rules.structure.alias_expansion import alias_expansion
from intertie.lint.rules.structure.alias_used import alias_used
from intertie.lint.rules.structure.block_conflict import block_conflict
from intertie.lint.rules.structure.case_outside_workspace import case_outside_workspace
from intertie.lint.rules.structure.case_suffix import case_suffix
from intertie.lint.rules.structure.duplicate_key import duplicate_key
from intertie.lint.rules.structure.expired_ignore import expired_ignore
from intertie.lint.rules.structure.file_too_large import file_too_large
from intertie.lint.rules.structure.file_unreadable import file_unreadable
from intertie.lint.rules.structure.ignore_without_reason import ignore_without_reason
from intertie.lint.rules.structure.invalid_schema import invalid_schema
from intertie.lint.rules.structure.loose_boolean import loose_boolean
from intertie.lint.rules.structure.nested_too_deep import nested_too_deep
from intertie.lint.rules.structure.no_front_matter import no_front_matter
from intertie.lint.rules.structure.not_a_choice import not_a_choice
from intertie.lint.rules.structure.not_a_mapping import not_a_mapping
from intertie.lint.rules.structure.not_utf8 import not_utf8
from intertie.lint.rules.structure.out_of_range import out_of_range
from intertie.lint.rules.structure.precondition_cited import precondition_cited
from intertie.lint.rules.structure.ref_outside_workspace import ref_outside_workspace
from intertie.lint.rules.structure.ref_remote import ref_remote
from intertie.lint.rules.structure.ref_unreadable import ref_unreadable
from intertie.lint.rules.structure.ref_unresolved import ref_unresolved
from intertie.lint.rules.structure.related_missing import related_missing
from intertie.lint.rules.structure.repeated_endpoint import repeated_endpoint
from intertie.lint.rules.structure.repeated_section import repeated_section
from intertie.lint.rules.structure.rule_crashed import rule_crashed
from intertie.lint.rules.structure.switched_off import switched_off
from intertie.lint.rules.structure.unclosed_fence import unclosed_fence
from intertie.lint.rules.structure.unfilled import unfilled
from intertie.lint.rules.structure.unit_in_comment import unit_in_comment
from intertie.lint.rules.structure.unknown_key import unknown_key
from intertie.lint.rules.structure.unknown_section import unknown_section
from intertie.lint.rules.structure.unlabelled_fence import unlabelled_fence
from intertie.lint.rules.structure.unreadable_ignore import unreadable_ignore
from intertie.lint.rules.structure.unreadable_line import unreadable_line
from intertie.lint.rules.structure.unused_ignore import unused_ignore
from intertie.lint.rules.structure.wrong_type import wrong_type
from intertie.lint.rules.structure.wrong_unit import wrong_unit
from intertie.lint.rules.structure.yaml_syntax import yaml_syntax
from intertie.lint.rules.structure.yaml_tag import yaml_tag

RULES = (
    file_unreadable,
    not_utf8,
    file_too_large,
    yaml_syntax,
    yaml_tag,
    nested_too_deep,
    alias_expansion,
    duplicate_key,
    block_conflict,
    not_a_mapping,
    unknown_key,
    unknown_section,
    unfilled,
    wrong_type,
    wrong_unit,
    not_a_choice,
    out_of_range,
    alias_used,
    loose_boolean,
    no_front_matter,
    unclosed_fence,
    unlabelled_fence,
    unit_in_comment,
    switched_off,
    repeated_section,
    unreadable_line,
    repeated_endpoint,
    ref_unresolved,
    ref_outside_workspace,
    ref_remote,
    invalid_schema,
    related_missing,
    ref_unreadable,
    case_outside_workspace,
    case_suffix,
    precondition_cited,
    ignore_without_reason,
    unused_ignore,
    expired_ignore,
    unreadable_ignore,
    rule_crashed,
)
"""In the order of their codes."""
