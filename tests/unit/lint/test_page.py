"""Reading a rule's page."""

from __future__ import annotations

import pytest

from intertie.diagnostics import Severity
from intertie.lint.page import Snippet, read_page
from intertie.lint.rule import rule

PAGE = """# TIE299: a-name

A sentence.

*Written from the registration.*

## What it finds
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

## How to fix
Write 2.

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
    assert (page.fix, page.fixed) == ("Write 2.", Snippet("yaml", "a: 2\n"))


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (PAGE.replace("## Why it matters\nBecause.\n", ""), "has the headings"),
        (PAGE.replace("Because.", ""), "is empty"),
        (PAGE.replace("# TIE299: a-name", ""), "begins with its title"),
        ("# TIE299: a-name\n\n" + PAGE[PAGE.index("## What") :], "begins with its title"),
        (PAGE.replace("```yaml\na: 2\n```", "a: 2"), "found 0"),
        (PAGE.replace("Write 2.\n", ""), "says nothing before its example"),
    ],
)
def test_a_page_without_a_part_is_refused(broken, message):
    """A page that lacks a part is refused with the name of the file."""
    with pytest.raises(ValueError, match=f"^TIE299.md: .*{message}"):
        read_page(broken, where="TIE299.md")


def test_a_rule_asks_for_what_there_is():
    """A rule that takes something unknown is refused when it is declared."""

    def takes_too_much(spec, network):
        """Never read."""

    with pytest.raises(TypeError, match="network"):
        rule(code="TIE299", severity=Severity.INFO, since="0.1.0")(takes_too_much)
