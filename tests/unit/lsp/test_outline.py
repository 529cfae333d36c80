"""Where a cursor is in YAML, however unfinished."""

from __future__ import annotations

import pytest

from intertie.lsp.outline import ITEM, Role, Spot, spot_at


def spot(text: str) -> Spot:
    before, after = text.split("¦")
    return spot_at((before + after).split("\n"), before.count("\n") + 1, len(before) - before.rfind("\n"))


CASES = [
    ("¦", (), Role.OPEN, ""),
    ("ret¦", (), Role.OPEN, "ret"),
    ("retry:¦", ("retry",), Role.VALUE, ""),
    ("re¦try:", (), Role.KEY, "retry"),
    ("retry:\n  ¦", ("retry",), Role.OPEN, ""),
    ("retry:\n  max¦", ("retry",), Role.OPEN, "max"),
    ("retry:\n  max_attempts: 3\n¦", (), Role.OPEN, ""),
    ("retry:\n  max_attempts: 3\n  ¦\ncosts:\n  a: 1", ("retry",), Role.OPEN, ""),
    ("retry:\n  backoff: ¦", ("retry", "backoff"), Role.VALUE, ""),
    ("retry:\n  backoff: 'lin¦'  # how", ("retry", "backoff"), Role.VALUE, "'lin'"),
    ("retry:\n  backoff: linear # ho¦w", (), Role.COMMENT, ""),
    ("retry: {backoff: li¦}", ("retry", "backoff"), Role.VALUE, "li"),
    ("retry: {backoff: linear, ¦}", ("retry",), Role.OPEN, ""),
    ("retry: {backoff: linear, ji¦tter: true}", ("retry",), Role.KEY, "jitter"),
    ("retry: {retry_on: [500, ¦], jitter: true}", ("retry", "retry_on", ITEM), Role.OPEN, ""),
    ("retry_on: [500,\n  50¦2]", ("retry_on", ITEM), Role.OPEN, "502"),
    ("retry_on: [500,\nnext: ¦", ("next",), Role.VALUE, ""),
    ("rows:\n  - a: 1\n    b¦: 2", ("rows", ITEM), Role.KEY, "b"),
    ("rows:\n  - a: 1\n  - ¦", ("rows", ITEM), Role.OPEN, ""),
    ("rows:\n- a: 1\n- b¦", ("rows", ITEM), Role.OPEN, "b"),
    ("rows:\n- a: 1\nother: ¦", ("other",), Role.VALUE, ""),
    ("rows:\n  - {name: x, in: q¦", ("rows", ITEM, "in"), Role.VALUE, "q"),
    ("- - a¦", (ITEM, ITEM), Role.OPEN, "a"),
    ("text: |\n  key: ¦no", ("text",), Role.VALUE, "  key: no"),
    ("text: |\n  key: no\nafter: ¦", ("after",), Role.VALUE, ""),
    ("url: http://host:80/¦", ("url",), Role.VALUE, "http://host:80/"),
    ("'402':\n  desc¦", ("402",), Role.OPEN, "desc"),
    ("a: 1\n# comm¦ent\nb: 2", (), Role.COMMENT, ""),
    ("a:\n  ¦  # comment", ("a",), Role.OPEN, ""),
    ("\tkey: ¦", ("key",), Role.VALUE, ""),
    ("$ref: '#/comp¦'", ("$ref",), Role.VALUE, "'#/comp'"),
    ("{$ref: '#/comp¦'}", ("$ref",), Role.VALUE, "'#/comp'"),
]


@pytest.mark.parametrize(("text", "path", "role", "token"), CASES, ids=[case[0].replace("\n", "/") for case in CASES])
def test_a_place_is_known(text: str, path: tuple[str, ...], role: Role, token: str) -> None:
    """The cursor's path, what stands there, and the word it is in."""
    found = spot(text)
    assert (found.path, found.role, found.token.rstrip("\n")) == (path, role, token)


def test_siblings_are_the_keys_of_the_same_mapping() -> None:
    """Keys before and after the place count, those of neighbours do not."""
    text = "a:\n  one: 1\n  ¦\n  two: 2\nb:\n  three: 3"
    assert spot(text).siblings == {"one", "two"}
    assert spot("rows:\n  - a: 1\n    ¦\n  - b: 2").siblings == {"a"}
    assert spot("row: {a: 1, ¦, c: 3}").siblings == {"a", "c"}


def test_any_text_is_read() -> None:
    """Every prefix of a text full of YAML's marks, with the cursor anywhere, gives a place and no error."""
    text = "a: {b: [1, 'x, {c: |\n - - ? !t &x *y \"z\n  k: > \n\tq: -\n}]: #, :\n- :a\n-"
    for end in range(len(text) + 1):
        lines = text[:end].split("\n")
        for number, line in enumerate(lines, start=1):
            for column in range(1, len(line) + 2):
                found = spot_at(lines, number, column)
                assert 1 <= found.column <= found.end_column <= max(len(line), column) + 1
