"""Checking survives whatever is done to a spec."""

from __future__ import annotations

import random

from intertie.compiler import Settings
from intertie.diagnostics.render import render_concise, render_full, render_json
from intertie.lint.checking import check_paths
from intertie.spec.template import template_text
from intertie.spec.workspace import Workspace
from support.rule_examples import BASE, TODAY

MORE = """
## Data Mappings
```yaml
inbound:
  - {external_field: price, internal_field: amount, transform: trim, required: true}
  - {external_field: "items[].sku", internal_field: skus, endpoints: [Quote Parcel]}
outbound:
  - {internal_field: land, external_field: country, default: DE}
```

## Error Handling
```yaml
error_mapping:
  - {external_code: 5xx, internal_code: DOWN, message: Later., action: fallback}
fallback_behavior:
  strategy: cache
  cache_ttl: 60
```

## Monitoring
```yaml
monitoring:
  alerts:
    - {condition: error_rate > 5%, severity: critical, channel: slack}
```

## Cost Management
```yaml
costs:
  pricing_model: per_request
  currency: EUR
  tiers:
    - {name: first, limit: 1000, cost: 0.02, unit: request}
    - {name: rest, cost: 0.01, unit: request}
  budget: {monthly_limit: 100, alert_at: 80%, hard_stop: true}
```

## Migration & Versioning
```yaml
versioning:
  strategy: header
  header: X-Version
  current: v2
  supported: [v1, v2]
  deprecation_schedule:
    v1: 2027-06-30
```

## Validation Cases
- /test-cases/TC-001.yaml: A quote is given

## Uncertainties
"""

VALUES = ["", "[]", "{}", "-1", "0", "1e999", "null", "true", "[x]", "{a: b}", "'", "99999999999999999999", "§", "0x1F", "- a",
          "|", "&a *a", "2026-13-40", "http://", "//", "${X}", "{uuid}", "nan", "1_000", "5xx", "!!set {}"]  # fmt: skip


def mutate(lines: list[str], rng: random.Random) -> list[str]:
    """Return the lines with a few of them dropped, doubled, swapped, indented, cut or given another value."""
    lines = list(lines)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(lines))
        match rng.randrange(7):
            case 0:
                del lines[at : at + rng.randint(1, 4)]
            case 1:
                lines.insert(at, rng.choice(lines))
            case 2:
                other = rng.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = rng.choice(["  ", " ", "\t"]) + lines[at]
            case 4:
                lines[at] = lines[at][: rng.randint(0, len(lines[at]))]
            case 5:
                lines[at] = lines[at].partition(":")[0] + ": " + rng.choice(VALUES)
            case 6:
                lines[at] = lines[at].lstrip()
    return lines or [""]


def test_no_rule_crashes_and_every_finding_is_shown(tmp_path):
    """Under random damage every check ends with findings at places of the file, each of which can be shown."""
    rng = random.Random(20261124)
    (tmp_path / "intertie.toml").write_text("")
    path = tmp_path / "spec.md"
    workspace = Workspace(tmp_path)
    settings = Settings(workspace.root)
    originals = [(BASE + MORE).split("\n"), template_text().split("\n")]
    for number in range(60):
        text = "\n".join(mutate(originals[number % 2], rng))
        path.write_text(text)
        result = check_paths([path], workspace, settings, today=TODAY)
        broken = [d for d in result.diagnostics if d.name in ("rule-crashed", "compiler-bug")]
        assert not broken, (broken, text)
        height = text.count("\n") + 1
        for found in result.diagnostics:
            for span in (found.span, *(label.span for label in found.related)):
                assert 1 <= span.line <= span.end_line <= height, (found, text)
        render_full(result.diagnostics, result.sources)
        render_concise(result.diagnostics)
        render_json(result.diagnostics, files=1)
