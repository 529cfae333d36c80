"""One YAML text of a file, read as far as it can be: a broken line costs that line, not the block."""

from __future__ import annotations

import re
from typing import Any

import yaml

from intertie.spec import codes
from intertie.spec.source import Findings
from intertie.spec.tree import MappingNode, Node
from intertie.spec.yaml_nodes import Allowance, NodeReader, Place, Refused, shorten

_MAX_MENDS = 8
_SECRET_KEY_RE = re.compile(r"secret|password|token|credential|\bkey\b|api_?key", re.IGNORECASE)
_KEY_RE = re.compile(r"^(\s*(?:-\s+)*)([^\s:#][^:#]*):\s+(?=\S)")
_CONDITION_RE = re.compile(r"(\w+):\s*([<>]=?\s*[^\s:][^:]*)\Z")


def read_yaml(text: str, place: Place, findings: Findings, allowance: Allowance | None = None) -> Node | None:
    """Return the node tree of `text`, None where it holds nothing that can be read.

    A syntax error is reported once at its place; the broken line and what is indented below it are then left out and
    the rest is read, at most eight times in one text.
    """
    lines = text.split("\n")
    blanked: set[int] = set()
    allowance = allowance or Allowance()
    left = allowance.left
    if left < 0:
        # Reported where it ran out.
        return None
    for _ in range(_MAX_MENDS):
        allowance.left = left
        try:
            return NodeReader("\n".join(lines), place, findings, allowance).read()
        except Refused:
            return None
        except RecursionError:
            findings.add(codes.TOO_DEEP, place(0, 0), "values are nested too deep", help="flatten the block")
            return None
        except yaml.YAMLError as error:
            bad_line = _report(error, "\n".join(lines), lines, place, findings)
            if bad_line is None or bad_line in blanked:
                return None
            for number in _subtree(lines, bad_line):
                blanked.add(number)
                lines[number] = " " * len(lines[number])
    return None


def read_mapping(
    text: str, place: Place, findings: Findings, *, what: str, allowance: Allowance | None = None
) -> MappingNode | None:
    """Return the root mapping of `text`; anything else is reported, nothing at all is not."""
    root = read_yaml(text, place, findings, allowance)
    if root is None or isinstance(root, MappingNode):
        return root
    findings.add(
        codes.NOT_A_MAPPING, root.span, f"{what} holds keys with values, not a single value or a list",
        help="start with a key such as `service:`",
    )  # fmt: skip
    return None


def _report(error: yaml.YAMLError, text: str, lines: list[str], place: Place, findings: Findings) -> int | None:
    """Report a syntax error; return the 0-based line it is blamed on, None where no line can be blamed."""
    mark, problem = _blame(error)
    if mark is None:
        position = int(getattr(error, "position", 0) or 0)
        position = min(position, max(len(text) - 1, 0))
        findings.add(
            codes.YAML_SYNTAX, place(position, min(position + 1, len(text))), "a control character stands here",
            help="remove it; text in quotes can hold it as an escape such as `\\x01`",
        )  # fmt: skip
        return text.count("\n", 0, position)
    offset = min(mark.index, len(text))
    number = text.count("\n", 0, offset)
    column = offset - (text.rfind("\n", 0, offset) + 1)
    if not lines[number].strip() and number:
        # The parser noticed only at the next token: the last line that says something is the one to look at.
        while number and not lines[number].strip():
            number -= 1
        column = 0
    line = lines[number]
    message, help_text, start = _explain(line, column, problem, error)
    line_start = sum(len(each) + 1 for each in lines[:number])
    end = len(line.rstrip())
    start = min(start, end)
    findings.add(codes.YAML_SYNTAX, place(line_start + start, line_start + end), message, help=help_text)
    return number


def _blame(error: Any) -> tuple[Any, str]:
    problem = str(getattr(error, "problem", "") or "")
    mark = getattr(error, "problem_mark", None)
    context = str(getattr(error, "context", "") or "")
    context_mark = getattr(error, "context_mark", None)
    opened = "quoted scalar" in context or "flow" in context or "simple key" in context
    return (context_mark if opened and context_mark is not None else mark), problem


def without_colon(condition: str) -> str | None:
    """Return a condition that was written like a key, without its colon; None where the text is none.

    >>> without_colon("error_rate: > 5%"), without_colon("a: b")
    ('error_rate > 5%', None)
    """
    match = _CONDITION_RE.match(condition)
    return f"{match.group(1)} {match.group(2)}" if match else None


def _explain(line: str, column: int, problem: str, error: Any) -> tuple[str, str, int]:
    """Return message, help and the column the value starts at."""
    context = str(getattr(error, "context", "") or "")
    key = _KEY_RE.match(line)
    value_at = key.end() if key else len(line) - len(line.lstrip())
    value = line[value_at:].rstrip()
    comment = re.search(r"\s+#", value)
    bare = value[: comment.start()] if comment else value
    name = key.group(2).strip() if key else ""
    # What stands in a secret's place may be one: it is not repeated.
    shown = "…" if _SECRET_KEY_RE.search(name) else bare
    quote = "'" if '"' in shown else '"'
    quoted = f"write `{name}: {quote}{shown}{quote}`" if name else f"write `{quote}{shown}{quote}`"
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "a tab indents this line; YAML allows spaces only", "indent by spaces", 0
    if key and bare[:1] in (">", "|"):
        return f"a value that starts with `{bare[0]}` must be quoted", shorten(quoted, 200), value_at
    if key and bare[:1] in ("%", "@", "`", "&", "*", "!", "}", "]", ","):
        return f"a value can't start with `{bare[0]}` unless it is quoted", shorten(quoted, 200), value_at
    if "mapping values are not allowed" in problem and key and (plain := without_colon(bare)):
        return "a condition has no colon", f"write `{name}: {plain}`", value_at
    if "mapping values are not allowed" in problem and key and ":" in bare:
        return "a value that holds `: ` must be quoted", shorten(quoted, 200), value_at
    if "block sequence entries" in problem and key:
        return "a list starts on the line below its key", f"put `{shown}` on a line of its own, indented", value_at
    if "quoted scalar" in context:
        return "a quote that opens here is never closed", "close the quote on the same line", column
    if "flow" in context:
        bracket = line[column : column + 1] or "["
        return f"`{bracket}` is not closed, or a comma is missing in it", "close the bracket, or quote the text", column
    if "simple key" in context or "could not find expected ':'" in problem:
        return "this line is not `key: value`", "write `key: value`", len(line) - len(line.lstrip())
    if key and bare[:1] in ('"', "'"):
        return "text follows a closed quote", "put the whole value into the quotes", value_at
    char = line[column : column + 1]
    if "cannot start any token" in problem and char.strip():
        return f"a value can't start with `{char}` unless it is quoted", "put the value into quotes", column
    if "did not find expected key" in problem or "did not find expected '-'" in problem:
        return (
            "the indentation does not fit the lines above",
            "indent keys of one block alike",
            len(line) - len(line.lstrip()),
        )
    return f"YAML ends here: {problem or 'unreadable'}", "correct the line, or quote the value", min(column, value_at)


def _subtree(lines: list[str], number: int) -> list[int]:
    """Return the line and the deeper indented lines below it."""
    indent = len(lines[number]) - len(lines[number].lstrip())
    taken = [number]
    for following in range(number + 1, len(lines)):
        line = lines[following]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        taken.append(following)
    return taken
