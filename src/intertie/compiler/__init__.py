"""From a spec to a plan: environment, configuration and defaults resolved, with the source of every number.

Each part is imported when it is first asked for: a plan that was kept needs the settings alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intertie.compiler.compile import Compiled, compile_spec
    from intertie.compiler.describe import plan_json
    from intertie.compiler.settings import Setting, Settings, load_settings

__all__ = ["Compiled", "Setting", "Settings", "compile_spec", "load_settings", "plan_json"]

_LATER = {
    "Compiled": "intertie.compiler.compile",
    "Setting": "intertie.compiler.settings",
    "Settings": "intertie.compiler.settings",
    "compile_spec": "intertie.compiler.compile",
    "load_settings": "intertie.compiler.settings",
    "plan_json": "intertie.compiler.describe",
}
"""Name -> module, imported on first use."""


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    value: object = getattr(import_module(_LATER[name]), name)
    globals()[name] = value
    return value
