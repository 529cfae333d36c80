"""Plausible data from a JSON Schema, always valid, the same for the same key."""

from intertie.mockserver.generation.sampler import Sampler, Unsatisfiable

__all__ = ["Sampler", "Unsatisfiable"]
