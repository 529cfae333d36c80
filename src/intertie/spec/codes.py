"""Every diagnostic the parser reports, in one table.

`TIE001` to `TIE039` judge syntax and structure, `TIE040` to `TIE049` judge references to other places.
"""

from __future__ import annotations

from msgspec import Struct

from intertie.diagnostics import Judges, Severity


class Code(Struct, frozen=True):
    """One kind of finding.

    Attributes:
        code, name: What it is called.
        severity: How much it matters by default.
        meaning: What it means, in one line.
        mend: What to do about it, where a finding does not say it more exactly.
        judges: Where its cause lies.
    """

    code: str
    name: str
    severity: Severity
    meaning: str
    mend: str
    judges: Judges = "spec"


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

FILE_UNREADABLE = Code(
    "TIE001", "file-unreadable", _ERROR,
    "The file can't be read.",
    "check the path and the rights of the file",
)  # fmt: skip
NOT_UTF8 = Code(
    "TIE002", "not-utf8", _ERROR,
    "The file is not UTF-8.",
    "save the file as UTF-8",
)  # fmt: skip
FILE_TOO_LARGE = Code(
    "TIE003", "file-too-large", _ERROR,
    "A file or a YAML block is too large.",
    "split it, or move large examples into files of their own",
)  # fmt: skip
YAML_SYNTAX = Code(
    "TIE004", "yaml-syntax", _ERROR,
    "A YAML block has a syntax error.",
    "correct the YAML; `: ` and ` #` in a value need quotes around it",
)  # fmt: skip
YAML_TAG = Code(
    "TIE005", "yaml-tag", _ERROR,
    "A YAML block uses a tag.",
    "remove the tag, and quote the value if it is a text",
)  # fmt: skip
TOO_DEEP = Code(
    "TIE006", "nested-too-deep", _ERROR,
    "Values are nested too deeply.",
    "flatten it, or move the inner part to `components` and refer to it",
)  # fmt: skip
TOO_MANY_ALIASES = Code(
    "TIE007", "alias-expansion", _ERROR,
    "YAML aliases expand to too many values.",
    "write the values out instead of aliases of aliases",
)  # fmt: skip
DUPLICATE_KEY = Code(
    "TIE008", "duplicate-key", _ERROR,
    "A key appears twice in one mapping.",
    "remove one of the two",
)  # fmt: skip
BLOCK_CONFLICT = Code(
    "TIE009", "block-conflict", _ERROR,
    "Two blocks that are merged set the same key.",
    "keep the value in one of the blocks",
)  # fmt: skip
NOT_A_MAPPING = Code(
    "TIE010", "not-a-mapping", _ERROR,
    "A YAML block is not a mapping.",
    "write the block as `key: value` lines",
)  # fmt: skip
UNKNOWN_KEY = Code(
    "TIE011", "unknown-key", _WARNING,
    "A block has an unknown key.",
    "correct the key, or remove it",
)  # fmt: skip
UNKNOWN_SECTION = Code(
    "TIE012", "unknown-section", _INFO,
    "A section is not part of the format.",
    "nothing needs to be done: the section is kept and shown",
)  # fmt: skip
UNFILLED = Code(
    "TIE013", "unfilled", _WARNING,
    "A placeholder of the template is still there.",
    "write the value, or remove the line",
)  # fmt: skip
WRONG_TYPE = Code(
    "TIE014", "wrong-type", _ERROR,
    "A value has the wrong type for its field.",
    "write a value of the type that the field takes",
)  # fmt: skip
WRONG_UNIT = Code(
    "TIE015", "wrong-unit", _ERROR,
    "A value has a unit that its field can't take.",
    "use a unit that the field takes",
)  # fmt: skip
NOT_A_CHOICE = Code(
    "TIE016", "invalid-choice", _ERROR,
    "A value is not one of the choices of its field.",
    "use one of the choices",
)  # fmt: skip
OUT_OF_RANGE = Code(
    "TIE017", "out-of-range", _ERROR,
    "A number is outside the range of its field.",
    "use a number within the range",
)  # fmt: skip
ALIAS_USED = Code(
    "TIE018", "alias-used", _INFO,
    "A key or value is an alias of the standard spelling.",
    "write the standard spelling; `--fix` does it",
)  # fmt: skip
LOOSE_BOOLEAN = Code(
    "TIE019", "loose-boolean", _INFO,
    "A boolean is not written as `true` or `false`.",
    "write `true` or `false`; `--fix` does it",
)  # fmt: skip
NO_FRONT_MATTER = Code(
    "TIE020", "no-front-matter", _ERROR,
    "The file does not start with front matter.",
    "begin the file with `---`, the fields `id`, `type`, `name` and `status`, and `---`",
)  # fmt: skip
UNCLOSED_FENCE = Code(
    "TIE021", "unclosed-fence", _ERROR,
    "A fenced block is not closed.",
    "close the block with the fence that opened it",
)  # fmt: skip
UNLABELLED_FENCE = Code(
    "TIE022", "unlabelled-fence", _INFO,
    "A fenced block without a language is read as YAML.",
    "write `yaml` behind its opening fence",
)  # fmt: skip
UNIT_IN_COMMENT = Code(
    "TIE023", "unit-in-comment", _INFO,
    "The unit of a number is only in a comment.",
    "write the unit behind the number, such as `30s`",
)  # fmt: skip
SWITCHED_OFF = Code(
    "TIE024", "switched-off", _INFO,
    "A block is switched off.",
    "set `enabled: true` to switch it on",
)  # fmt: skip
REPEATED_SECTION = Code(
    "TIE025", "repeated-section", _WARNING,
    "A section appears twice.",
    "merge the two sections",
)  # fmt: skip
UNREADABLE_LINE = Code(
    "TIE026", "unreadable-line", _WARNING,
    "A list item or a table does not have the form of its section.",
    "write it as the section's other lines are written",
)  # fmt: skip
REPEATED_ENDPOINT = Code(
    "TIE027", "repeated-endpoint", _ERROR,
    "Two endpoints have the same operation id.",
    "rename one of the endpoints",
)  # fmt: skip

