"""Answers that a profile lays down, in the form that the endpoint declares."""

from __future__ import annotations

from intertie.core.media_types import codec_of, concrete, covers_anything
from intertie.mockserver.messages import Answer
from intertie.mockserver.profiles import ForcedAnswer
from intertie.mockserver.wires.rest.bodies import encode
from intertie.mockserver.wires.rest.failures import DeclaredErrors
from intertie.runtime.plan import OperationPlan
from intertie.runtime.wires.rest.plan import rest_wire


def forced_answer(forced: ForcedAnswer, operation: OperationPlan, errors: DeclaredErrors) -> Answer:
    """Return the answer of a forced status: the given body, else the declared error's, else an empty success."""
    status = forced.status or 200
    if forced.has_body:
        is_text = isinstance(forced.body, str)
        content_type = _forced_type(operation, status, is_text=is_text)
        own_type = any(name.lower() == "content-type" for name, _ in forced.headers)
        headers = forced.headers if own_type else (("Content-Type", content_type), *forced.headers)
        return Answer(status, headers, encode("text" if is_text else "json", forced.body))
    if status >= 400:
        answer = errors.answer(operation, status, code=forced.code)
        return Answer(answer.status, (*answer.headers, *forced.headers), answer.body)
    return Answer(status, forced.headers)


def _forced_type(operation: OperationPlan, status: int, *, is_text: bool) -> str:
    """Return the media type of a forced body: the declared one where the body can be of it, else what it looks like.

    A text in the place of a JSON answer is `text/plain`: what a service sends that is broken.
    """
    response = rest_wire(operation).response
    declared = response.content_type
    if status >= 400 or declared is None or covers_anything(declared):
        declared = None
    if declared is not None and (codec_of(declared) == "json") != is_text:
        return concrete(declared, response.codec)
    return "text/plain; charset=utf-8" if is_text else "application/json"
