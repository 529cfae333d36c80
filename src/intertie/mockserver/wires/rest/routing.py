"""From method and path to the operation: templates under the base path, with the version in the path where it belongs.

| the path | gives |
|---|---|
| matches a template with this method | the operation and its path values, and those of its twins |
| matches a template, HEAD where there is a GET | the GET operation |
| matches templates of other methods only | `WrongMethod` with what is allowed |
| matches with a version that is not supported | `UnsupportedVersion` |
| matches nothing | `UnknownPath` |

Of several templates the one with more literal segments wins, from the left, as in OpenAPI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from msgspec import Struct, field
from msgspec.structs import replace

from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.wires.rest.plan import RestWire, rest_operations

_PLACEHOLDER_RE = re.compile(r"\{([^{}]+)\}")


class Route(Struct, frozen=True):
    """An operation found.

    Attributes:
        version: The one in the path, None where the path holds none.
        twins: Routes of the other operations with this method and path, which the rest of the request tells apart.
    """

    operation: OperationPlan
    path_values: Mapping[str, str]
    version: str | None = None
    twins: tuple[Route, ...] = ()


class WrongMethod(Struct, frozen=True):
    """The path exists; `allowed` are its methods."""

    allowed: tuple[str, ...]


class UnsupportedVersion(Struct, frozen=True):
    """The path exists, with another version in its first segment."""

    version: str


class UnknownPath(Struct, frozen=True):
    """The path is none of the plan's. `outside` tells that not even the base path matches."""

    outside: bool = False


class _Template(Struct, frozen=True):
    operation: OperationPlan
    method: str
    pattern: re.Pattern[str]
    names: tuple[str, ...]
    rank: tuple[int, ...] = field(default=())


class Router:
    """All routes of one plan."""

    def __init__(self, plan: Plan) -> None:
        version = plan.version
        self._versions = (
            frozenset((version.current, *version.supported)) if version and version.strategy == "url" else frozenset()
        )
        base, _, last = plan.origin.base_path.rpartition("/")
        # A version that ends the base URL is the one that changes.
        self._base_path = base if last in self._versions else plan.origin.base_path
        templates = [self._compile(operation, wire) for operation, wire in rest_operations(plan)]
        self._templates = sorted(templates, key=lambda template: template.rank)

    def _compile(self, operation: OperationPlan, wire: RestWire) -> _Template:
        path = wire.path if wire.path.startswith("/") else f"/{wire.path}"
        segments = path.split("/")[1:]
        if self._versions and segments[0] in {*self._versions, "{version}"}:
            segments = segments[1:]
        names: list[str] = []
        parts: list[str] = []
        for segment in segments:
            text, at = "", 0
            for match in _PLACEHOLDER_RE.finditer(segment):
                text += re.escape(segment[at : match.start()]) + "([^/]+)"
                names.append(match.group(1))
                at = match.end()
            parts.append(text + re.escape(segment[at:]))
        rank = tuple(1 if _PLACEHOLDER_RE.search(segment) else 0 for segment in segments)
        return _Template(operation, wire.method, re.compile("/" + "/".join(parts) + r"\Z"), tuple(names), rank)

    def find(self, method: str, path: str) -> Route | WrongMethod | UnsupportedVersion | UnknownPath:
        """Return what `method` on `path` (percent-encoded, without query) means."""
        if self._base_path:
            if path != self._base_path and not path.startswith(self._base_path + "/"):
                return UnknownPath(outside=True)
            path = path[len(self._base_path) :] or "/"
        if not self._versions:
            return self._match(method, path, None)
        version, _, rest = path[1:].partition("/")
        found = self._match(method, f"/{rest}", version)
        if version in self._versions:
            return found
        return self._match(method, path, None) if isinstance(found, UnknownPath) else UnsupportedVersion(version)

    def _match(self, method: str, path: str, version: str | None) -> Route | WrongMethod | UnknownPath:
        allowed: list[str] = []
        routes: list[Route] = []
        pattern = ""
        for template in self._templates:
            if routes and template.pattern.pattern != pattern:
                continue
            match = template.pattern.match(path)
            if match is None:
                continue
            operation = template.operation
            if template.method in (method, "GET" if method == "HEAD" else method):
                values = (unquote(value) for value in match.groups())
                pattern = template.pattern.pattern
                routes.append(Route(operation, dict(zip(template.names, values, strict=True)), version))
            allowed.append(template.method)
        if routes:
            return replace(routes[0], twins=tuple(routes[1:]))
        if not allowed:
            return UnknownPath()
        if "GET" in allowed:
            allowed.append("HEAD")
        return WrongMethod(tuple(dict.fromkeys(allowed)))
