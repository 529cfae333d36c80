"""What a hover says."""

from __future__ import annotations

import pytest

from intertie.compiler.defaults import DEFAULTS
from intertie.lsp.declarations import ROWS, Root, meaning_of
from intertie.lsp.features.effective import OPTIONS
from intertie.lsp.features.explained import EXPLAINED
from intertie.lsp.features.hover import hover
from intertie.lsp.outline import ITEM
from intertie.runtime.order import guard_of
from support.lsp_desk import Bench, draft


def said(bench: Bench, marked: str, instead_of: str | None = None) -> str:
    found = hover(*bench.on(marked, instead_of))
    return found.text if found is not None else ""


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("max_att¦empts: 4", ["retry.max_attempts", "whole number, at least 1", "`4` (line 62)", "`attempts`"]),
        ("initial_delay: 20¦0", ["bare number is in milliseconds", "`200 ms` (line 63)"]),
        ("  timeout: 1¦5", ["circuit_breaker.timeout", "in seconds", "`15 s` (line 77)"]),
        ("requests_per_min¦ute: 1000", ["`1,000 in 60 s`"]),
        ("failure_thres¦hold: 5", ["`5` (line 75)"]),
        ("alert_¦at: 80%", ["percentage", "`80 %`"]),
        ("strategy: token_¦bucket", ["one of `fixed_window`", "`token_bucket` (line"]),
        ("cache_¦ttl: 300", ["no use for it as the spec stands"]),
        ("base_¦url: https", ["`http://127.0.0.1:8420`", "(line 27)"]),
        ("p9¦5: < 600", ["95th percentile"]),
        ("sec¦ret: env:", ["never the secret itself", "vault:path#field", "`env:STRIPE_API_KEY` (line 37)"]),
        ("transform: upper¦case", ["text → text", "`lowercase` undoes it"]),
        ("minor_units_to_de¦cimal(currency)\n    required", ["minor_units_to_decimal(", "→"]),
        ("sta¦tus: approved", ["one of `draft`"]),
        ("- **Proto¦col**: REST", ["one of `REST`"]),
        ("related: [DATA-0¦04]", ["specs/orders-data.md", "Order payment"]),
        ("/test-cases/TC-¦001.yaml", ["charge-succeeds", "billed once"]),
        ("### Create Ch¦arge", ["POST /v1/charges", "at most 10 s, 4 attempts", "idempotency key"]),
        ("schemas/Cha¦rge'", ['"required"', '"succeeded"']),
        ("    Cha¦rge:\n", ['"billing_details"']),
        ("re¦try:\n", ["When and how a call is tried again"]),
        ("amount: {ty¦pe: integer, min", ["Kind of the value"]),
    ],
)  # fmt: skip
def test_a_hover_says_what_it_is_and_what_it_comes_to(bench: Bench, marked: str, words: list[str]) -> None:
    """The declaration's words, the allowed values, the unit, and the plan's value with its source."""
    text = said(bench, marked)
    assert all(word in text for word in words), text


def test_a_default_says_why(bench: Bench) -> None:
    """A key that is being typed already tells the value that holds without it, and the reason of that."""
    text = said(bench, "jitter: true\n  multip¦lier:", "jitter: true")
    assert "`2.0` (the default: doubles the wait for each try)" in text


def test_configuration_is_a_source(bench: Bench) -> None:
    """What intertie.toml sets is told as such."""
    (bench.root / "intertie.toml").write_text('environment = "development"\n[defaults.retry]\nmultiplier = 3\n')
    assert "`3.0` (the workspace's configuration)" in said(bench, "jitter: true\n  multip¦lier:", "jitter: true")


def test_an_endpoints_own_value_is_told_in_it(bench: Bench) -> None:
    """Statuses of success are those of the endpoint under the cursor, not of the first one."""
    text = bench.payments.replace("status: 200", "status: 201", 1)
    before, after = text.rsplit("    status: 200", 1)
    page, line, column = bench.at(f"{before}    sta¦tus: 200{after}")
    found = hover(page, line, column)
    assert found is not None
    assert f"`200` (line {line})" in found.text


