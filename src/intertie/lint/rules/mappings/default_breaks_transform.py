from __future__ import annotations

from collections.abc import Iterator

from intertie.compiler.paths import NO_TRANSFORM
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.transform_types import argument_paths
from intertie.runtime.mapping import MappingSyntaxError, parse_transform
from intertie.runtime.mapping.values import TransformError
from intertie.spec.model import Spec


@rule(code="TIE442", severity=Severity.ERROR, since="0.1.0", judges="spec")
def default_breaks_transform(spec: Spec) -> Iterator[Finding]:
    """The transform of a mapping row can't take the row's default."""
    rows = [(row.transform, row.default) for row in spec.inbound] + [
        (row.transform, row.default) for row in spec.outbound
    ]
    for transform, default in rows:
        if transform is None or default is None or default.value is None or argument_paths(transform.value):
            continue
        text = transform.value.strip()
        if text.lower() in NO_TRANSFORM or text.startswith("cel:"):
            continue
        try:
            parse_transform(text).apply(default.value, {})
        except MappingSyntaxError:
            # The compiler tells of a transform that is none.
            continue
        except TransformError:
            yield Finding(
                default.span, f"`{text}` can't be applied to the default", "write a default that the transform accepts"
            )
