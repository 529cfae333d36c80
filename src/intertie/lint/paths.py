"""Endpoint paths and what fills their placeholders."""

from __future__ import annotations

import re

from intertie.spec.model import Endpoint, Parameter

_PLACEHOLDER_RE = re.compile(r"\{([^{}]+)\}")


def placeholders(path: str) -> list[str]:
    """Return the names between braces, in order.

    >>> placeholders("/shops/{shop}/orders/{id}")
    ['shop', 'id']
    """
    return _PLACEHOLDER_RE.findall(path)


def path_parameters(endpoint: Endpoint) -> list[Parameter]:
    """Return the parameters an endpoint declares `in: path`, those without a name left out."""
    parameters = endpoint.request.parameters if endpoint.request else ()
    return [p for p in parameters if p.name and p.location and p.location.value == "path"]


def request_shape(path: str) -> str:
    """Return a path in which all placeholders are alike, so that two of one shape match the same requests.

    >>> request_shape("/orders/{id}/") == request_shape("/orders/{order}")
    True
    """
    return _PLACEHOLDER_RE.sub("{}", path).rstrip("/") or "/"
