"""One scalar into the value of its field: each kind's reader, with what to say where the text is not of that kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from intertie.core.units import parse_comparison, parse_duration_s, parse_money, parse_number, parse_ratio, seconds_text
from intertie.diagnostics import Applicability, Edit, Fix, Severity
from intertie.spec import codes
from intertie.spec.fields import FieldInfo, Kind
from intertie.spec.model.values import MoneyText
from intertie.spec.reading.units import UNIT_WORDS, comment_unit
from intertie.spec.source import Findings
from intertie.spec.tree import ScalarNode
from intertie.spec.yaml_nodes import shorten

_COMMA_RE = re.compile(r"\D*(\d+),(\d+)\D*\Z")
_THOUSANDS_RE = re.compile(r"[^\d.,]*([1-9]\d{0,2})\.000(?![\d.])")
_LOOSE = {"yes": True, "on": True, "y": True, "no": False, "off": False, "n": False, "true": True, "false": False}
_QUANTITY_RE = re.compile(r"\s*[-+]?[\d.,_]+\s*[A-Za-zµ%]+\s*\Z")
_ENV_RE = re.compile(
    r"\s*(?:\$\{(\w+)\}|\$(\w+)|\{env:(\w+)\}|\{\{\s*env\.(\w+)\s*\}\}|\{\{\s*([A-Z][A-Z0-9_]*)\s*\}\})\s*\Z"
)


class Asked(Struct, frozen=True):
    """What is asked of a scalar: its field, how to call it in a message, and a unit that its key names."""

    info: FieldInfo
    where: str
    unit: str | None = None


class Unreadable(Exception):  # noqa: N818 - control flow: the finding is already reported
    """The text is not of the field's kind; it is reported."""


