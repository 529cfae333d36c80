"""Lays a fragment of a spec over a complete one that has no findings, so that an example shows only what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from intertie.compiler import Settings
from intertie.diagnostics import Diagnostic
from intertie.lint.checking import check_paths
from intertie.spec.workspace import Workspace

TODAY = date(2026, 11, 24)

BASE = """\
---
id: INT-900
type: Integration
name: Parcel Rates
status: approved
service: parcel-rates
---
# Parcel Rates

## Service Overview
Quotes parcels for the web shop.

## Service Configuration
```yaml
service:
  name: parcel-rates
  base_url: https://api.parcels.example

authentication:
  type: api_key
  config:
    key_location: header
    key_name: X-Api-Key
    secret: env:PARCEL_KEY

timeouts:
  connect: 500
  read: 2000
  write: 1000
  total: 10000
```

## Rate Limits
```yaml
rate_limits:
  requests_per_second: 10

throttling:
  strategy: token_bucket
```

## Retry Policy
```yaml
retry:
  max_attempts: 3
  initial_delay: 100
  max_delay: 1000
  backoff: exponential
  jitter: true
  retry_on: [500, 502, 503, 504]
  retry_conditions: [network_error, timeout]
```

## Circuit Breaker
```yaml
circuit_breaker:
  enabled: true
  failure_threshold: 5
  success_threshold: 1
  timeout: 1
  half_open_requests: 1
```

## API Endpoints

### Quote Parcel
```yaml
endpoint:
  path: /quotes/{country}
  method: GET
  description: Quotes a parcel.

request:
  parameters:
    - {name: country, in: path, type: string, required: true, description: where to}

response:
  success:
    status: 200
    content_type: application/json

performance:
  p50: < 100
  p95: < 300
  p99: < 900
```
"""

SECTIONS = {
    "inbound": "Data Mappings", "outbound": "Data Mappings", "error_mapping": "Error Handling",
    "fallback_behavior": "Error Handling", "error_code_path": "Error Handling",
    "error_message_path": "Error Handling", "validation": "Error Handling",
    "monitoring": "Monitoring & Observability", "costs": "Cost Management", "versioning": "Migration & Versioning",
    "testing": "Testing Strategy", "components": "Components", "security": "Security Considerations",
    "proxy": "Service Configuration",
}  # fmt: skip
"""Where a key goes that the base does not have; any other belongs to the endpoint."""

_KEY_RE = re.compile(r"([A-Za-z_]\w*):")
_FENCE_RE = re.compile(r"`{3,}")


@dataclass
class Line:
    """A line of the composed spec; `origin` is its 1-based line in the fragment, None where it is the base's."""

    text: str
    origin: int | None = None


def compose(fragment: str, language: str) -> list[Line]:
    """Return the base with the fragment laid over it: `yaml` by key, `markdown` by section."""
    base = [Line(text) for text in BASE.splitlines()]
    lines = [Line(text, number) for number, text in enumerate(fragment.rstrip("\n").split("\n"), start=1)]
    return _with_keys(base, lines) if language == "yaml" else _with_sections(base, lines)


def check_lines(lines: list[Line], folder: Path, *, name: str = "spec.md") -> tuple[Diagnostic, ...]:
    """Return the findings of the composed spec in a workspace of its own."""
    (folder / "intertie.toml").write_text("")
    (folder / name).write_text("".join(line.text + "\n" for line in lines))
    workspace = Workspace(folder)
    return check_paths([folder / name], workspace, Settings(workspace.root), today=TODAY).diagnostics


def _with_keys(base: list[Line], fragment: list[Line]) -> list[Line]:
    chunks: list[list[Line]] = []
    for line in fragment:
        if _KEY_RE.match(line.text) or not chunks:
            chunks.append([])
        chunks[-1].append(line)
    for chunk in chunks:
        match = _KEY_RE.match(chunk[0].text)
        assert match, f"no key: {chunk[0].text}"
        base = _with_key(base, match.group(1), chunk)
    return base


def _with_key(base: list[Line], key: str, chunk: list[Line]) -> list[Line]:
    start = next((n for n, line in enumerate(base) if line.text.startswith(f"{key}:") and n > 7), None)
    if start is not None:
        end = start + 1
        while base[end].text.startswith((" ", "- ")):
            end += 1
        return [*base[:start], *chunk, *base[end:]]
    if key in SECTIONS:
        block = [Line("```yaml"), *chunk, Line("```")]
        if SECTIONS[key] == "Service Configuration":
            after = next(n for n, line in enumerate(base) if line.text == "## Rate Limits")
            return [*base[:after], *block, Line(""), *base[after:]]
        if any(line.text == f"## {SECTIONS[key]}" for line in base):  # an earlier key of the fragment has made it, last
            return [*base, Line(""), *block]
        return [*base, Line(""), Line(f"## {SECTIONS[key]}"), *block]
    heading = next(n for n, line in enumerate(base) if line.text.startswith("### "))
    fences = [n for n, line in enumerate(base) if n > heading and line.text.startswith("```")]
    return [*base[: fences[1]], *chunk, *base[fences[1] :]]


def _with_sections(base: list[Line], fragment: list[Line]) -> list[Line]:
    if fragment and fragment[0].text == "---":
        end = next(n for n, line in enumerate(fragment) if n and line.text == "---") + 1
        old_end = next(n for n, line in enumerate(base) if n and line.text == "---") + 1
        base, fragment = [*fragment[:end], *base[old_end:]], fragment[end:]
    parts = _parts(fragment)
    whole = _parts(base[:])
    placed: set[str] = set()
    for heading, lines in parts:
        name = _name(heading)
        positions = [n for n, (other, _) in enumerate(whole) if _name(other) == name]
        if not positions:
            whole.append((heading, lines))
        elif name in placed:
            whole.insert(positions[-1] + 1, (heading, lines))
        else:
            whole[positions[0]] = (heading, lines)
        placed.add(name)
    return [line for _, lines in whole for line in lines]


def _parts(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """Return (heading, lines) of the title and each level-2 section; what stands before them has the heading ''."""
    parts: list[tuple[str, list[Line]]] = []
    fenced = False
    for line in lines:
        if _FENCE_RE.match(line.text):
            fenced = not fenced
        starts = not fenced and re.match(r"##? ", line.text)
        if starts or not parts:
            parts.append((line.text if starts else "", []))
        parts[-1][1].append(line)
    return parts


def _name(heading: str) -> str:
    if heading.startswith("# "):
        return "title"
    return re.sub(r"\W+", " ", heading).strip().casefold()
