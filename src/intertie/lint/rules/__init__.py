"""One rule a file, one folder a group, every rule named in its group's tuple; other parts report two of the groups."""

from types import MappingProxyType

from intertie.lint.reported import COMPILING, STRUCTURE
from intertie.lint.rules import cases, endpoints, mappings, operations, resilience, security, service

GROUPS = (
    STRUCTURE,
    COMPILING,
    service.RULES,
    resilience.RULES,
    endpoints.RULES,
    mappings.RULES,
    operations.RULES,
    security.RULES,
    cases.RULES,
)
"""The groups in the order of their codes."""

GROUP_TITLES = MappingProxyType(
    {
        "structure": "Syntax and structure",
        "compiling": "What stands in the way of a plan",
        "service": "Front matter, service, authentication and timeouts",
        "resilience": "Rate limits, retry and circuit breaker",
        "endpoints": "Endpoints, parameters and latency targets",
        "mappings": "Data mappings, error mapping and fallback",
        "operations": "Monitoring, cost, versions, cases and uncertainties",
        "security": "Secrets and what travels in the open",
        "cases": "Test, scenario and precondition cases",
    }
)
"""Group -> heading in lists."""
