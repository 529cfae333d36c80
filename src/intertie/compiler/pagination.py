"""How the pages of an operation follow each other."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.compiler.paths import read_path
from intertie.runtime.plan import PaginationPlan
from intertie.spec.fields import Located
from intertie.spec.model import Pagination

_NEEDED = {
    "cursor": ("cursor_parameter", "cursor_path"),
    "page": ("page_parameter",),
    "offset": ("offset_parameter",),
    "link": (),
}
_TOLD_BY = (
    ("cursor_parameter", "cursor"),
    ("cursor_path", "cursor"),
    ("page_parameter", "page"),
    ("offset_parameter", "offset"),
)
_OWN = {
    "cursor": frozenset({"cursor_parameter", "cursor_path"}),
    "page": frozenset({"page_parameter", "first"}),
    "offset": frozenset({"offset_parameter"}),
    "link": frozenset[str](),
}
"""Style -> what no other style reads."""
_FIELDS = (
    "items_path", "cursor_parameter", "cursor_path", "more_path", "page_parameter", "first", "size_parameter", "size",
    "offset_parameter", "limit_parameter", "limit", "total_path",
)  # fmt: skip
_PATHS = frozenset({"items_path", "cursor_path", "more_path", "total_path"})


def compile_pagination(build: Build, block: Pagination | None) -> PaginationPlan | None:
    """Return the pagination, None where the endpoint has none or it lacks what its style needs (a finding says so)."""
    if block is None:
        return None
    style = (
        block.style.value if block.style else next((style for name, style in _TOLD_BY if getattr(block, name)), None)
    )
    if style is None:
        build.report("incomplete-pagination", "`pagination` has no `style`", block.head)
        return None
    missing = [name for name in _NEEDED[style] if getattr(block, name) is None]
    for name in missing:
        build.report("incomplete-pagination", f"pagination of style `{style}` needs `{name}`", block.head)
    options: dict[str, object] = {}
    others = frozenset().union(*(own for of, own in _OWN.items() if of != style)) - _OWN[style]
    for name in _FIELDS:
        located: Located[str] | Located[int] | None = getattr(block, name)
        if located is None:
            continue
        if name in others:
            build.leave_out(f"pagination.{name}", f"pages of style `{style}` do not read it", located.span)
            continue
        value = located.value
        # An empty path is the answer itself.
        if name in _PATHS and isinstance(value, str) and value.strip():
            read_path(build, Located(value, located.span, located.key_span, located.text))
        options[name] = value
    return None if missing else PaginationPlan(style, options)
