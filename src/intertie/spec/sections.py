"""Which section a heading names: canonical names, and the other words people use for them."""

from __future__ import annotations

import re
import unicodedata

SECTION_SYNONYMS: dict[str, tuple[str, ...]] = {
    "service overview": ("overview", "summary", "introduction", "description", "about", "purpose"),
    "integration type": ("type", "type of integration", "integration", "protocol"),
    "service configuration": (
        "configuration", "service config", "config", "connection", "environments", "authentication",
        "service and authentication", "timeouts", "setup",
    ),
    "rate limits": (
        "rate limit", "rate limiting", "rate limits and throttling", "throttling", "limits", "quotas", "quota",
        "rate limiting and throttling",
    ),
    "retry policy": ("retry", "retries", "retry strategy", "retry policies", "retry configuration", "retry logic"),
    "circuit breaker": ("circuit breakers", "breaker", "circuit breaking", "circuit breaker configuration"),
    "api endpoints": (
        "endpoints", "api", "operations", "api operations", "endpoint", "api endpoint", "api reference", "methods",
        "api methods", "routes",
    ),
    "data mappings": ("data mapping", "mappings", "mapping", "field mappings", "field mapping", "data transformation"),
    "error handling": ("errors", "error mapping", "error mappings", "error codes", "fallback", "fallbacks",
                       "error handling and fallback", "fallback behavior", "fallback behaviour"),
    "monitoring and observability": (
        "monitoring", "observability", "monitoring and alerting", "monitoring and alerts", "alerting", "alerts",
        "metrics", "logging", "monitoring and logging",
    ),
    "cost management": ("costs", "cost", "pricing", "billing", "budget", "cost and budget", "cost control"),
    "security considerations": ("security", "security and compliance", "security and privacy", "compliance"),
    "testing strategy": ("testing", "tests", "test strategy", "test plan"),
    "dependencies": ("dependency", "service dependencies"),
    "migration and versioning": ("versioning", "migration", "versions", "api versioning", "versioning and migration"),
    "sla requirements": ("sla", "slas", "service level", "service level agreement", "service levels", "slo"),
    "documentation": ("docs", "links", "references", "documentation links", "external documentation"),
    "validation cases": ("cases", "test cases and scenarios", "validation", "validations"),
    "implementation references": ("implementation", "implementation reference", "implementations"),
    "uncertainties": ("open questions", "uncertainty", "unknowns", "open points", "open issues"),
    "components": ("schemas", "component", "schema definitions", "data models", "models"),
}  # fmt: skip
"""Canonical name of each section the template has (and `components`) -> other headings read as it."""

_BY_WORDS = {name: name for name in SECTION_SYNONYMS} | {
    synonym: name for name, synonyms in SECTION_SYNONYMS.items() for synonym in synonyms
}
_KEYCAP_RE = re.compile("[\\ufe0f\\u20e3]")
_PARTS_RE = re.compile(r"[/()|]")
_NUMBERING_RE = re.compile(
    r"^\s*\d+(?:\.\d+)*[.):]?\s+|^\s*(?:(?:section|part|chapter)\s+)?(?:\d+(?:\.\d+)*|[ivx]+|[a-z])\s*[.):]\s*"
)


def section_name(heading: str) -> str | None:
    """Return the canonical name of a section by its heading, None for one of the author's own.

    Case, punctuation, `&` for `and`, numbering and emoji do not matter.

    >>> section_name("3. Rate Limits"), section_name("🔁 RETRY POLICY"), section_name("Monitoring & Observability")
    ('rate limits', 'retry policy', 'monitoring and observability')
    >>> section_name("How we got here") is None
    True

    A heading in two languages names the section that one of its parts is the template's name of.

    >>> section_name("Fehlerbehandlung / Error Handling"), section_name("速率限制 (Rate Limits)")
    ('error handling', 'rate limits')
    """
    whole = _BY_WORDS.get(heading_words(heading))
    if whole is not None or not _PARTS_RE.search(heading):
        return whole
    named = {words for part in _PARTS_RE.split(heading) if (words := heading_words(part)) in SECTION_SYNONYMS}
    return named.pop() if len(named) == 1 else None


def heading_words(heading: str) -> str:
    """Return the words of a heading, in lower case, one space apart.

    >>> heading_words("  4) SLA — Requirements: ✅ ")
    'sla requirements'
    """
    # A digit in a box (`2\ufe0f\u20e3`) is a digit and two marks.
    text = unicodedata.normalize("NFKC", _KEYCAP_RE.sub("", heading)).casefold()
    text = "".join(char if unicodedata.category(char)[0] in "LMNPZ" or char in "&+" else " " for char in text).strip()
    text = _NUMBERING_RE.sub("", text, count=1).replace("&", " and ").replace("+", " and ")
    return " ".join(re.sub(r"[\W_]+", " ", text).split())
