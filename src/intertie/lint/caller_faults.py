"""Which outcomes say that the request itself is wrong, so that sending it again changes nothing."""

from __future__ import annotations

import re

from intertie.spec.fields import Located
from intertie.spec.model import Spec

FUTILE = frozenset(
    {"400", "401", "402", "403", "404", "405", "406", "407", "410", "411", "413", "414", "415", "416", "417", "421",
     "422", "426", "428", "431", "451", "501", "505", "511", "4xx"}
)  # fmt: skip
"""Statuses that the same request gets again. Source: RFC 9110 section 15."""

_PASSING_RE = re.compile(
    r"throttl|rate|limit|quota|time.?out|timed|lock|busy|conflict|retry|again|tempor|transient|unavail|overload|progress|"
    r"pending|slow|capacity|throughput|exceed|too.?many|flood|concurren|internal|server|expired|stale|not.?ready",
    re.IGNORECASE,
)
"""Words of a code that may pass by itself."""


def blames_caller(spec: Spec, code: Located[str]) -> bool:
    """Return whether an error row's code says that the request is wrong.

    A status does by itself. A provider's own code does where only such statuses carry a body to read it from, and its
    name does not speak of something that passes.
    """
    text = code.value.strip().lower()
    if text in FUTILE:
        return text not in ("401", "407")
    if re.fullmatch(r"[1-5](?:\d\d|xx)", text) or _PASSING_RE.search(text):
        return False
    declared = [
        status.value.strip().lower()
        for endpoint in spec.endpoints
        for status, answer in (endpoint.response.errors if endpoint.response else ())
        if answer.schema
    ]
    return bool(declared) and all(status in FUTILE and status.startswith("4") for status in declared)
