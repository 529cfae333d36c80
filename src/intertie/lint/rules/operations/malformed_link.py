from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.urls import further_urls, is_web_url
from intertie.spec.model import Spec


@rule(code="TIE526", severity=Severity.WARNING, since="0.1.0")
def malformed_link(spec: Spec) -> Iterator[Finding]:
    """A link is not a valid URL."""
    for what, url in further_urls(spec):
        text = url.value.strip().strip("<>`")
        looks_like_one = re.match(r"(?i)h\w{1,6}:?/{1,3}|\w{1,10}://|www\.", text)
        if (looks_like_one or what == "sandbox URL") and not is_web_url(text):
            yield Finding(url.span, "this is not a valid URL", "write it as `https://host/path`")
    for line in spec.implementation:
        text = line.where.value.strip().strip("<>`") if line.where else ""
        if line.where and line.what and "dashboard" in line.what.value.lower() and text and "/" not in text:
            yield Finding(line.where.span, "this is not the address of a dashboard", "write its URL")
