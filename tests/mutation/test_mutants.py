"""The tool behind `make mutants`, on a project of a few lines; and its table, on the real one."""

from __future__ import annotations

import pytest

from mutation import mutants
from support.code_mutants import mutants_of
from support.mutant_runs import Limits, Project, Tree

MODULE = '''\
def fits(used: int, limit: int) -> bool:
    """Say whether one more may go."""
    return used < limit


def opposite(value: int) -> int:
    return -value
'''
TESTS = """\
from toy.limits import fits, opposite


def test_fits():
    assert [fits(used, 2) for used in range(4)] == [True, True, False, False]


def test_opposite():
    assert opposite(0) == 0
"""
UNTESTED = """\
[[explained]]
file = "limits.py"
in = "opposite"
why = "The toy's signs are of no consequence."
changes = [["return -value", "return (value)"]]
"""


@pytest.fixture
def toy(tmp_path):
    root = tmp_path / "project"
    (root / "src/toy").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "src/toy/__init__.py").touch()
    (root / "src/toy/limits.py").write_text(MODULE)
    (root / "tests/test_limits.py").write_text(TESTS)
    return Project(root, "src/toy", {"limits.py": (("tests/test_limits.py",),)})


def run(toy, *options: str) -> int:
    kept = {"explained": toy.root / "survivors.toml", "results": toy.root / "results.jsonl"}
    return mutants.main(["--jobs", "1", *options], project=toy, **kept)


def test_a_mutant_is_killed_or_survives_until_it_is_explained(toy, capsys):
    """What tests notice is killed, what they don't is shown; the tree stays as it is, and nothing runs twice."""
    assert run(toy) == 1
    told = capsys.readouterr().out
    assert "3 mutants: 2 killed (0 of them ran out of time), 0 explained in survivors.toml, 1 survive" in told
    assert "killed by tests/test_limits.py::test_fits" in told
    assert "limits.py:7, in opposite\n    was  return -value\n    now  return (value)" in told
    assert (toy.root / "src/toy/limits.py").read_text() == MODULE
    assert not list((toy.root / "src").rglob("*.pyc"))

    assert run(toy) == 1
    assert "of which 0 run now" in capsys.readouterr().out

    (toy.root / "survivors.toml").write_text(UNTESTED)
    assert run(toy) == 0
    assert "2 killed (0 of them ran out of time), 1 explained in survivors.toml, 0 survive" in capsys.readouterr().out

    (toy.root / "survivors.toml").write_text(UNTESTED.replace("(value)", "value"))
    assert run(toy) == 1
    told = capsys.readouterr().out
    assert "survivors.toml explains what is no mutant any more: limits.py, in opposite" in told
    assert "1 survive" in told

    # What was killed stays so while its module is the same; what survived runs again once the tests are others.
    (toy.root / "survivors.toml").unlink()
    (toy.root / "tests/test_limits.py").write_text(TESTS + "    assert opposite(1) == -1\n")
    assert run(toy) == 0
    told = capsys.readouterr().out
    assert "of which 1 run now" in told
    assert "0 survive" in told


def test_what_survives_quickly_is_judged_by_all_its_tests_later(toy, capsys):
    """With `--quick` only the first two steps run; what they let through is open, and no more than that."""
    (toy.root / "tests/test_signs.py").write_text(
        "from toy.limits import opposite\n\n\ndef test_sign():\n    assert opposite(1) == -1\n"
    )
    first = ("tests/test_limits.py",)
    toy = Project(toy.root, toy.package, {"limits.py": (first, (*first, "-k", "fits"), ("tests/test_signs.py",))})
    assert run(toy, "--quick") == 1
    assert "1 survive" in capsys.readouterr().out
    assert run(toy, "--quick") == 1
    assert "of which 0 run now" in capsys.readouterr().out
    assert run(toy) == 0
    told = capsys.readouterr().out
    assert "of which 1 run now" in told
    assert "0 survive" in told
    assert run(toy, "--quick") == 0
    assert "of which 0 run now" in capsys.readouterr().out


def test_what_other_tests_say_now_changes_nothing(toy, capsys):
    """A survivor runs again when a test of its own module changes, or what tests share, and the baseline with it."""
    (toy.root / "tests/test_others.py").touch()
    assert run(toy) == 1
    capsys.readouterr()

    (toy.root / "tests/test_others.py").write_text("def test_nothing(): pass\n")
    assert run(toy) == 1
    assert "of which 0 run now" in capsys.readouterr().out

    for changed in ("test_limits.py", "conftest.py"):
        with (toy.root / "tests" / changed).open("a") as file:
            file.write("# More.\n")
        assert run(toy) == 1
        told = capsys.readouterr().out
        assert "of which 1 run now" in told
        assert " s  tests/test_limits.py\n" in told


