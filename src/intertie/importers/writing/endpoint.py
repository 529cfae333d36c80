"""One operation as an endpoint of a spec: a heading and a YAML block."""

from __future__ import annotations

from intertie.importers.model import (
    ImportedBody,
    ImportedError,
    ImportedHeader,
    ImportedOperation,
    ImportedParameter,
    ImportedSuccess,
)
from intertie.importers.writing.yaml_lines import Noted, Placeholder, yaml_lines
from intertie.spec.fields import Block, declared_fields
from intertie.spec.model import Body, Endpoint, ErrorAnswer, Header, Pagination, Parameter

PERFORMANCE = ("performance:", "  p50: < [ms]", "  p95: < [ms]", "  p99: < [ms]")
"""What no source says, as the template has it."""


def endpoint_lines(operation: ImportedOperation, *, remind: bool, terse: bool = False) -> list[str]:
    """Return the lines of one endpoint, from its heading to the end of its block.

    Args:
        operation: What was read.
        remind: Whether the template's placeholders for latency targets are written too.
        terse: Whether what a reader of specs assumes anyway (`required: false`) is left out.
    """
    data = endpoint_data(operation, terse=terse)
    parts = [yaml_lines({key: data[key]}) for key in ("endpoint", "request", "response") if key in data]
    if remind:
        parts.append([*PERFORMANCE])
    rest = {key: value for key, value in data.items() if key not in ("endpoint", "request", "response")}
    if rest:
        parts.append(yaml_lines(rest))
    body = [line for part in parts for line in ("", *part)][1:]
    return [f"### {operation.heading}", "```yaml", *body, "```"]


def endpoint_data(operation: ImportedOperation, *, terse: bool = False) -> dict[str, object]:
    """Return the block of one endpoint as data; what is guessed carries its comment."""
    head: dict[str, object] = {"path": operation.path, "method": operation.method}
    if operation.description:
        head["description"] = unbracketed(operation.description)
    data: dict[str, object] = {"endpoint": head}
    if operation.idempotent is not None:
        data["idempotent"] = operation.idempotent
    if operation.streaming:
        data["streaming"] = operation.streaming
    request: dict[str, object] = {}
    if operation.headers:
        request["headers"] = [_header(header, terse=terse) for header in operation.headers]
    if operation.parameters:
        request["parameters"] = [_parameter(parameter, terse=terse) for parameter in operation.parameters]
    if operation.body is not None:
        body = _body(operation.body)
        request["body"] = Noted(body, _from(operation.body.guess)) if operation.body.guess else body
    if request:
        data["request"] = request
    data["response"] = _response(operation)
    if operation.pagination is not None:
        guess = operation.pagination_guess
        pages = ordered(Pagination, operation.pagination)
        data["pagination"] = Noted(pages, _from(guess)) if guess else pages
    return ordered(Endpoint, data)


def ordered(block: type[Block], data: dict[str, object]) -> dict[str, object]:
    """Return what the block knows of some data, in the block's canonical order."""
    return {key: data[key] for key in declared_fields(block) if key in data}


def unbracketed(text: str) -> str:
    """Return prose that no reader takes for a placeholder."""
    return text.replace("[", "(").replace("]", ")")


def _from(guess: str) -> str:
    return f"guessed from {guess}"


def _noted(row: dict[str, object], guess: str | None) -> object:
    """Return a row whose first field carries the comment."""
    if not guess:
        return row
    first = next(iter(row))
    return {**row, first: Noted(row[first], _from(guess))}


def _header(header: ImportedHeader, *, terse: bool) -> object:
    row: dict[str, object] = {"name": header.name}
    if header.required or not terse:
        row["required"] = header.required
    if header.value is not None:
        row["value"] = header.value
    if header.description:
        row["description"] = unbracketed(header.description)
    return _noted(ordered(Header, row), header.guess)


def _parameter(parameter: ImportedParameter, *, terse: bool) -> object:
    fields = dict(parameter.fields)
    row: dict[str, object] = {"name": parameter.name, "in": parameter.location}
    if "type" in fields:
        row["type"] = fields.pop("type")
    if parameter.required or not terse:
        row["required"] = parameter.required
    if parameter.description:
        row["description"] = unbracketed(parameter.description)
    pattern = fields.get("pattern")
    if isinstance(pattern, str) and pattern.startswith("[") and pattern.endswith("]"):
        # A class alone would look like a placeholder.
        fields["pattern"] = f"(?:{pattern})"
    return _noted(ordered(Parameter, {**row, **fields}), parameter.guess)


def _body(body: ImportedBody) -> dict[str, object]:
    made: dict[str, object] = {"content_type": body.content_type}
    if not body.required:
        made["required"] = False
    if body.schema is not None:
        made["schema"] = body.schema
    return ordered(Body, made)


def _response(operation: ImportedOperation) -> dict[str, object]:
    made: dict[str, object] = {}
    if operation.success is not None:
        made["success"] = _success(operation.success)
    else:
        made["success"] = {"status": Placeholder("[200|201|204]")}
    if operation.errors:
        made["errors"] = {error.status: _error(error) for error in operation.errors}
    return made


def _success(success: ImportedSuccess) -> object:
    statuses: list[object] = [int(each) if each.isdecimal() else each for each in success.statuses]
    made: dict[str, object] = {}
    if len(statuses) == 1:
        made["status"] = statuses[0]
    else:
        made["status"] = statuses or Placeholder("[200|201|204]")
    if success.content_type:
        made["content_type"] = success.content_type
    if success.schema is not None:
        made["schema"] = success.schema
    if success.has_example:
        made["example"] = success.example
    return Noted(made, _from(success.guess)) if success.guess else made


def _error(error: ImportedError) -> dict[str, object]:
    made: dict[str, object] = {}
    if error.description:
        made["description"] = unbracketed(error.description)
    if error.content_type:
        made["content_type"] = error.content_type
    if error.schema is not None:
        made["schema"] = error.schema
    if error.retry_after:
        made["retry_after"] = error.retry_after
    return ordered(ErrorAnswer, made) or {"description": f"Status {error.status}"}