class ScalarReader:
    """Reads scalars; what is wrong with one is reported, and `Unreadable` raised."""

    __slots__ = ("_findings",)

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def read(self, node: ScalarNode, asked: Asked) -> object:
        """Return the value of `node` as its field holds it."""
        value = _READERS[asked.info.kind](self, node, asked)
        if asked.info.kind in _NUMBERS and (point := _THOUSANDS_RE.match(node.text)):
            self._findings.add(
                codes.ALIAS_USED, node.span, f"`{node.text.strip()}` is read as {point[1]}: was {point[1]}000 meant?",
                help=f"write `{point[1]}000` or `{point[1]}`", severity=Severity.WARNING,
            )  # fmt: skip
        return value

    def fail(
        self, code: codes.Code, node: ScalarNode, message: str, help_text: str | None, fix: Fix | None = None
    ) -> Unreadable:
        """Report, and return the exception to raise."""
        self._findings.add(code, node.span, message, help=help_text, fix=fix)
        return Unreadable()

    def _wrong(self, node: ScalarNode, asked: Asked, expected: str, help_text: str | None = None) -> Unreadable:
        help_text = help_text or _with_point(node.text)
        shown = "this" if asked.info.kind is Kind.SECRET else f"`{shorten(node.text)}`"
        return self.fail(codes.WRONG_TYPE, node, f"`{asked.where}` is {expected}, not {shown}", help_text)

    # Kinds

    def read_text(self, node: ScalarNode, _asked: Asked) -> str:
        """Return the text as it is written."""
        return node.text

    def read_secret(self, node: ScalarNode, asked: Asked) -> str:
        """Return the reference; `${NAME}` is `env:NAME`."""
        match = _ENV_RE.match(node.text)
        if match is None:
            return node.text
        name = next(group for group in match.groups() if group)
        reference = f"env:{name}"
        self._findings.add(
            codes.ALIAS_USED, node.span, f"`{asked.where}` is read as `{reference}`", help=f"write `{reference}`",
            fix=Fix(f"write {reference}", (Edit(node.span, reference),)),
        )  # fmt: skip
        return reference

    def read_choice(self, node: ScalarNode, asked: Asked) -> str:
        """Return the choice in its canonical spelling."""
        info = asked.info
        exact = _choice_key(node.text)
        for choice in info.choices:
            if _choice_key(choice) == exact:
                return choice if node.text.strip() == choice else self._as_choice(node, choice)
        for alias, choice in info.choice_aliases.items():
            if _choice_key(alias) == exact:
                return self._as_choice(node, choice)
        near = difflib.get_close_matches(node.text.lower(), [choice.lower() for choice in info.choices], 1)
        meant = next((choice for choice in info.choices if near and choice.lower() == near[0]), None)
        fix = Fix(f"write {meant}", (Edit(node.span, meant),), Applicability.UNSAFE) if meant else None
        listed = ", ".join(info.choices)
        message = f"`{asked.where}` can't be `{shorten(node.text)}`"
        hint = f"did you mean `{meant}`? The choices are: {listed}" if meant else f"the choices are: {listed}"
        raise self.fail(codes.NOT_A_CHOICE, node, message, hint, fix)

    def _as_choice(self, node: ScalarNode, choice: str) -> str:
        """Say which choice another spelling is read as, and return it."""
        if "bearer" in node.text.lower():
            # A mend would lose the word that stands before the key.
            message, hint = f"`{shorten(node.text)}` is read as `{choice}`", f"write `{choice}`"
            self._findings.add(
                codes.ALIAS_USED, node.span, f"{message} behind the word Bearer",
                help=f"{hint}, and `scheme: Bearer` under `authentication.config`",
            )  # fmt: skip
            return choice
        self._findings.add(
            codes.ALIAS_USED, node.span, f"`{shorten(node.text)}` is read as `{choice}`", help=f"write `{choice}`",
            fix=Fix(f"write {choice}", (Edit(node.span, choice),)),
        )  # fmt: skip
        return choice

    def read_flag(self, node: ScalarNode, asked: Asked) -> bool:
        """Return true or false."""
        if isinstance(node.value, bool):
            return node.value
        word = node.text.strip().lower()
        aliases = {alias: meant == "true" for alias, meant in asked.info.choice_aliases.items()}
        if word in aliases:
            value = aliases[word]
            code = codes.ALIAS_USED
        elif word in _LOOSE:
            value = _LOOSE[word]
            code = codes.LOOSE_BOOLEAN
        else:
            raise self._wrong(node, asked, "true or false", "write `true` or `false`")
        meant = "true" if value else "false"
        self._findings.add(
            code, node.span, f"`{shorten(node.text)}` is read as `{meant}`", help=f"write `{meant}`",
            fix=Fix(f"write {meant}", (Edit(node.span, meant),)),
        )  # fmt: skip
        return value

    def read_integer(self, node: ScalarNode, asked: Asked) -> int:
        """Return a whole number."""
        number = None if isinstance(node.value, bool) else parse_number(node.text)
        if number is None and isinstance(node.value, int) and not isinstance(node.value, bool):
            number = Decimal(node.value)
        if number is None or number != number.to_integral_value():
            raise self._wrong(node, asked, "a whole number", asked.info.example or None)
        self._in_range(node, asked, number, str)
        return int(number)

    def read_number(self, node: ScalarNode, asked: Asked) -> float:
        """Return a number."""
        number = None if isinstance(node.value, bool) else parse_number(node.text)
        if number is None and isinstance(node.value, float):
            number = Decimal(node.text)
        if number is None:
            raise self._wrong(node, asked, "a number")
        self._in_range(node, asked, number, str)
        return float(number)

    def read_duration(self, node: ScalarNode, asked: Asked) -> float:
        """Return seconds."""
        return self._seconds(node, node.text, asked)

    def read_target(self, node: ScalarNode, asked: Asked) -> float:
        """Return the upper bound in seconds."""
        comparison = parse_comparison(node.text)
        if comparison is None:
            return self._seconds(node, node.text, asked)
        if comparison.operator not in ("<", "<="):
            raise self._wrong(node, asked, "an upper bound such as `< 200`", "write `<` before the bound")
        return self._seconds(node, comparison.right, asked)

    def _seconds(self, node: ScalarNode, text: str, asked: Asked) -> float:
        unit = asked.unit or asked.info.bare_unit
        bare = parse_number(text)
        if bare is not None and asked.unit is None and node.comment:
            said = comment_unit(node.comment, bare)
            if said is not None and UNIT_WORDS[said] != UNIT_WORDS.get(unit, unit):
                unit = said
                shown = f"{node.text.strip()}{UNIT_WORDS[said]}"
                self._findings.add(
                    codes.UNIT_IN_COMMENT, node.span, f"`{asked.where}` is read as {shown}, the unit of the comment",
                    help=f"write `{shown}`", fix=Fix(f"write {shown}", (Edit(node.span, shown),)),
                )  # fmt: skip
        seconds = parse_duration_s(text, bare_unit=UNIT_WORDS.get(unit, unit))
        if seconds is None:
            bare_name = _UNIT_NAMES[UNIT_WORDS.get(asked.info.bare_unit, asked.info.bare_unit)]
            expected = f"a duration such as `250ms` or `30s` (a bare number is in {bare_name})"
            if _QUANTITY_RE.match(text):
                message = f"`{shorten(node.text)}` has no unit of time, and `{asked.where}` is {expected}"
                raise self.fail(codes.WRONG_UNIT, node, message, "units are ms, s, m, h, d")
            raise self._wrong(node, asked, expected)
        self._in_range(node, asked, seconds, lambda bound: seconds_text(float(bound)))
        return float(seconds)

    def read_ratio(self, node: ScalarNode, asked: Asked) -> float:
        """Return a share of 1; a bare number above 1 is a percentage."""
        text = node.text
        comparison = parse_comparison(text)
        if comparison is not None:
            text = comparison.right
        ratio = parse_ratio(text)
        if ratio is None:
            percent = parse_number(text)
            if percent is None:
                wrong = codes.WRONG_UNIT if _QUANTITY_RE.match(text) else codes.WRONG_TYPE
                message = f"`{asked.where}` is a percentage such as `80%`, not `{shorten(node.text)}`"
                raise self.fail(wrong, node, message, _with_point(text))
            ratio = percent / 100
        self._in_range(node, asked, ratio, lambda bound: f"{bound * 100:.0f}%")
        return float(ratio)

    def read_money(self, node: ScalarNode, asked: Asked) -> MoneyText:
        """Return an amount."""
        money = None if isinstance(node.value, bool) else parse_money(node.text)
        if money is None:
            raise self._wrong(node, asked, "an amount such as `120`, `$120.50` or `120 EUR`")
        amount, currency = money
        if not 0 <= amount <= MOST:
            rule = "at least 0" if amount < 0 else f"at most {MOST}"
            raise self.fail(codes.OUT_OF_RANGE, node, f"`{asked.where}` is {rule}", None)
        return MoneyText(amount, currency)

    def read_any(self, node: ScalarNode, _asked: Asked) -> object:
        """Return the YAML value."""
        return node.value

    def _in_range(self, node: ScalarNode, asked: Asked, number: Decimal, say: Callable[[Decimal], str]) -> None:
        info = asked.info
        low = None if info.minimum is None else Decimal(str(info.minimum))
        high = _MOST[info.kind] if info.maximum is None else Decimal(str(info.maximum))
        if (low is None or number >= low) and number <= high:
            return
        rule = f"at most {say(high)}" if number > high else f"at least {say(low or Decimal(0))}"
        raise self.fail(codes.OUT_OF_RANGE, node, f"`{asked.where}` is {rule}, not `{shorten(node.text)}`", None)


