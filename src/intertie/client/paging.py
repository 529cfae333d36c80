"""Pages and streams: what both faces do the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from intertie.client.result import Result
from intertie.core.errors import CallError, UsageError
from intertie.runtime.bounds import BoundsError, decode_json
from intertie.runtime.call import Failed, Outcome
from intertie.runtime.http import BodyStream, Headers
from intertie.runtime.pages import first_page_input, next_input, page_items
from intertie.runtime.plan import OperationPlan


def first_input(plan: OperationPlan, given: Mapping[str, object]) -> Mapping[str, object]:
    """Return the input of the first page.

    Raises:
        UsageError: The operation declares no pagination.
    """
    if plan.pagination is None:
        msg = f"{plan.id} has no `pagination` in its spec ({plan.source}): call it, or declare how its pages follow"
        raise UsageError(msg)
    return first_page_input(plan.pagination, given)


def next_input_of(plan: OperationPlan, given: Mapping[str, object], page: Result) -> Mapping[str, object] | None:
    """Return the input of the page after `page`, None where it was the last."""
    if plan.pagination is None:
        return None
    headers = page.response.headers if page.response is not None else Headers()
    return next_input(plan.pagination, given, _as_sent(page), headers)


def items_of(plan: OperationPlan, page: Result) -> Sequence[object]:
    """Return the items of one page: mapped ones where the mapping keeps the list's path, else as they were sent."""
    if plan.pagination is None:
        return ()
    return page_items(plan.pagination, page.data) or page_items(plan.pagination, _as_sent(page))


def _as_sent(page: Result) -> object:
    """Return the page before inbound mapping: the paths of `pagination` are the service's own."""
    if page.response is None or not page.response.body:
        return page.data
    try:
        return decode_json(page.response.body)
    except (msgspec.DecodeError, UnicodeDecodeError, BoundsError):
        return page.data


def stream_of(plan: OperationPlan, outcome: Outcome) -> BodyStream:
    """Return the body of an answer that was asked for as a stream, or raise what became of the call."""
    if isinstance(outcome, Failed):
        raise outcome.error
    if outcome.response is None or outcome.response.stream is None:
        msg = f"{plan.id} was answered by a fallback ({outcome.fallback}), which has no stream"
        raise CallError(msg, operation=plan.id)
    return outcome.response.stream
