r"""Declared parameters, read out of path, query and headers in their OpenAPI style, and checked.

| style | path or header | query |
|---|---|---|
| `simple` | `a,b` · objects `k,v` or `k=v` (explode) | |
| `label`, `matrix` | `.a.b` · `;name=a,b` | |
| `form` | | `name=a&name=b` (explode) or `name=a,b`; objects by member name (explode) |
| `spaceDelimited`, `pipeDelimited` | | `name=a b`, `name=a\|b` |
| `deepObject` | | `name[k]=v` |

Source: OpenAPI 3.1, section 4.8.12.2 (style values).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from intertie.mockserver.generation.merging import References
from intertie.mockserver.messages import Answer
from intertie.mockserver.problems import place_of, problem
from intertie.mockserver.wires.rest.coercion import coerced, kinds
from intertie.runtime.mapping.contracts import MISSING
from intertie.runtime.plan import OperationPlan
from intertie.runtime.wires.rest.plan import ParameterPlan

_DEEP_RE = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]\Z")
_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}


class ParameterRule:
    """One declared parameter."""

    def __init__(self, plan: ParameterPlan) -> None:
        self.plan = plan
        self._references = References(plan.schema.json)
        kinds_ = kinds(plan.schema.json, self._references)
        self._is_array = "array" in kinds_
        self._is_object = "object" in kinds_ and not self._is_array

    def read(
        self, path_values: Mapping[str, str], query: Mapping[str, list[str]], headers: Mapping[str, str]
    ) -> object:
        """Return the value, `MISSING` where the request has none."""
        raw = self._raw(path_values, query, headers)
        return raw if raw is MISSING else coerced(raw, self.plan.schema.json, self._references)

    def _raw(
        self, path_values: Mapping[str, str], query: Mapping[str, list[str]], headers: Mapping[str, str]
    ) -> object:
        plan = self.plan
        if plan.location == "query":
            return self._from_query(query)
        text = path_values.get(plan.name) if plan.location == "path" else headers.get(plan.name.lower())
        if text is None:
            return MISSING
        separator = ","
        if plan.style == "label":
            text, separator = text.removeprefix("."), "." if plan.explode else ","
        elif plan.style == "matrix":
            text = text.removeprefix(";")
            if plan.explode and (self._is_array or self._is_object):
                separator = ";"
            if not (self._is_object and plan.explode):
                text = separator.join(part.partition("=")[2] for part in text.split(separator) if "=" in part) or text
        if self._is_array:
            return text.split(separator)
        return _object(text.split(separator), pairs=plan.explode) if self._is_object else text

    def _from_query(self, query: Mapping[str, list[str]]) -> object:
        plan = self.plan
        if self._is_object and plan.style == "deepObject":
            found = {
                m.group(2): values[-1]
                for name, values in query.items()
                if (m := _DEEP_RE.match(name)) and m.group(1) == plan.name
            }
            return found or MISSING
        if self._is_object and plan.explode:
            declared = plan.schema.json.get("properties") if isinstance(plan.schema.json, Mapping) else None
            names = declared if isinstance(declared, Mapping) else {}
            return {name: query[name][-1] for name in names if name in query} or MISSING
        values = query.get(plan.name) or query.get(f"{plan.name}[]")
        if values is None:
            return MISSING
        if not self._is_array:
            return _object(values[-1].split(","), pairs=False) if self._is_object else values[-1]
        if plan.explode:
            return values
        separator = _SEPARATORS.get(plan.style, ",")
        return values[-1].split(separator) if values[-1] else []

    def broken_by(self, value: object, operation: OperationPlan, status: int) -> Answer | None:
        """Return the refusal, None where the value passes."""
        plan = self.plan
        kind = "header" if plan.location == "header" else "parameter"
        place = place_of(operation, "request_validation", "parameters")
        if value is MISSING:
            # A parameter of the path that is missing would not have matched the route.
            if not plan.required or plan.location == "path":
                return None
            return problem(
                status, f"missing-{kind}", f"{plan.location} parameter `{plan.name}` is required ({place})",
                place=place, operation=operation.id, field=plan.name,
            )  # fmt: skip
        if plan.schema.is_valid(value):
            return None
        path, rule = plan.schema.first_error(value) or ("$", "schema")
        where = "" if path == "$" else f" at {path}"
        return problem(
            status, f"invalid-{kind}",
            f"{plan.location} parameter `{plan.name}` breaks {rule}{where} ({place})",
            place=place, operation=operation.id, field=plan.name,
        )  # fmt: skip


def _object(parts: list[str], *, pairs: bool) -> dict[str, str]:
    if pairs:
        return {name: value for name, _, value in (part.partition("=") for part in parts)}
    return dict(zip(parts[::2], parts[1::2], strict=False))
