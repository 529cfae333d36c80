"""Enumerates small changes to a Python module, each of which a good test suite notices.

| what | becomes |
|---|---|
| a comparison | its boundary (`<` and `<=`), its opposite |
| a condition | negated; where it guards an early exit, never true |
| `and`, `or` | the other one; without each of its operands |
| `not x` | `x` |
| `+ - * / // % **`, also in `+=` | another one |
| a number | one more, one less; a float doubled, and 0 |
| `True`, `False` | the other one |
| `min`, `max`, `any`, `all`, `break`, `continue` | the other one |
| an argument given by name | left out |
| a call or a `raise` that stands alone, an assignment of what has a value already | left out |

Left alone: annotations, type variables, docstrings, texts, decorators, the bases of classes, `assert`, `if TYPE_CHECKING`,
f-strings, and `raise` at the end of a block that says "please report this".
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
_TYPES = {"TypeVar", "ParamSpec", "TypeVarTuple", "NewType"}
_EXITS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BUG = "please report this"
Change: TypeAlias = tuple[ast.expr | ast.stmt, str, str]
"""A node, the scope that it is in, and the text in its place."""


@dataclass(frozen=True)
class Mutant:
    """One change to one module.

    Attributes:
        file: The module, relative to the package.
        scope: Class and function that it is in, such as `Masker.text`; empty at the top of the module.
        was, now: The lines concerned before and after, as one line.
        nth: Which of several equal changes to equal lines of one scope this is, from 1.
        line: Where, for a reader.
        start, end, text: The bytes of the module that `text` takes the place of.
    """

    file: str
    scope: str
    was: str
    now: str
    nth: int
    line: int
    start: int
    end: int
    text: bytes

    @property
    def told(self) -> tuple[str, str, str, str]:
        """What names it in the list of those that are explained, whatever its line."""
        return self.file, self.scope, self.was, self.now

    @property
    def key(self) -> str:
        """A digest that names it alone and orders a sample: the same mutant comes early or late whatever else there is."""
        return hashlib.sha256("\0".join((*self.told, str(self.nth))).encode()).hexdigest()[:20]

    def applied(self, source: bytes) -> bytes | None:
        """Return the module with the change in it, None where that is no Python."""
        changed = source[: self.start] + self.text + source[self.end :]
        try:
            compile(changed, self.file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return None
        return changed


def mutants_of(file: str, source: bytes) -> list[Mutant]:
    """Return every mutant of a module, from top to bottom."""
    lines = source.splitlines(keepends=True)
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line))
    seen: Counter[tuple[str, str, str, str]] = Counter()
    found = []
    for node, scope, text in _Walk(ast.parse(source)).changes():
        start = begins[node.lineno - 1] + node.col_offset
        end = begins[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        before, after = begins[node.lineno - 1], begins[node.end_lineno or node.lineno]
        was = source[before:after]
        now = source[before:start] + text.encode() + source[end:after]
        told = (file, scope, _one_line(was), _one_line(now))
        if told[2] == told[3]:
            continue
        seen[told] += 1
        found.append(Mutant(*told, seen[told], node.lineno, start, end, text.encode()))
    return sorted(found, key=lambda mutant: (mutant.start, mutant.end, mutant.now))


class _Walk:
    """Goes through a module, from the outside in."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._scope: tuple[str, ...] = ()
        self._rebound: frozenset[str] = frozenset()

    def changes(self) -> Iterator[Change]:
        yield from self._block(self._tree.body)

    def _block(self, body: list[ast.stmt]) -> Iterator[Change]:
        reports = any(_BUG in ast.unparse(statement) for statement in body if not hasattr(statement, "body"))
        if reports:
            return  # what nobody can reach, unless we have a bug
        for statement in body:
            yield from self._statement(statement)

    def _statement(self, node: ast.stmt) -> Iterator[Change]:
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            outer = self._scope, self._rebound
            self._scope = (*self._scope, node.name)
            if isinstance(node, _FUNCTIONS):
                self._rebound = _bound_twice(node)
                for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                    yield from self._expression(default)
            yield from self._block(node.body)
            self._scope, self._rebound = outer
            return
        if isinstance(node, ast.Assert) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            return
        scope = ".".join(self._scope)
        if isinstance(node, ast.If | ast.While):
            guards = isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], _EXITS)
            if not _is_reported(node):
                yield from _negated(node.test, scope)
                if guards:
                    yield node.test, scope, "False"
        if isinstance(node, ast.Break):
            yield node, scope, "continue"
        if isinstance(node, ast.Continue):
            yield node, scope, "break"
        if self._is_left_out(node):
            yield node, scope, "pass"
        if isinstance(node, ast.AugAssign) and type(node.op) in _COUNTED:
            yield node, scope, ast.unparse(ast.AugAssign(node.target, _COUNTED[type(node.op)](), node.value))
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "decorator_list", "type_comment", "targets", "target"}:
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.expr):
                    if isinstance(node, ast.Expr) and isinstance(child, ast.Constant):
                        continue  # a docstring
                    yield from self._expression(child)
                elif isinstance(child, ast.withitem):
                    yield from self._expression(child.context_expr)
                elif isinstance(child, ast.ExceptHandler):
                    yield from self._block(child.body)
                elif isinstance(child, ast.match_case):
                    if child.guard is not None:
                        yield from self._expression(child.guard)
                    yield from self._block(child.body)
        for field in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.Match) and getattr(node, field, None):
                yield from self._block(getattr(node, field))

    def _is_left_out(self, node: ast.stmt) -> bool:
        """Return whether a statement can be missing without its block falling apart at once."""
        if any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node)):
            return False  # without it a generator may be none
        if isinstance(node, ast.Expr):
            return not isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.AugAssign):
            return True
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None or not self._scope:
            return False
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [name for target in targets for name in ast.walk(target)]
        if any(isinstance(name, ast.Attribute | ast.Subscript) for name in names):
            return self._scope[-1] != "__init__"
        return all(name.id in self._rebound for name in names if isinstance(name, ast.Name))

    def _expression(self, node: ast.expr) -> Iterator[Change]:
        scope = ".".join(self._scope)
        if isinstance(node, ast.JoinedStr) or _makes_a_type(node):
            return  # before Python 3.12 the parts of a text know no place
        for text in _in_place_of(node):
            yield node, scope, text
        for _, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.expr):
                    yield from self._expression(child)
                elif isinstance(child, ast.keyword):
                    yield from self._expression(child.value)
                elif isinstance(child, ast.comprehension):
                    yield from self._expression(child.iter)
                    for condition in child.ifs:
                        yield from _negated(condition, scope)
                        yield from self._expression(condition)
                elif isinstance(child, ast.arguments):  # of a lambda
                    for default in (*child.defaults, *filter(None, child.kw_defaults)):
                        yield from self._expression(default)


