"""Reading a rule's docstring."""

from __future__ import annotations

import pytest

from intertie.diagnostics import Severity
from intertie.lint.page import Snippet, read_page
from intertie.lint.rule import reported, rule
from intertie.spec import codes

PAGE = """A sentence.

## What it does
Looks.

## Why it matters
Because.

## Example
````markdown
## Section
```yaml
a: 1
```
````

## Use instead
```yaml
a: 2
```

## References
A book.
"""


def test_parts_are_read_and_examples_keep_their_headings():
    """Each part is read; headings and fences inside an example belong to it."""
    page = read_page(PAGE, where="x")
    assert (page.summary, page.what, page.why, page.references) == ("A sentence.", "Looks.", "Because.", "A book.")
    assert page.example == Snippet("markdown", "## Section\n```yaml\na: 1\n```\n")
    assert page.instead == Snippet("yaml", "a: 2\n")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (PAGE.replace("## Why it matters\nBecause.\n", ""), "has the headings"),
        (PAGE.replace("Because.", ""), "is empty"),
        (PAGE.replace("```yaml\na: 2\n```", "a: 2"), "found 0"),
    ],
)
def test_a_page_without_a_part_is_no_rule(broken, message):
    """A docstring that lacks a part is refused when the rule is declared."""
    with pytest.raises(ValueError, match=message):
        read_page(broken, where="x")


def test_a_rule_asks_for_what_there_is():
    """A rule that takes something unknown is refused when it is declared."""

    def takes_too_much(spec, network):
        """Never read."""

    with pytest.raises(TypeError, match="network"):
        rule(code="TIE299", severity=Severity.INFO, since="0.1.0")(takes_too_much)


def test_a_reported_rule_has_the_name_of_its_row():
    """A page for a finding of the parser carries the parser's name for it."""

    def unknown_kex() -> None:
        """Never read."""

    with pytest.raises(ValueError, match="unknown-key"):
        reported(codes.UNKNOWN_KEY, by="parser", since="0.1.0")(unknown_kex)
