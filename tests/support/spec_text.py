"""Specs written in a few lines, and what reading them gives."""

from __future__ import annotations

from pathlib import Path
from tempfile import gettempdir

from intertie.diagnostics import Diagnostic
from intertie.spec.loading import Loaded, load_text
from intertie.spec.model import Spec
from intertie.spec.source import Source
from intertie.spec.workspace import Workspace

FRONT_MATTER = "---\nid: INT-001\ntype: Integration\nname: Test\nstatus: approved\nservice: test\n---\n# Test\n\n"
DATA = Path(__file__).parent.parent / "data"
NOWHERE = Path(gettempdir()) / "no-such-workspace"


def section(heading: str, yaml: str) -> str:
    """Return a section that holds one YAML block."""
    return f"## {heading}\n```yaml\n{yaml.strip()}\n```\n\n"


def read(body: str, *, front_matter: str = FRONT_MATTER, root: Path = NOWHERE) -> Loaded:
    """Return what reading a spec of this body gives."""
    return load_text(front_matter + body, root / "specs" / "test.md", Workspace(root))


def spec_of(body: str) -> Spec:
    """Return the model of a spec of this body."""
    return read(body).spec


def names(loaded: Loaded) -> list[str]:
    """Return the names of what was found, in the order of places."""
    return [found.name for found in loaded.diagnostics]


def only(loaded: Loaded, name: str) -> Diagnostic:
    """Return the one finding of this name; there is no other finding."""
    assert names(loaded) == [name], [f"{found.span}: {found.name}: {found.message}" for found in loaded.diagnostics]
    return loaded.diagnostics[0]


def sliced(loaded: Loaded, found: Diagnostic) -> str:
    """Return the text that a finding points at."""
    return Source("", loaded.source).slice(found.span)
