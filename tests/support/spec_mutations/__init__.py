"""Defects seeded into clean specs: each a named change of one place, which the checker must find at its block.

One module per batch. A blind batch was written from the format and the template alone, before its writer had read the
rules: what it says of the checker is worth more than what the batch beside the rules says.
"""

from __future__ import annotations

from support.spec_mutations import blind_first, blind_first_conduct, blind_first_endpoints, blind_second, with_the_rules
from support.spec_mutations.mutation import Mutation

BATCHES = {
    "written with the rules": with_the_rules.BATCH,
    "first blind batch": (*blind_first.BATCH, *blind_first_endpoints.BATCH, *blind_first_conduct.BATCH),
    "second blind batch": blind_second.BATCH,
}
MUTATIONS = tuple(mutation for batch in BATCHES.values() for mutation in batch)

__all__ = ["BATCHES", "MUTATIONS", "Mutation"]
