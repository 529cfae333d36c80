"""Paths and named transforms: theirs to ours and back.

The library of transforms, JSONPath and CEL are loaded when a spec uses them. `Mapper` is in `mapping.mapper`.
"""

from __future__ import annotations

from intertie.runtime.mapping.contracts import MISSING, FieldPath, Transform
from intertie.runtime.mapping.errors import MappingSyntaxError
from intertie.runtime.mapping.json_ready import to_json_ready
from intertie.runtime.mapping.paths import EACH, NamePath, parse_path
from intertie.runtime.mapping.registered import register_transform, registered_transforms, unregister_transform
from intertie.runtime.mapping.transform import parse_transform

__all__ = [
    "EACH",
    "MISSING",
    "FieldPath",
    "MappingSyntaxError",
    "NamePath",
    "Transform",
    "parse_path",
    "parse_transform",
    "register_transform",
    "registered_transforms",
    "to_json_ready",
    "unregister_transform",
]
