"""The protocols that an application has added: who only wants to know which does not load the compiler for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intertie.compiler.wires.contract import WireCompiler

ADDED: dict[str, WireCompiler] = {}
"""Tag -> its half of the compiler, written by `registry` alone."""
