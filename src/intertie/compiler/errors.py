"""What an external error becomes."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.compiler.paths import read_path
from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions, ErrorMappingRow
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.spec.fields import Located


def compile_errors(build: Build, fallback: FallbackOptions | None) -> ErrorMappingOptions:
    """Return the rows in the author's order; the runtime takes the most specific one."""
    rows: list[ErrorMappingRow] = []
    for row in build.spec.error_mapping:
        if row.external_code is None:
            build.report("incomplete-error-row", "this row has no `external_code`, so it matches nothing", row.head)
            continue
        action = build.choose_optional(row.action, "error_mapping.action").value
        if action == "fallback" and fallback is None and row.action is not None:
            build.report(
                "missing-fallback",
                f"`{row.external_code.value}` asks for a fallback and none is declared",
                row.action.span,
            )
        code = row.external_code.value.strip()
        rows.append(
            ErrorMappingRow(
                external_code=code.lower() if _is_class(code) else code,
                internal_code=row.internal_code.value if row.internal_code else None,
                message=row.message.value if row.message else None,
                action=action,
                source=str(row.external_code.span),
            )
        )
    spec = build.spec
    return ErrorMappingOptions(
        tuple(rows), _readable(build, spec.error_code_path), _readable(build, spec.error_message_path)
    )


def _readable(build: Build, path: Located[str] | None) -> str | None:
    """Return the path's text; None where there is none, or none that can be read, which is reported."""
    return None if path is None or read_path(build, path) is None else path.value


def _is_class(code: str) -> bool:
    return len(code) == 3 and code[0].isdigit() and code[1:].lower() == "xx"
