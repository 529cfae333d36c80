"""Intertie: one Markdown file about an external service, running."""

from intertie._version import __version__

__all__ = ["__version__"]