def test_a_mutant_that_hangs_is_noticed_by_the_test_that_it_hangs_in(toy):
    """One test that takes far longer than any took before ends the run, however long all of them may take."""
    (toy.root / "tests/test_limits.py").write_text(
        "import threading\n\n\ndef test_hangs():\n    threading.Event().wait()\n"
    )
    tree = Tree(toy, toy.root.parent / "copy", toy.root)
    try:
        assert tree.pytest(("tests/test_limits.py",), Limits(cpu_s=1000, wall_s=1000, each_s=1)) == "time"
    finally:
        tree.end()


def test_nothing_is_mutated_where_the_tests_fail_by_themselves(toy, capsys):
    """A suite that fails anyway would kill every mutant."""
    (toy.root / "tests/test_limits.py").write_text(TESTS.replace("== 0", "== 1"))
    assert run(toy) == 2
    assert "tests/test_limits.py fails without any mutant" in capsys.readouterr().out


def test_a_seed_names_its_sample(toy):
    """The same seed gives the same mutants whatever else is asked for, another seed others."""
    every = {module: mutants_of(module, toy.source(module)) for module in toy.modules()}

    def sampled(*options: str) -> list[str]:
        return [mutant.key for mutant in mutants._sample(every, toy, mutants._options(options))]

    assert sampled("--sample", "2") == sampled()[:2]
    assert sampled("--seed", "2") != sampled()
    assert sorted(sampled("--seed", "2")) == sorted(sampled())
    assert sampled("--only", "src/toy/limits.py") == sampled()
    assert sampled("--only", "other") == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("if a < b:\n    f()", {"if (a <= b):", "if (a >= b):", "pass"}),
        ("x = not a", {"x = (a)"}),
        ("if f(a):\n    g(a)", {"if not (f(a)):", "pass"}),
        (
            "def f(a):\n    if a:\n        return 1\n    g()",
            {"if not (a):", "if False:", "return 2", "return 0", "pass"},
        ),
        ("x = a and b and c", {"x = (a or b or c)", "x = (b and c)", "x = (a and c)", "x = (a and b)"}),
        ("x = a + 1.5", {"x = (a - 1.5)", "x = a + 3.0", "x = a + 0.0"}),
        ("x = 'a' + b", set()),
        ("def f(wait=True):\n    '''Say 1 < 2.'''", {"def f(wait=False):"}),
        ("x = min(a, b)", {"x = max(a, b)"}),
        ("f(a, fresh=b)", {"pass", "f(a)"}),
        ("def f(self):\n    self.a += 1\n    b = self.a", {"pass", "self.a -= 1", "self.a += 2", "self.a += 0"}),
        ("def f():\n    a = 0\n    a = g()", {"a = 1", "a = (-1)", "pass"}),
        ("x: dict[str, int] = {}", set()),
        ("A = TypeVar('A', bound=B, covariant=True)", set()),
        ("while a:\n    break", {"while not (a):", "continue"}),
        ("x = [a for a in b if a]", {"x = [a for a in b if not (a)]"}),
        ("if a:\n    msg = f'{a}; please report this'\n    raise TypeError(msg)", set()),
        ("class A(Struct, frozen=True):\n    a: int = 1", {"a: int = 2", "a: int = 0"}),
    ],
)
def test_what_a_line_becomes(source, expected):
    """Each kind of change, and what is left alone."""
    found = [mutant for mutant in mutants_of("m.py", source.encode()) if mutant.applied(source.encode()) is not None]
    assert {mutant.now for mutant in found} == expected


def test_the_table_names_tests_that_exist_and_modules_that_have_some():
    """What is mutated is there, and so are its tests."""
    project = mutants.INTERTIE
    for prefix, steps in project.covering.items():
        assert (project.root / project.package / prefix).exists(), prefix
        assert [
            path for step in steps for path in step if path.startswith("tests") and not (project.root / path).exists()
        ] == [], prefix


def test_every_explanation_fits_a_mutant_and_says_why():
    """A list of excuses that nobody reads any more is none."""
    project = mutants.INTERTIE
    known = {mutant.told for module in project.modules() for mutant in mutants_of(module, project.source(module))}
    reasons = mutants._reasons(mutants.EXPLAINED)
    assert [told for told in reasons if told not in known] == []
    assert [told for told, why in reasons.items() if len(why) < 20] == []
