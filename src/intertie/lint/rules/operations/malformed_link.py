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
    """A link leads nowhere.

    ## What it does
    Reads the links of Documentation and Implementation References, the token URL and the authorization URL: what is
    written as a URL must begin with `http://` or `https://` and name a host.

    ## Why it matters
    A portal shows a link that can't be followed, and a token that can't be fetched makes no call.

    ## Example
    ```markdown
    ## Documentation
    - **API Docs**: htps://parcels.example/docs
    ```

    ## Use instead
    ```markdown
    ## Documentation
    - **API Docs**: https://parcels.example/docs
    - **Client Library**: none
    - **Support Contact**: help@parcels.example
    ```

    ## References
    RFC 3986.
    """
    for what, url in further_urls(spec):
        text = url.value.strip().strip("<>`")
        looks_like_one = re.match(r"(?i)h\w{1,6}:?/{1,3}|\w{1,10}://|www\.", text)
        if (looks_like_one or what == "sandbox URL") and not is_web_url(text):
            yield Finding(url.span, "this is no URL that can be followed", "write it as `https://host/path`")
    for line in spec.implementation:
        text = line.where.value.strip().strip("<>`") if line.where else ""
        if line.where and line.what and "dashboard" in line.what.value.lower() and text and "/" not in text:
            yield Finding(line.where.span, "nobody can open a dashboard that is called so", "give its URL")
