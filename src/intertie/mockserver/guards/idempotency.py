"""Idempotency keys as services keep them: the same key gives the same answer, and nothing is done twice.

| the key was | with | answer |
|---|---|---|
| never seen | | carried out, and kept where it succeeded |
| seen | the same request | the kept answer, marked `Idempotent-Replayed: true` |
| seen | another request | refused: 422 (409 or 400 where only that is declared) |

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

from __future__ import annotations

from hashlib import blake2b

from intertie.mockserver.kept import Kept
from intertie.mockserver.messages import Answer, MockRequest
from intertie.mockserver.problems import place_of, problem
from intertie.runtime.plan import OperationPlan

_KEPT = 10_000


class KeyedAnswers:
    """Answers by operation and key; where there are more than 10,000, the oldest are forgotten."""

    def __init__(self) -> None:
        self._kept: Kept[tuple[str, str], tuple[bytes, Answer]] = Kept(_KEPT)

    def reset(self) -> None:
        """Forget all."""
        self._kept.clear()

    def find(self, operation: OperationPlan, key: str, request: MockRequest, *, reused: int) -> Answer | None:
        """Return the kept answer, a refusal of status `reused` where it was another request's, None where it is new."""
        kept = self._kept.get((operation.id, key))
        if kept is None:
            return None
        fingerprint, answer = kept
        if fingerprint != _fingerprint(request):
            return self._refuse(operation, reused)
        replayed = (*answer.headers, ("Idempotent-Replayed", "true"))
        return Answer(answer.status, replayed, answer.body, "answered before under this idempotency key")

    def keep(self, operation: OperationPlan, key: str, request: MockRequest, answer: Answer) -> None:
        """Keep the answer of a request that was carried out."""
        self._kept.put((operation.id, key), (_fingerprint(request), answer), len(key) + len(answer.body))

    def _refuse(self, operation: OperationPlan, status: int) -> Answer:
        place = place_of(operation, "idempotency_key")
        return problem(
            status, "idempotency-key-reused",
            f"this value of {operation.idempotency_header} was used before with another request ({place})",
            place=place, operation=operation.id, field=operation.idempotency_header,
        )  # fmt: skip


def _fingerprint(request: MockRequest) -> bytes:
    digest = blake2b(request.target.encode(), digest_size=16)
    digest.update(b"\0")
    digest.update(request.body)
    return digest.digest()
