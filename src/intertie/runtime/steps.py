"""The steps that every call takes, described as the guards are: `operations` and `sending` do them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from intertie.core.units import seconds_text
from intertie.runtime.guard import EventKind, Guard, Line
from intertie.runtime.plan import MappingRow, OperationPlan, Plan
from intertie.runtime.stages import Stage
from intertie.runtime.wording import listed, status_value

_ACTIONS = {
    "fail": "the call fails",
    "retry": "it is tried again",
    "fallback": "the fallback answers",
}


class TelemetryStep(Guard):
    """Sees the call once, with everything inside."""

    stage = Stage.TELEMETRY
    events = (
        EventKind("warn", "warning", ("message",), "a store has a problem"),
        EventKind("unavailable", "error", (), "a strict audit can't be stored; nothing was sent"),
    )

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object]:
        """Return what is logged."""
        logging = plan.logging
        return {
            "log_level": logging.level,
            "include_headers": logging.include_headers,
            "include_body": logging.include_body,
            "mask_sensitive": logging.mask_sensitive,
        }

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say what is logged."""
        shown = [name for name in ("headers", "body") if options[f"include_{name}"]]
        extra = f", with {' and '.join(shown)}" if shown else ""
        level = f"every call is measured, and logged from level `{options['log_level']}` on{extra}"
        yield level, sources["log_level"]
        if not options["mask_sensitive"]:
            yield "only credentials and personal fields are masked", sources["mask_sensitive"]


class _MappingStep(Guard):
    """Rows of one direction."""

    per_operation = True

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say what becomes what."""
        source = sources["rows"]
        for row in options["rows"]:
            text = f"{row['from']} → {row['to']}"
            if "transform" in row:
                text += f" by `{row['transform']}`"
            if row.get("required"):
                text += ", required"
            if "default" in row:
                text += f", {row['default']!r} where it is absent"
            yield text, source
            source = ""


class OutboundMappingStep(_MappingStep):
    """From the internal object to the request."""

    stage = Stage.OUTBOUND_MAPPING
    events = (EventKind("mapping_error", "error", (), "the input could not be mapped; nothing was sent"),)

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return the rows."""
        return _rows(operation.outbound)


class RequestValidationStep(Guard):
    """What a request must be, held before anything is sent."""

    stage = Stage.REQUEST_VALIDATION
    per_operation = True

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return parameters and body."""
        return operation.wire.described_request or None

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say what is checked."""
        if "parameters" in options:
            yield f"parameters: {', '.join(options['parameters'])}", sources["parameters"]
        if "body" in options:
            schema = f", checked against {_schema(options['schema'])}" if "schema" in options else ""
            yield f"body: {options['body']}{schema}; a body that breaks it is not sent", sources["body"]


class SendStep(Guard):
    """Writes the request and reads the answer."""

    stage = Stage.SEND
    events = (
        EventKind("attempt", "debug", ("attempt",), "the request leaves"),
        EventKind("answer", "debug", ("status", "headers", "body"), "what came back, masked and cut"),
    )

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object]:
        """Return how long writing and reading may take."""
        return {"write_s": plan.timeouts.write_s, "read_s": plan.timeouts.read_s}

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say how long writing and reading may take."""
        yield f"the request is written within {seconds_text(options['write_s'])}", sources["write_s"]
        yield f"the answer comes within {seconds_text(options['read_s'])}", sources["read_s"]


class ClassifyStep(Guard):
    """Decides once what an attempt was."""

    stage = Stage.CLASSIFY
    per_operation = True
    events = (
        EventKind(
            "classified",
            "debug",
            ("kind", "status", "reached", "error", "effect_unknown"),
            "the outcome is classified",
        ),
        EventKind("warn", "warning", ("message",), "a status that the spec does not declare"),
    )

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object]:
        """Return what is success, and what errors become."""
        options: dict[str, object] = {"success": [status_value(text) for text in operation.wire.described_success]}
        if plan.errors.rows:
            options["error_rows"] = [
                {
                    "external_code": status_value(row.external_code),
                    "internal_code": row.internal_code,
                    "action": row.action,
                }
                for row in plan.errors.rows
            ]
        return options

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say what is success, and what errors become."""
        yield f"{listed(options['success'])} is success", sources["success"]
        source = sources.get("error_rows", "")
        for row in options.get("error_rows", ()):
            becomes = f" becomes {row['internal_code']}" if row["internal_code"] else ""
            action = f": {_ACTIONS.get(row['action'], row['action'])}" if row["action"] else ""
            yield f"{row['external_code']}{becomes}{action}", source
            source = ""


class ResponseValidationStep(Guard):
    """Holds an answer to its schema."""

    stage = Stage.RESPONSE_VALIDATION
    per_operation = True
    events = (
        EventKind("violation", "warning", ("path", "rule"), "the answer breaks its schema"),
        EventKind("warn", "warning", ("message",), "the caller gets a warning"),
    )

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return the schema, and what breaking it does."""
        result = operation.result
        if result.schema is None or result.validate == "off":
            return None
        return {"mode": result.validate, "schema": result.schema.name or "inline"}

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say what breaking the schema does."""
        broken = "fails the call" if options["mode"] == "strict" else "is a warning"
        yield f"checked against {_schema(options['schema'])}; an answer that breaks it {broken}", sources["mode"]


class InboundMappingStep(_MappingStep):
    """From the answer to the internal object."""

    stage = Stage.INBOUND_MAPPING
    events = (EventKind("mapping_error", "error", ("path",), "the answer could not be mapped"),)

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return the rows."""
        return _rows(operation.inbound)


def _rows(rows: tuple[MappingRow, ...]) -> Mapping[str, object] | None:
    if not rows:
        return None
    described = []
    for row in rows:
        one: dict[str, object] = {"from": row.read.text, "to": row.write.text}
        if row.transform is not None:
            one["transform"] = row.transform.text
        if row.required:
            one["required"] = True
        if row.has_default:
            one["default"] = row.default
        described.append(one)
    return {"rows": described}


def _schema(name: str) -> str:
    return "the endpoint's own schema" if name == "inline" else f"schema {name}"
