"""How much of a source's prose, examples and schemas a spec takes over."""

from __future__ import annotations

from msgspec import Struct


class Brevity(Struct, frozen=True):
    """The most characters of each kind of prose (a longer text is cut after a sentence), and of items in examples.

    Attributes:
        overview: What the service is.
        operation: What an operation does.
        parameter: What a parameter or header means.
        answer: What an answer means.
        schema: What a schema or one of its fields means.
        items: The most items of a list in an example; None keeps all of them.
    """

    overview: int
    operation: int
    parameter: int
    answer: int
    schema: int
    items: int | None = None


class InPlace(Struct, frozen=True):
    """The most values that a schema may have and still stand in its operation; a larger one stands elsewhere.

    Attributes:
        sent: In a request, whose fields a reader wants to see.
        received: In an answer.
    """

    sent: int
    received: int


IN_SOURCE = InPlace(sent=25, received=25)
"""With the schemas in the source."""
IN_FILE = InPlace(sent=70, received=5)
"""With the schemas in a file of their own."""
LEAN = Brevity(overview=300, operation=200, parameter=100, answer=100, schema=100, items=2)
"""One line for most, as people write specs: the service's own documentation has the rest."""
COMPLETE = Brevity(overview=600, operation=600, parameter=400, answer=200, schema=400)
"""For specs that are to be read without the service's documentation."""