REF_UNRESOLVED = Code(
    "TIE040", "ref-unresolved", _ERROR,
    "A `$ref` points to nothing.",
    "correct the reference, or add what it points to",
)  # fmt: skip
REF_OUTSIDE = Code(
    "TIE041", "ref-outside-workspace", _ERROR,
    "A `$ref` points outside the workspace.",
    "copy the file into the workspace",
)  # fmt: skip
REF_REMOTE = Code(
    "TIE042", "ref-remote", _ERROR,
    "A `$ref` points to a URL.",
    "save a copy in the workspace and refer to that",
)  # fmt: skip
INVALID_SCHEMA = Code(
    "TIE043", "invalid-schema", _ERROR,
    "A schema is not valid JSON Schema.",
    "correct the schema",
)  # fmt: skip
RELATED_MISSING = Code(
    "TIE044", "related-missing", _ERROR,
    "A related spec is not in the workspace.",
    "correct the id or path, or remove it",
    judges="surroundings",
)  # fmt: skip
REF_UNREADABLE = Code(
    "TIE045", "ref-unreadable", _ERROR,
    "The file that a `$ref` points into can't be read.",
    "correct the file or the path",
)  # fmt: skip
CASE_OUTSIDE = Code(
    "TIE046", "case-outside-workspace", _ERROR,
    "The path of a case leaves the workspace.",
    "move the case into the workspace",
    judges="surroundings",
)  # fmt: skip
CASE_SUFFIX = Code(
    "TIE047", "case-suffix", _ERROR,
    "The path of a case does not end in `.yaml`.",
    "rename the file to end in `.yaml`",
    judges="surroundings",
)  # fmt: skip
PRECONDITION_CITED = Code(
    "TIE048", "precondition-cited", _ERROR,
    "A spec cites a precondition.",
    "cite the test case that needs the precondition instead",
    judges="surroundings",
)  # fmt: skip

CODES: tuple[Code, ...] = (
    FILE_UNREADABLE, NOT_UTF8, FILE_TOO_LARGE, YAML_SYNTAX, YAML_TAG, TOO_DEEP, TOO_MANY_ALIASES, DUPLICATE_KEY,
    BLOCK_CONFLICT, NOT_A_MAPPING, UNKNOWN_KEY, UNKNOWN_SECTION, UNFILLED, WRONG_TYPE, WRONG_UNIT, NOT_A_CHOICE,
    OUT_OF_RANGE, ALIAS_USED, LOOSE_BOOLEAN, NO_FRONT_MATTER, UNCLOSED_FENCE, UNLABELLED_FENCE, UNIT_IN_COMMENT,
    SWITCHED_OFF, REPEATED_SECTION, UNREADABLE_LINE, REPEATED_ENDPOINT,
    REF_UNRESOLVED, REF_OUTSIDE, REF_REMOTE, INVALID_SCHEMA, RELATED_MISSING, REF_UNREADABLE, CASE_OUTSIDE, CASE_SUFFIX,
    PRECONDITION_CITED,
)  # fmt: skip
"""All of them, by code."""

AROUND_THE_SPEC = frozenset(code.code for code in CODES if code.judges == "surroundings")
"""Codes of the findings whose cause lies beside the spec: an error of these does not stop calls."""
