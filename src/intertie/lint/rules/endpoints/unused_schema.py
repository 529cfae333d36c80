from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import sections
from intertie.spec.model import Spec
from intertie.spec.tree import MappingNode


@rule(code="TIE322", severity=Severity.INFO, since="0.1.0")
def unused_schema(spec: Spec) -> Iterator[Finding]:
    """A schema of the spec is used nowhere.

    ## What it does
    Looks for a reference to each schema under `components.schemas`, here and in the other schemas.

    ## Why it matters
    A schema that nothing refers to checks nothing. Often a reference has been forgotten, or leads to another one.

    ## Example
    ```yaml
    components:
      schemas:
        Quote:
          type: object
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema: {$ref: '#/components/schemas/Quote'}
    components:
      schemas:
        Quote:
          type: object
    ```

    ## References
    OpenAPI Specification 3.1, components object.
    """
    text = spec.document.text
    for section in sections(spec):
        for block in section.blocks:
            components = block.root.get("components")
            schemas = components.get("schemas") if isinstance(components, MappingNode) else None
            for entry in schemas.entries if isinstance(schemas, MappingNode) else ():
                name = re.escape(entry.key.text)
                used = re.search(rf"/(?:schemas|definitions|\$defs)/{name}(?![\w.-])|\bschema:\s*[\"']?{name}\b", text)
                if not used:
                    yield Finding(
                        entry.key.span, f"nothing refers to `{entry.key.text}`", "refer to it, or take it out"
                    )