_Reader: TypeAlias = Callable[[ScalarReader, ScalarNode, Asked], object]
_READERS: dict[Kind, _Reader] = {
    Kind.TEXT: ScalarReader.read_text, Kind.SECRET: ScalarReader.read_secret,
    Kind.CHOICE: ScalarReader.read_choice,
    Kind.FLAG: ScalarReader.read_flag, Kind.INTEGER: ScalarReader.read_integer, Kind.NUMBER: ScalarReader.read_number,
    Kind.DURATION: ScalarReader.read_duration, Kind.TARGET: ScalarReader.read_target,
    Kind.RATIO: ScalarReader.read_ratio, Kind.MONEY: ScalarReader.read_money, Kind.ANY: ScalarReader.read_any,
}  # fmt: skip
_NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.DURATION, Kind.MONEY})
MOST = 1_000_000_000_000
"""Largest number and amount that is read. What is larger is a slip, and overflows somewhere later."""
_MOST_S = 10 * 365 * 86_400
_MOST = {
    Kind.INTEGER: Decimal(MOST), Kind.NUMBER: Decimal(MOST), Kind.DURATION: Decimal(_MOST_S),
    Kind.TARGET: Decimal(_MOST_S), Kind.RATIO: Decimal(1),
}  # fmt: skip
_UNIT_NAMES = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _with_point(text: str) -> str | None:
    """Return what to write instead of a decimal comma, None where there is none."""
    match = _COMMA_RE.match(text)
    return f"decimals stand behind a point: `{match[1]}.{match[2]}`" if match else None


def _choice_key(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()
