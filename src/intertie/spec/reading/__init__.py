"""From the syntax of a spec to its model."""

from intertie.spec.reading.whole import read_spec, route

__all__ = ["read_spec", "route"]
