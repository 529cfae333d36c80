"""One state of an open document, and what is known of it; everything is worked out when it is first asked for."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from intertie.core.errors import snake_case
from intertie.diagnostics import Diagnostic, SourceSpan
from intertie.lsp.declarations import Meaning, Root, meaning_of
from intertie.lsp.features.case_mentions import case_mentions
from intertie.lsp.features.mentions import Mention, spec_mentions
from intertie.lsp.neighbourhood import Neighbourhood
from intertie.lsp.outline import Spot, spot_at
from intertie.lsp.regions import Heading, Layout, Region, RegionKind, layout_of
from intertie.runtime.plan import OperationPlan, Plan
from intertie.spec.cases.loading import read_case
from intertie.spec.cases.names import is_case, is_misnamed_case, says_it_is_a_case, stands_among_cases
from intertie.spec.front_matter import find_front_matter
from intertie.spec.loading import Loaded, load_text
from intertie.spec.model import Endpoint, Spec
from intertie.spec.source import Source
from intertie.spec.workspace import MAX_SPEC_BYTES

_TYPE_RE = re.compile(r"""type\s*:\s*["']?(?P<type>\w*)""")
_READ_AS_SPEC = ("", "integration")


class Page:
    """A text with its place in a workspace. It never changes: the next keystroke makes the next page.

    Attributes:
        path: Real path of the file.
        text: As the editor has it.
    """

    def __init__(self, path: Path, text: str, around: Neighbourhood) -> None:
        self.path = path
        self.text = text
        self.around = around

    @cached_property
    def shown(self) -> str:
        """The path as people see it, and as places have it."""
        return self.around.workspace.shown(self.path)

    @cached_property
    def source(self) -> Source:
        """The text as places count it; empty where it is too large to be read."""
        return Source(self.shown, self.text if len(self.text) <= MAX_SPEC_BYTES else "")

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines without their ends."""
        return self.source.lines()

    @cached_property
    def is_case(self) -> bool:
        """Whether it is the file of a test, scenario or precondition case."""
        if is_case(self.path):
            return True
        return stands_among_cases(self.path) and self.path.suffix == ".yaml" and says_it_is_a_case(self.text)

    @cached_property
    def is_misnamed_case(self) -> bool:
        """Whether it would be a case if its name ended otherwise."""
        return is_misnamed_case(self.path)

    @cached_property
    def is_spec(self) -> bool:
        """Whether it is an integration spec: its front matter says so, or says nothing else inside `specs/`."""
        if self.path.suffix.lower() not in (".md", ".markdown"):
            return False
        front = find_front_matter(self.lines)
        if front is None:
            return False
        given = [_TYPE_RE.match(line) for line in self.lines[front.first - 1 : front.last]]
        kinds = [match["type"].lower() for match in given if match]
        if not kinds:
            return self.path.is_relative_to(self.around.workspace.root / "specs")
        # A type that is being typed is judged by its beginning.
        return kinds[0] in _READ_AS_SPEC or "integration".startswith(kinds[0])

    @cached_property
    def loaded(self) -> Loaded:
        """The spec as it is read."""
        return load_text(self.text.removeprefix("\ufeff"), self.path, self.around.workspace)

    def read(self) -> None:
        """Read the text if it is a spec, which a third of a check goes into."""
        if self.is_spec:
            _ = self.loaded

    @property
    def spec(self) -> Spec:
        """The model."""
        return self.loaded.spec

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What `intertie check` would tell of this text as a spec; `features.findings` has those of a case too."""
        if not self.is_spec:
            return ()
        return self.around.checker.told(self.around.checker.loaded(self.path, self.loaded))

    @cached_property
    def plan(self) -> Plan | None:
        """What would happen on a call, None where an error prevents it."""
        return self.around.checker.plan(self.spec) if self.is_spec else None

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """The names in it that stand for something elsewhere; none where it is neither spec nor case."""
        if self.is_case:
            return tuple(case_mentions(read_case(self.source), self.source))
        return tuple(spec_mentions(self.spec, self.source)) if self.is_spec else ()

    def mention(self, line: int, column: int) -> Mention | None:
        """Return the innermost name that a place is in, or right behind."""
        here = [
            each
            for each in self.mentions
            if each.span.line == each.span.end_line == line and each.span.column <= column <= each.span.end_column
        ]
        return min(here, key=lambda each: each.span.end_column - each.span.column, default=None)

    @cached_property
    def layout(self) -> Layout:
        """Front matter, blocks and headings."""
        return layout_of(self.lines)

    # Places

    def line(self, number: int) -> str:
        """Return a line without its end, empty where there is none."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def yaml_region(self, line: int) -> Region | None:
        """Return the front matter or YAML block that a line is in; a case file is one block."""
        if self.is_case:
            return Region(RegionKind.YAML, 1, len(self.lines))
        region = self.layout.region(line)
        return region if region is not None and region.kind is not RegionKind.OTHER_BLOCK else None

    def spot(self, line: int, column: int) -> Spot | None:
        """Return what stands at a place in YAML, None outside of it."""
        region = self.yaml_region(line)
        if region is None:
            return None
        last = max(region.last, line)
        return spot_at(self.lines[region.first - 1 : last], line - region.first + 1, column)

    def meaning(self, line: int, path: tuple[str, ...]) -> Meaning | None:
        """Return what a path means in the YAML that a line is in."""
        return meaning_of(self.root(line), path)

    def root(self, line: int) -> Root:
        """Return what the outermost keys are where a line is."""
        region = self.layout.region(line)
        if region is not None and region.kind is RegionKind.FRONT_MATTER:
            return Root.FRONT_MATTER
        return Root.ENDPOINT if self.endpoint_heading(line) or self.endpoint(line) else Root.SPEC

    def endpoint(self, line: int) -> Endpoint | None:
        """Return the endpoint that a line is part of."""
        return next((each for each in self.spec.endpoints if each.span.line <= line <= each.span.end_line), None)

    def endpoint_heading(self, line: int) -> Heading | None:
        """Return the heading of the endpoint that a line stands under, also of one that is no endpoint yet."""
        above = self.layout.above(line)
        if self.layout.section(line) != "api endpoints":
            return None
        return next((heading for heading in above if heading.level > 2), None)

    def operation(self, line: int) -> OperationPlan | None:
        """Return the plan of the endpoint that a line is part of."""
        endpoint = self.endpoint(line)
        if endpoint is None or endpoint.name is None or self.plan is None:
            return None
        return self.plan.operations.get(snake_case(endpoint.name.value))

    def span(self, line: int, column: int, end_column: int) -> SourceSpan:
        """Return a span on one line."""
        return SourceSpan(self.shown, line, column, line, end_column)
