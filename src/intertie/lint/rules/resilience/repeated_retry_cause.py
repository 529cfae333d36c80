from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE232", severity=Severity.INFO, since="0.1.0")
def repeated_retry_cause(spec: Spec) -> Iterator[Finding]:
    """A retry cause is listed twice."""
    for causes in (spec.retry.retry_on, spec.retry.retry_conditions) if spec.retry else ():
        seen: set[str] = set()
        classes = {cause.value.lower() for cause in causes if re.fullmatch(r"\dxx", cause.value.lower())}
        for cause in causes:
            text = cause.value.strip().lower()
            covered = re.fullmatch(r"\d{3}", text) and f"{text[0]}xx" in classes
            if text in seen or covered:
                by = f"`{text[0]}xx` covers" if covered else "is listed already"
                yield Finding(
                    cause.span,
                    f"{by} `{text}`" if covered else f"`{text}` {by}",
                    "remove it, or write the one you meant",
                )
            seen.add(text)
