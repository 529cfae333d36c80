"""From a spec to a plan: environment, configuration and defaults resolved, with the source of every number."""

from intertie.compiler.compile import Compiled, compile_spec
from intertie.compiler.describe import plan_json
from intertie.compiler.settings import Setting, Settings, load_settings

__all__ = ["Compiled", "Setting", "Settings", "compile_spec", "load_settings", "plan_json"]
