"""Findings as text for people, as one line each, and as what programs and build servers read."""

from intertie.diagnostics.render.concise import render_concise
from intertie.diagnostics.render.full import render_full
from intertie.diagnostics.render.json_ import as_json, render_json

__all__ = ["as_json", "render_concise", "render_full", "render_json"]