def test_no_plan_is_said(bench: Bench) -> None:
    """Where an error prevents a plan, the field is still explained."""
    text = bench.payments.replace("path: /v1/charges\n", "path: 'http://evil/'\n", 1)
    found = hover(*bench.at(text.replace("max_attempts", "max_¦attempts", 1)))
    assert found is not None
    assert "Tries, the first included" in found.text
    assert "no plan" in found.text


def test_a_literal_secret_is_not_repeated(bench: Bench) -> None:
    """A credential that somebody wrote where a reference belongs is in no hover."""
    literal = "sk_" + "live_0123456789abcdef"
    for marked in (f"sec¦ret: {literal}", f"secret: {literal[:9]}¦{literal[9:]}"):
        text = said(bench, marked, "secret: env:STRIPE_API_KEY")
        assert literal not in text
        assert "reference" in text


def test_elsewhere_nothing_is_said(bench: Bench) -> None:
    """Prose, unknown keys, comments and other documents get no hover."""
    assert said(bench, "Takes card pay¦ments") == ""
    assert said(bench, "jitter: true\n  nonsen¦se: 1", "jitter: true") == ""
    assert said(bench, "# ours: s¦ent as") == ""
    assert hover(*bench.at("# Notes\n\nno¦thing\n", "README.md")) is None
    assert hover(*bench.at(draft("```json\n{¦}\n```\n"))) is None


def test_every_option_is_a_field_and_a_stage() -> None:
    """The table from fields to the plan names declared fields and stages that exist; defaults have the same names."""
    for name, (stage, options) in OPTIONS.items():
        in_spec = meaning_of(Root.SPEC, name.split("."))
        in_endpoint = meaning_of(Root.ENDPOINT, name.split("."))
        found = in_spec or in_endpoint
        assert found is not None, name
        assert found.name == name
        assert guard_of(stage)
        assert options
    assert {"retry.multiplier", "timeouts.total", "circuit_breaker.scope"} <= set(DEFAULTS)


def test_every_explanation_is_of_a_field() -> None:
    """What is explained is declared under that name; an endpoint's fields are found below its heading."""
    for name in EXPLAINED:
        path = name.split(".")
        rows = [path[0], ITEM, *path[1:]] if path[0] in ROWS else path
        items = [step for each in path for step in ((each, ITEM) if each in {"headers", "tiers"} else (each,))]
        roots = (Root.SPEC, Root.ENDPOINT, Root.FRONT_MATTER)
        found = [meaning_of(root, steps) for root in roots for steps in (rows, items)]
        assert any(each is not None and each.info is not None and each.name == name for each in found), name


def test_a_hover_says_what_a_field_does_when_calls_are_made(bench: Bench) -> None:
    """Beyond the declaration's words stands what follows from it; keywords of a schema are explained too."""
    page, line, column = bench.on("  back¦off: exponential")
    found = hover(page, line, column)
    assert found is not None
    assert "How the wait grows. From 200 ms, `exponential` waits 200, 400, 800" in found.text
    assert "In the plan: `exponential` (line 65)" in found.text
    page, line, column = bench.on("      prop¦erties:")
    found = hover(page, line, column)
    assert found is not None
    assert "Schema of each member, by name." in found.text


def test_a_missing_plan_is_told_only_where_there_would_be_a_value(bench: Bench) -> None:
    """With an error in the spec, a field that the plan has says that there is none; a description says nothing of it."""
    text = bench.payments.replace("base_url: https://api.stripe.com", "base_url: 5").replace("http://127", "x://127")
    for marked, told in (("  back¦off: exponential", True), ("  descr¦iption: Charges a card once.", False)):
        assert marked.replace("¦", "") in text
        page, line, column = bench.at(text.replace(marked.replace("¦", ""), marked, 1))
        found = hover(page, line, column)
        assert page.plan is None
        assert found is not None
        assert ("There is no plan" in found.text) is told
