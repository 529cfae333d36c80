"""Files made to hurt: each is a finding, within the work of some hundred honest specs and 300 MB."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.spec_text import FRONT_MATTER, names, read, section

HONEST = Path(__file__).parents[2] / "data" / "specs" / "payments.md"
MOST_WORK = 600
"""Honest specs of 300 lines that could be read instead. The slowest of these files is worth 250, a quadratic one thousands."""
_CHILD = """
import resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (600, 600))
from intertie.spec.loading import load
honest, most, *names = sys.argv[1:]

def spent(name, times=1):
    began = time.process_time()
    for _ in range(times):
        loaded = load(Path(name))
    return (time.process_time() - began) / times, loaded

def cost(name):
    # Calibrated in the same moment: what makes the one slow makes the other slow.
    before, _ = spent(honest, 5)
    hostile, loaded = spent(name)
    after, _ = spent(honest, 5)
    return hostile / max(before, after), loaded

for name in names:
    for attempt in range(5):  # a moment in which only one of them was slow is no work
        ratio, loaded = cost(name)
        if ratio < float(most):
            break
    print(Path(name).stem, round(ratio), ",".join(sorted({found.name for found in loaded.diagnostics})))
"""

_BOMB = "a0: &a0 [1,1,1,1,1,1,1,1,1]\n" + "\n".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)
)
_MERGES = "a0: &a0 {x: 1}\n" + "\n".join(f"a{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 20))


def _yaml(text: str) -> str:
    return FRONT_MATTER + section("Service Configuration", text)


HOSTILE = {
    "alias_bomb": (_yaml(_BOMB), "alias-expansion"),
    "merge_bomb": (_yaml(_MERGES), "alias-expansion"),
    "flow_nesting": (_yaml("service: " + "[" * 10_000), "nested-too-deep"),
    "mapping_nesting": (_yaml("service: " + "{a: " * 10_000), "nested-too-deep"),
    "sequence_nesting": (_yaml("- " * 10_000), "nested-too-deep"),
    "block_nesting": (_yaml("\n".join(" " * n + "a:" for n in range(1_800))), "nested-too-deep"),
    "front_matter_nesting": ("---\nid: " + "[" * 10_000 + "\n---\n", "nested-too-deep"),
    "ten_megabytes": (FRONT_MATTER + "a: b\n" * 2_000_000, "file-too-large"),
    "many_values": (_yaml("\n".join(f"k{n}: [a, b, c, d]" for n in range(60_000))), "file-too-large"),
    "many_lines": (FRONT_MATTER + "- **a**: b\n" * 150_000, "file-too-large"),
    "many_fences": (FRONT_MATTER + "```yaml\na: 1\n```\n" * 60_000, "file-too-large"),
    "python_tag": (_yaml("service: !!python/object/apply:os.system ['id']"), "yaml-tag"),
    "open_fences": (FRONT_MATTER + "```yaml\na: 1\n## H\n" * 5_000, "unclosed-fence"),
    "broken_lines": (_yaml("\n".join(f"k{n}: > 5" for n in range(20_000))), "yaml-syntax"),
    "many_open_fences": (FRONT_MATTER + "```yaml\n" * 200_000, "file-too-large"),
    "wide_table": (FRONT_MATTER + "| a " * 400_000 + "|\n" + "|--" * 400_000 + "|\n", "file-too-large"),
    "many_unknown_keys": (_yaml("retry:\n" + "\n".join(f"  k{n}: 1" for n in range(45_000))), "unknown-key"),
    "many_near_misses": (_yaml("retry:\n" + "\n".join(f"  max_attempts{n}: 1" for n in range(45_000))), "unknown-key"),
    "many_unknown_blocks": (_yaml("\n".join(f"retry{n}: 1" for n in range(45_000))), "unknown-key"),
    "many_wrong_choices": (
        _yaml("retry: {retry_conditions: [" + ", ".join(f"time{n}" for n in range(45_000)) + "]}"), "invalid-choice",
    ),
    "many_placeholders": (_yaml("retry: {retry_on: [" + "[status_code], " * 30_000 + "]}"), "unfilled"),
    "many_bad_rows": (_yaml("error_mapping: [" + "{external_code: 404, acton: retry}, " * 15_000 + "]"), "unknown-key"),
    "many_endpoints": (_yaml("a: 1") + "## API Endpoints\n" + "### E\n```yaml\nendpoint: {path: /a, method: GTE}\n```\n" * 3_500,
                       "repeated-endpoint"),
    "open_comment": ("<!--\n" * 100_000, "file-too-large"),
    "long_number": (_yaml("timeouts: {total: " + "9" * 100_000 + "}"), "out-of-range"),
    "quotes": (FRONT_MATTER + ">" * 10_000 + " x\n", ""),
    "lists": (FRONT_MATTER + "- " * 10_000 + "x\n", ""),
    "brackets": (FRONT_MATTER + "## Overview\n\n" + "[a" * 500_000, ""),
    "chained_schemas": (
        _yaml("components:\n  schemas:\n" + "\n".join(
            f"    S{n}: {{properties: {{n: {{$ref: '#/components/schemas/S{n + 1}'}}}}}}" for n in range(3_000))), "ref-unresolved",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, str]]:
    folder = tmp_path_factory.mktemp("hostile")
    for name, (text, _) in HOSTILE.items():
        (folder / f"{name}.md").write_text(text)
    (folder / "binary.md").write_bytes(bytes(range(256)) * 1000)
    ran = subprocess.run(
        [sys.executable, "-c", _CHILD, str(HONEST), str(MOST_WORK), *map(str, sorted(folder.glob("*.md")))],
        capture_output=True, text=True, timeout=1200, check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[3] / "src"), "PATH": ""},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    lines = [line.split(" ") for line in ran.stdout.splitlines()]
    return {name: (float(worth), found) for name, worth, found in lines}


@pytest.mark.parametrize("name", [*HOSTILE, "binary"])
def test_a_hostile_file_is_a_finding_in_little_time_and_memory(outcome: dict[str, tuple[float, str]], name: str):
    """No file makes reading crash, hang or grow: it ends with what is wrong, in 300 MB and the work of `MOST_WORK` honest specs."""
    worth, found = outcome[name]
    expected = HOSTILE[name][1] if name in HOSTILE else "not-utf8"
    assert worth < MOST_WORK
    assert expected in found.split(",")
    if expected == "file-too-large":
        assert {*found.split(",")} <= {expected, "unclosed-fence"}, (
            "what follows from a file that is not read to its end is not told"
        )


def test_deep_but_honest_nesting_is_read():
    """Thirty levels of schema are no attack."""
    loaded = read(
        section("Components", "components:\n  schemas:\n    A: " + "{properties: {a: " * 30 + "{}" + "}}" * 30)
    )
    assert names(loaded) == []


def test_the_same_anchor_may_be_used_often():
    """A few hundred uses of one small anchor are no bomb."""
    loaded = read(section("Notes", "a: &a {x: [1, 2, 3]}\n" + "\n".join(f"k{n}: *a" for n in range(300))))
    assert names(loaded) == ["unknown-section"]


def test_a_null_character_in_given_text_is_a_finding():
    """Text that comes from an editor is judged as a file is."""
    loaded = read("a\0b")
    assert (names(loaded), loaded.spec.document.sections) == (["not-utf8"], ())


def test_findings_of_one_kind_have_an_end():
    """A file with more mistakes of one kind than anybody reads says how many there are."""
    loaded = read(section("Retry Policy", "retry:\n" + "\n".join(f"  key{n}: 1" for n in range(1_500))))
    unknown = [found for found in loaded.diagnostics if found.name == "unknown-key"]
    assert len(unknown) == 1_001
    assert unknown[-1].message == "500 more findings of this kind begin here; they are not shown"
