"""Fallback answers."""