def _in_place_of(node: ast.expr) -> Iterator[str]:
    """Yield what an expression becomes, in parentheses where its surroundings could tear it apart."""
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            for other in _COMPARED.get(type(operator), ()):
                changed = copy.deepcopy(node)
                changed.ops[index] = other()
                yield f"({ast.unparse(changed)})"
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"({ast.unparse(ast.BoolOp(other, node.values))})"
        for index in range(len(node.values)):
            rest = node.values[:index] + node.values[index + 1 :]
            yield f"({ast.unparse(rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))})"
    elif isinstance(node, ast.UnaryOp):
        minus = isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant)
        if minus or isinstance(node.op, ast.Not):
            yield f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.BinOp):
        if type(node.op) in _COUNTED and not (_is_text(node.left) or _is_text(node.right)):
            yield f"({ast.unparse(ast.BinOp(node.left, _COUNTED[type(node.op)](), node.right))})"
    elif isinstance(node, ast.IfExp):
        if not _has_an_opposite(node.test):
            yield ast.unparse(ast.IfExp(node.test, node.orelse, node.body)).join("()")
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node.value)
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _NAMES:
            yield ast.unparse(ast.Call(ast.Name(_NAMES[node.func.id]), node.args, node.keywords))
        for index, keyword in enumerate(node.keywords):
            if keyword.arg is not None:
                rest = node.keywords[:index] + node.keywords[index + 1 :]
                yield ast.unparse(ast.Call(node.func, node.args, rest))


def _other_constants(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield repr(not value)
    elif isinstance(value, int):
        yield f"{value + 1}"
        yield f"{value - 1}" if value else "(-1)"
    elif isinstance(value, float):
        yield f"{value * 2 if value else 1.0!r}"
        if value:
            yield "0.0"


def _negated(test: ast.expr, scope: str) -> Iterator[Change]:
    if not _has_an_opposite(test):
        yield test, scope, f"not ({ast.unparse(test)})"


def _has_an_opposite(test: ast.expr) -> bool:
    """Return whether the opposite of a condition is among what becomes of the condition itself."""
    if isinstance(test, ast.Compare):
        return len(test.ops) == 1
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _bound_twice(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Return the names that have a value before one of their assignments: arguments, and names assigned more than once."""
    arguments = function.args
    counted = Counter(argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))
    counted.update(
        name.id for name in ast.walk(function) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    )
    return frozenset(name for name, times in counted.items() if times > 1)


def _makes_a_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TYPES


def _is_reported(node: ast.If | ast.While) -> bool:
    return any(_BUG in ast.unparse(statement) for statement in node.body if not hasattr(statement, "body"))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _one_line(text: bytes) -> str:
    return " ".join(text.decode().split())
