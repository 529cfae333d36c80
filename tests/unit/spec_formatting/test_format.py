"""The canonical form of a spec."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.diagnostics import Severity
from intertie.spec.formatting import format_text
from intertie.spec.formatting.meaning import meaning
from intertie.spec.loading import load_text
from intertie.spec.template import template_text
from intertie.spec.workspace import Workspace
from support.compared import RICH

ROOT = Path(__file__).parents[3]
SPECS = [*ROOT.glob("examples/specs/*.md"), *ROOT.glob("tests/data/specs/*.md")]
HEAD = "---\nid: INT-001\ntype: Integration\nname: A\n---\n# A\n\n"


def formatted(text, folder=Path("/nowhere"), path="a.md"):
    return format_text(text, folder / path, Workspace(folder))


def block(lines):
    return f"{HEAD}## Some Section\nProse stays.\n\n```yaml\n{lines}```\n"


def body(text):
    return text.partition("```yaml\n")[2].partition("```")[0]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_real_specs_mean_the_same(path):
    """An example means the same once it is formatted, has the same lines, and is formatted once and for all."""
    text = path.read_text("utf-8")
    place = Workspace(path.parent.parent)
    once = format_text(text, path, place)
    assert once.untouched == ()
    assert meaning(load_text(once.text, path, place).spec) == meaning(load_text(text, path, place).spec)
    assert format_text(once.text, path, place).text == once.text
    assert _outside_yaml(once.text) == _outside_yaml(text)
    assert sorted(re.findall(r"#.*", once.text)) == sorted(re.findall(r"#.*", text))


def test_the_template_is_canonical():
    """The founding template is its own canonical form."""
    assert formatted(template_text()).text == template_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # keys, with their comments; gaps stay
        ("retry:\n  backoff: fixed\n  max_attempts: 3\n", "retry:\n  max_attempts: 3\n  backoff: fixed\n"),
        ("retry:\n  # how it grows\n  backoff: fixed   # flat\n\n  max_attempts: 3\n",
         "retry:\n  max_attempts: 3\n\n  # how it grows\n  backoff: fixed   # flat\n"),
        ("retry:\n  strange: 1\n  jitter: true\n  max_attempts: 3\n",
         "retry:\n  max_attempts: 3\n  jitter: true\n  strange: 1\n"),
        ("retry:\n  retry_on:\n    - 500\n    # and\n    - 502\n    # no more\n  max_attempts: 3\n  # the end\n",
         "retry:\n  max_attempts: 3\n  retry_on:\n    - 500\n    # and\n    - 502\n    # no more\n  # the end\n"),
        ("retry: {backoff: fixed, max_attempts: 3}\n", "retry: {max_attempts: 3, backoff: fixed}\n"),
        ("retry: {backoff: fixed,\n        max_attempts: 3}\n", "retry: {max_attempts: 3,\n        backoff: fixed}\n"),
        ("inbound:\n  - internal_field: a\n    external_field: b\n", "inbound:\n  - external_field: b\n    internal_field: a\n"),
        ("authentication:\n  config:\n    scheme: Bearer\n    key_name: X\n  type: api_key\n",
         "authentication:\n  type: api_key\n  config:\n    key_name: X\n    scheme: Bearer\n"),
        # a comment above the first key of an item stands before its dash: what has one of its own can't take its place
        ("inbound:\n  - internal_field: a\n    # theirs\n    external_field: b\n",) * 2,
        # units stay as they are written
        ("timeouts: {total: 1m, connect: 250ms, read: 2s, write: 1500}\n",
         "timeouts: {connect: 250ms, read: 2s, write: 1500, total: 1m}\n"),
        ("circuit_breaker: {timeout: 15s}\n",) * 2,
        ("timeouts:\n  read: 2 min\n  write: 5 seconds\n  total: PT2M\n",) * 2,
        ("timeouts:\n  read: \"15s\"\n  write: '2 min'\n  total: \"60000\"\n",) * 2,
        ("timeouts:\n  read: 5s  # in seconds\n  write: 5  # in seconds\n  total: 60000  # never more\n",) * 2,
        ("retry:\n  initial_delay_seconds: 2\n  max_delay: 10s\n", "retry:\n  initial_delay: 2s\n  max_delay: 10s\n"),
        # quotes
        ("service: {name: \"shop\", base_url: 'https://api.shop.example/v1'}\n",
         "service: {name: shop, base_url: https://api.shop.example/v1}\n"),
        ('service:\n  name: "no"\n  version: "1.10"\n',) * 2,
        ("service:\n  name: \"a: b\"\n  version: '2024-06-20'\n",) * 2,
        ('service:\n  name: "a\\tb"\n  version: "[x]"\n',) * 2,
        ("service:\n  name: \"true\"\n  version: '1:30'\n",) * 2,
        # spellings
        ("retry:\n  strategy: exponential_backoff\n  initial_delay_ms: 100\n", "retry:\n  initial_delay: 100\n  backoff: exponential\n"),
        ("timeouts:\n  read_timeout: 3s\n", "timeouts:\n  read: 3s\n"),
        ("retry_policy:\n  jitter: yes\n", "retry:\n  jitter: true\n"),
        # keys that people put around blocks
        ("resilience:\n  retry:\n    backoff: fixed\n    max_attempts: 3\n",
         "resilience:\n  retry:\n    max_attempts: 3\n    backoff: fixed\n"),
        ("error_handling:\n  fallback:\n    cache_ttl: 5\n    strategy: cache\n",
         "error_handling:\n  fallback_behavior:\n    strategy: cache\n    cache_ttl: 5\n"),
    ],
)  # fmt: skip
def test_one_block(before, after):
    """Keys, quotes and spellings come out canonical; all else, units too, stays to the byte."""
    found = formatted(block(before))
    assert found.text == block(after)
    assert found.untouched == ()
    assert formatted(found.text).text == found.text


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("retry:\n  jitter: true\n  max_attempts: 3\n  jitter: false\n", "a key is given twice in it"),
        ("retry:\n  jitter: true\n  max_attempts: [3\n", "it has a syntax error"),
        (
            "retry: &r\n  jitter: true\n  max_attempts: 3\ntimeouts: {read: 2s}\n",
            "values in it are shared by `&` and `*`",
        ),
        ("retry: !!map\n  jitter: true\n  max_attempts: 3\n", "it has a tag that is refused"),
    ],
)
def test_a_block_that_is_in_doubt_stays_as_it_is(lines, why):
    """Broken blocks, doubled keys and shared values are left alone, and told; other blocks are formatted."""
    good = "\n```yaml\ncosts:\n  currency: EUR\n  pricing_model: per_request\n```\n"
    text = block(lines) + good
    found = formatted(text)
    assert body(found.text) == lines
    assert why in {each.why for each in found.untouched}
    assert found.text.endswith("costs:\n  pricing_model: per_request\n  currency: EUR\n```\n")


def test_a_key_in_two_blocks_leaves_both_alone():
    """Where two blocks give one key, the first is read: neither is moved."""
    one = "```yaml\nretry:\n  jitter: true\n  max_attempts: 3\n```\n"
    text = f"{HEAD}## Retry Policy\n{one}\n{one.replace('3', '4')}"
    found = formatted(text)
    assert found.text == text
    assert {each.line for each in found.untouched} == {11, 12, 17, 18}


def test_line_ends_and_the_byte_order_mark_stay():
    """A file from elsewhere keeps its line ends, its mark, and its missing last line end."""
    text = "\ufeff" + block("retry:\n  # why\n  jitter: true\n\n  max_attempts: 3\n").replace("\n", "\r\n").rstrip()
    found = formatted(text).text
    assert (
        found
        == "\ufeff" + block("retry:\n  max_attempts: 3\n\n  # why\n  jitter: true\n").replace("\n", "\r\n").rstrip()
    )


def test_what_is_no_spec_comes_out_as_it_is():
    """Empty files, other Markdown and binary rubbish are left alone."""
    for text in ("", "\n", "# Only a title\n", "---\nid: [\n---\n", "\x01\x02```yaml\n: :\n```", "no\rmarkdown\n\r"):
        assert formatted(text).text == text


def test_prose_is_never_touched():
    """Bullets and tables keep what the checker would spell otherwise."""
    text = RICH.replace("- **Data Format**: JSON", "- **Data Format**: json\n- **Authentication**: API-Key")
    assert "- **Data Format**: json\n- **Authentication**: API-Key" in formatted(text).text


# Any order, any spelling

BLOCKS = {
    "service": ["name: shop", 'version: "v1"', "base_url: 'https://api.shop.example'", "environments:\n  dev: http://localhost"],
    "timeouts": ["connect: 1s", "read: 2500ms", "write_timeout: 500", "total: 0.5m"],
    "retry": ["max_attempts: 3", "initial_delay: 100ms", "max_delay: 2s", "strategy: exponential_backoff", "jitter: yes",
              "retry_on: [500, 5xx]", "retry_conditions:\n- timeout\n- network_error"],
    "circuit_breaker": ["failure_threshold: 5", "recovery_timeout: 1500ms", "half_open_requests: 2", "enabled: true"],
    "authentication": ["type: api_key", "config:\n  key_name: X-Key\n  key_location: header\n  secret: 'env:SHOP_KEY'"],
    "costs": ["currency: EUR", "pricing_model: per_request", 'tiers:\n- cost: 0.1\n  name: "all"',
              "budget: {hard_stop: on, monthly_limit: 100}"],
}  # fmt: skip


@st.composite
def specs(draw):
    """Draw a spec whose blocks have their keys in any order, with comments and blank lines in any place."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    parts = [HEAD]
    names = draw(st.permutations(list(BLOCKS)))
    for name in names[: draw(st.integers(1, len(names)))]:
        entries = draw(st.permutations(BLOCKS[name]))
        lines = [f"{name}:"]
        for entry in entries[: draw(st.integers(1, len(entries)))]:
            if rng.random() < 0.3:
                lines += ["" for _ in range(rng.randint(0, 2))]
            if rng.random() < 0.3:
                lines.append(f"{' ' * rng.choice((0, 2, 4))}# note {rng.randint(0, 99)}")
            written = entry.split("\n")
            if len(written) == 1 and rng.random() < 0.3:
                written[0] += f"   # remark {rng.randint(0, 99)}"
            lines += [f"  {line}" for line in written]
        parts.append(f"## {name.title()}\nSome words.\n\n```yaml\n" + "\n".join(lines) + "\n```\n\n")
    text = "".join(parts)
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@given(text=specs())
@settings(deadline=None, max_examples=80)
def test_any_order_means_the_same(text):
    """Whatever the order, comments and spellings: the meaning stays, comments stay, and once is enough."""
    folder = Path("/nowhere")
    found = formatted(text)
    assert found.untouched == ()
    before, after = (load_text(each, folder / "a.md", Workspace(folder)) for each in (text, found.text))
    assert meaning(after.spec) == meaning(before.spec)
    assert sorted(re.findall(r"# \w+ \d+", found.text)) == sorted(re.findall(r"# \w+ \d+", text))
    assert _outside_yaml(found.text) == _outside_yaml(text)
    assert found.text.count("\n") == text.count("\n")
    assert formatted(found.text).text == found.text
    errors = [each for each in after.diagnostics if each.severity is Severity.ERROR]
    assert len(errors) == len([each for each in before.diagnostics if each.severity is Severity.ERROR])


@given(seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=60)
def test_cut_and_mangled_specs_are_survived(seed):
    """A spec with lines lost, doubled and cut is formatted or left, and never another meaning is given to it."""
    rng = random.Random(seed)
    lines = RICH.split("\n")
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(lines))
        match rng.randrange(4):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[rng.randrange(len(lines))])
            case 2:
                lines[at] = lines[at][: rng.randint(0, len(lines[at]))]
            case _:
                lines[at] = " " * rng.randint(0, 4) + lines[at]
    text = "\n".join(lines)
    folder = Path("/nowhere")
    found = formatted(text)
    before, after = (load_text(each, folder / "a.md", Workspace(folder)) for each in (text, found.text))
    assert meaning(after.spec) == meaning(before.spec)
    assert formatted(found.text).text == found.text


def _outside_yaml(text):
    return re.sub(r"```yaml.*?```", "", text.partition("\n# ")[2], flags=re.DOTALL)
