"""The founding template, as it comes with the package."""

from __future__ import annotations

import re
from functools import cache
from pkgutil import get_data


@cache
def template_text() -> str:
    """Return the text of the founding template: every section and field, all of it placeholders."""
    found = get_data("intertie.spec", "template.md")  # `importlib.resources` takes 10 ms to load
    if found is None:
        msg = "this installation of Intertie is not whole: it can't read its template"
        raise RuntimeError(msg)
    return found.decode("utf-8")


@cache
def template_placeholders() -> frozenset[str]:
    """Return what stands between square brackets in the template."""
    return frozenset(re.findall(r"\[([^\[\]]+)\]", template_text()))
