"""A spec in its canonical form: keys in the order of the model, under canonical names, nothing quoted without need."""

from intertie.spec.formatting.formatter import Formatted, Untouched, format_text

__all__ = ["Formatted", "Untouched", "format_text"]
