from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import component_entries
from intertie.spec.model import Spec

_REFERENCE_RE = re.compile(r"/(?:schemas|definitions|\$defs)/([\w.-]+)")
_NAME_RE = re.compile(r"\bschema:\s*[\"']?([\w.-]+)")
_PLAIN_RE = re.compile(r"[\w.-]+")


@rule(code="TIE322", severity=Severity.INFO, since="0.1.0")
def unused_schema(spec: Spec) -> Iterator[Finding]:
    """A schema is never used."""
    text = spec.document.text
    named = {*_REFERENCE_RE.findall(text), *_NAME_RE.findall(text)}
    for entry in component_entries(spec):
        name = entry.key.text
        # A name with other characters, such as one that is escaped in a reference, may be named anywhere.
        if name not in named and (_PLAIN_RE.fullmatch(name) or f"/{name}" not in text):
            yield Finding(entry.key.span, f"nothing refers to the schema `{name}`", "refer to it, or remove it")
