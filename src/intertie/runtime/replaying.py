"""The queue's worker: sends what was queued, oldest first, each under the key it was queued with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from intertie.core.errors import InvalidInput, Reach, UsageError
from intertie.runtime.call import Answered, Failed, Kind, Outcome
from intertie.runtime.plain import decode_plain
from intertie.runtime.reports import ReplayReport
from intertie.runtime.state import Journal, QueueItem
from intertie.runtime.state_key import StateKey

Send = Callable[[QueueItem, dict[str, object]], Awaitable[Outcome]]
"""Send one item through all guards but the fallback."""


class Ending(msgspec.Struct, frozen=True):
    """What becomes of an item: `done`, `parked` or `pending`, and whether the run goes on."""

    state: str
    reason: str | None
    go_on: bool


async def replay(
    journal: Journal, key: StateKey, send: Send, *, limit: int | None = None, receipt: str | None = None
) -> ReplayReport:
    """Send queued writes until the queue is empty, `limit` is reached or the service is down; return what was done.

    Args:
        journal: Where the queue is.
        key: Whose items: those queued at another origin are never sent to this one.
        send: Through the guards.
        limit: Most items, None for all.
        receipt: Only this item; naming a parked one says that a person has looked at it.
    """
    sent: list[str] = []
    parked: dict[str, str] = {}
    tried = 0
    if receipt is not None:
        await journal.unpark(receipt, key)
    while limit is None or tried < limit:
        item = await journal.claim(key, receipt=receipt)
        if item is None:
            return ReplayReport(tuple(sent), parked)
        tried += 1
        ending = await _send_one(journal, item, send)
        await journal.complete(item.receipt, state=ending.state, reason=ending.reason)
        if ending.state == "done":
            sent.append(item.receipt)
        elif ending.state == "parked":
            parked[item.receipt] = ending.reason or ""
        if not ending.go_on:
            put_back = item.receipt if ending.state == "pending" else None
            return ReplayReport(tuple(sent), parked, put_back, ending.reason)
        if receipt is not None:
            return ReplayReport(tuple(sent), parked)
    return ReplayReport(tuple(sent), parked, stopped=f"the limit of {limit} is reached")


async def _send_one(journal: Journal, item: QueueItem, send: Send) -> Ending:
    try:
        payload = decode_plain(item.payload)
        if not isinstance(payload, dict):
            return Ending("parked", "its stored input is not an object", go_on=True)
        outcome = await send(item, payload)
    except (InvalidInput, UsageError) as error:
        # The spec changed since: nothing was sent, and sending needs a person.
        return Ending("parked", str(error), go_on=True)
    except BaseException:
        # Cancelled in the middle: under its key it can be sent again, without one nobody knows.
        safe = item.idempotency_key is not None
        reason = None if safe else "the sender ended in the middle; whether it took effect is unknown"
        await journal.complete(item.receipt, state="pending" if safe else "parked", reason=reason)
        raise
    return ending_of(item, outcome)


def ending_of(item: QueueItem, outcome: Outcome) -> Ending:
    """Return what becomes of an item. Pure.

    | outcome | state |
    |---|---|
    | success | done |
    | an answer came that we could not read or map | done, with the reason: the service took it |
    | it may have taken effect and has no key | parked |
    | caller fault (4xx): sending the same again changes nothing | parked |
    | a mapping of ours failed before anything was sent | parked |
    | anything else: the service is down, throttles us, or a guard refuses | pending, and the run ends |
    """
    if isinstance(outcome, Answered):
        return Ending("done", None, go_on=True)
    reason = outcome.error.summary
    if outcome.kind is Kind.MAPPING_FAULT:
        return Ending("done" if outcome.reached is Reach.YES else "parked", reason, go_on=True)
    if _may_have_taken_effect(item, outcome):
        return Ending(
            "parked", f"whether it took effect is unknown ({reason})", go_on=outcome.kind is Kind.CALLER_FAULT
        )
    if outcome.kind is Kind.CALLER_FAULT:
        return Ending("parked", reason, go_on=True)
    return Ending("pending", reason, go_on=False)


def _may_have_taken_effect(item: QueueItem, failed: Failed) -> bool:
    return failed.effect_unknown and item.idempotency_key is None
