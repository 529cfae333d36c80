"""What is wrong with a store now, cheap to ask on every call."""

from __future__ import annotations


class Problems:
    """Sentences by whom they concern. Not locked: each entry is set and removed in one step of the interpreter."""

    __slots__ = ("_by_source",)

    def __init__(self) -> None:
        self._by_source: dict[str, str] = {}

    def tell(self, source: str, sentence: str | None) -> None:
        """Say what is wrong with `source`, or with None that all is well."""
        if sentence is not None:
            self._by_source[source] = sentence
        elif source in self._by_source:
            self._by_source.pop(source, None)

    def told(self) -> tuple[str, ...]:
        """Return the sentences, each once; empty where all is well."""
        return tuple(dict.fromkeys(list(self._by_source.values()))) if self._by_source else ()
