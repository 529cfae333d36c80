"""The founding template, as it comes with the package."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def template_text() -> str:
    """Return the text of the founding template: every section and field, all of it placeholders."""
    return files("intertie.spec").joinpath("template.md").read_text(encoding="utf-8")


@cache
def template_placeholders() -> frozenset[str]:
    """Return what stands between square brackets in the template."""
    return frozenset(re.findall(r"\[([^\[\]]+)\]", template_text()))
