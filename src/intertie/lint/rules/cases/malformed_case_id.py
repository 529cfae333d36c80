from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.cases.beside import BesideCase
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case
from intertie.spec.cases.names import KIND_OF_TYPE, id_in, stands_among_cases
from intertie.spec.yaml_nodes import shorten

_ID_RE = re.compile(r"(?:TC|SC|PC)-\d+\Z")


@rule(code="TIE702", severity=Severity.ERROR, since="0.1.0", judges="surroundings")
def malformed_case_id(case: Case, beside: BesideCase) -> Iterator[Finding]:
    """A case has no id, or one that does not match its file or type."""
    by_file = id_in(beside.path.name)
    node = case.scalar("id")
    if node is None or not node.text:
        yield Finding(case.head, "this case has no id", f"write `id: {by_file or f'{case.kind.value}-001'}`")
        return
    if not _ID_RE.match(node.text):
        wanted = by_file or f"{case.kind.value}-001"
        yield Finding(
            node.span,
            f"`{shorten(node.text)}` is not the id of a case",
            f"write `{wanted}`: the kind's two letters and digits",
            fix=write(by_file, node.span, safe=False) if by_file else None,
        )
        return
    if by_file and by_file != node.text:
        yield Finding(
            node.span,
            f"the id is `{node.text}`, and the file is `{beside.path.name}`: the case is not found by its id",
            f"write `{by_file}`, or rename the file",
            fix=write(by_file, node.span, safe=False),
        )
    elif not by_file and stands_among_cases(beside.path):
        yield Finding(
            node.span,
            f"the case is not found by its id: its file is `{beside.path.name}`",
            f"rename the file to `{node.text}.yaml`, or `{node.text}-{beside.path.stem}.yaml`",
        )
    given = case.scalar("type")
    said = KIND_OF_TYPE.get(given.text) if given is not None else None
    if given is not None and said is not None and said is not case.kind:
        yield Finding(
            given.span,
            f"`{node.text}` is {case.kind.words}, and `type` says `{given.text}`",
            f"write `{case.kind.type_name}`, or give it an id that begins with `{said.value}-`",
            fix=write(case.kind.type_name, given.span, safe=False),
        )
