"""One rule a file, one folder a group, every rule named in its group's tuple."""

from intertie.lint.rules import compiling, endpoints, mappings, operations, resilience, security, service, structure

GROUPS = (
    structure.RULES,
    compiling.RULES,
    service.RULES,
    resilience.RULES,
    endpoints.RULES,
    mappings.RULES,
    operations.RULES,
    security.RULES,
)
"""The groups in the order of their codes."""
