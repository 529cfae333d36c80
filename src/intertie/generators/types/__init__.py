"""Typed modules: what an integration takes and gives, for mypy and pyright."""

from intertie.generators.types.module import module_name, types_module

__all__ = ["module_name", "types_module"]
