"""References inside a source: followed within it, and nowhere else."""

from __future__ import annotations

from intertie.core.json_pointer import resolved
from intertie.importers.losses import Ledger
from intertie.importers.plain import Mapping, mapping

_LONGEST_CHAIN = 40


class References:
    """Follows `$ref` in one document."""

    def __init__(self, root: Mapping, ledger: Ledger) -> None:
        self._root = root
        self._ledger = ledger

    def follow(self, value: object, where: str) -> tuple[Mapping, str]:
        """Return what a value is once its references are followed, and where that stands; empty where that is nothing.

        What stands beside a `$ref` (a summary or description, OpenAPI 3.1) wins over what is there.
        """
        beside: Mapping = {}
        for _ in range(_LONGEST_CHAIN):
            current = mapping(value)
            reference = current.get("$ref")
            if not isinstance(reference, str):
                return ({**current, **beside} if beside else current), where
            for key in ("description", "summary"):
                if key in current:
                    beside.setdefault(key, current[key])
            found = self.find(reference)
            if found is None:
                self._lost(reference, where)
                return beside, where
            value, where = found, reference
        self._ledger.lose("circular-reference", "$ref", where)
        return beside, where

    def find(self, reference: str) -> object | None:
        """Return the value a reference inside the document points at, None where there is none."""
        return resolved(self._root, reference) if reference.startswith("#/") else None

    def _lost(self, reference: str, where: str) -> None:
        self._ledger.lose("broken-reference" if reference.startswith("#") else "external-reference", reference, where)
