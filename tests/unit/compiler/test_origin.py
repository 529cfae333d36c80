from __future__ import annotations

from pathlib import Path

import pytest

from intertie.compiler import Settings
from intertie.core.errors import UsageError
from intertie.runtime.state_key import StateKey
from support.spec_builder import compiled, findings_of, plan_of, spec

SERVICE = {
    "name": "made",
    "base_url": "https://api.made.example/v1/",
    "environments": {"development": "http://127.0.0.1:8420", "production": "https://api.made.example/v1"},
}


def test_development_is_chosen_where_it_is_declared():
    """Without a choice, calls go to development."""
    plan = plan_of(service=SERVICE)
    assert (plan.environment, plan.origin.url) == ("development", "http://127.0.0.1:8420")


def test_base_url_is_the_environment_default():
    """Without a choice and without development, calls go to `base_url`, and the trailing slash is gone."""
    plan = plan_of(service={"name": "made", "base_url": "https://api.made.example/v1/"})
    assert (plan.environment, plan.origin.url) == ("default", "https://api.made.example/v1")
    assert plan.key == StateKey("made", "default")


def test_the_argument_wins_over_the_configuration():
    """The caller's environment is taken before the configured one, and the source says so."""
    settings = Settings(Path("/nowhere"), environment="development")
    plan = compiled(spec(service=SERVICE), settings=settings, environment="production").plan
    assert (plan.environment, plan.sources["environment"]) == ("production", "argument")
    plan = compiled(spec(service=SERVICE), settings=settings).plan
    assert (plan.environment, plan.sources["environment"]) == ("development", "config")


def test_an_unknown_environment_names_the_choices():
    """The caller's slip is wrong usage with a guess; the configuration's is a finding."""
    with pytest.raises(UsageError, match="did you mean `production`"):
        compiled(spec(service=SERVICE), environment="prodution")
    settings = Settings(Path("/nowhere"), environment="moon")
    result = compiled(spec(service=SERVICE), settings=settings)
    assert result.plan is None
    assert "development, production" in result.diagnostics[0].message


def test_a_configured_environment_meets_a_spec_without_any():
    """A workspace-wide choice does not stop a spec that has one URL only; the plan says so."""
    result = compiled(spec(), settings=Settings(Path("/nowhere"), environment="development"))
    assert result.plan.environment == "development"
    assert "declares no environments" in result.plan.warnings[0]


def test_sandbox_url_declares_the_sandbox():
    """The tests' sandbox is an environment, unless the spec declares another of that name."""
    testing = {"integration_tests": {"sandbox_url": "https://sandbox.made.example"}}
    plan = compiled(spec(service=SERVICE, testing=testing), environment="sandbox").plan
    assert plan.origin.url == "https://sandbox.made.example"


def test_base_url_argument_wins_and_keeps_the_environment():
    """`--base-url` moves the calls, not the name of the state."""
    plan = compiled(spec(service=SERVICE), base_url="http://127.0.0.1:9/x").plan
    assert (plan.origin.url, plan.environment, plan.sources["base_url"]) == (
        "http://127.0.0.1:9/x",
        "development",
        "argument",
    )


@pytest.mark.parametrize(
    "url",
    [
        "ftp://files.example",
        "api.example",
        "https://",
        "https://user:secret@api.example",
        "https://api.example?x=1",
        "https://api.example:99999",
        "https://api.example/a/../b",
        "https://api.example/a%2fb",
        "https://exa mple",
        "https://[::1",
    ],
)
def test_urls_that_cannot_be_used_are_findings(url):
    """A base URL that can't be called is one error, and a password in it is not shown."""
    result = compiled(spec(service={"base_url": url}))
    assert result.plan is None
    assert [finding.name for finding in result.diagnostics] == ["invalid-base-url"]
    assert "secret" not in result.diagnostics[0].message


def test_a_bad_base_url_argument_is_wrong_usage():
    """What the caller typed is the caller's mistake."""
    with pytest.raises(UsageError, match="base URL"):
        compiled(spec(), base_url="nonsense")


LOOPBACK = "http://127.0.0.1:8420"


@pytest.mark.parametrize(
    ("environment", "base_url", "configured", "origin"),
    [
        ("production", None, None, ""),
        ("production", "https://api.made.example/v1/", None, ""),
        ("production", "https://API.made.example:443/v1", None, ""),
        ("production", None, "https://api.made.example/v1", ""),
        ("production", "https://api.made.example/v2", None, "https://api.made.example:443"),
        ("production", "https://proxy.example", None, "https://proxy.example:443"),
        ("production", None, "https://proxy.example:8443/x", "https://proxy.example:8443"),
        ("production", LOOPBACK, None, LOOPBACK),
        ("production", "http://[::1]:8420", None, "http://[::1]:8420"),
        ("production", "http://[0:0:0:0:0:0:0:1]:8420", None, "http://[::1]:8420"),
        ("production", "HTTP://LOCALHOST.:80/", None, "http://localhost:80"),
        ("production", "http://[::ffff:127.0.0.1]:8420", None, LOOPBACK),
        ("production", "http://0.0.0.0:8420", None, "http://0.0.0.0:8420"),
        ("development", None, None, LOOPBACK),
        ("development", LOOPBACK, None, LOOPBACK),
        ("development", "https://api.made.example/v1", None, "https://api.made.example:443"),
        ("default", None, None, ""),
    ],
)
def test_state_is_kept_under_the_origin_unless_it_is_the_specs_own(environment, base_url, configured, origin):
    """Empty for what the spec says of the environment; filled for loopback, and where a URL was given by hand."""
    settings = Settings(Path("/nowhere"), base_url=configured)
    plan = compiled(spec(service=SERVICE), settings=settings, environment=environment, base_url=base_url).plan
    assert plan.key == StateKey("made", environment, origin)


def test_the_cache_always_knows_its_origin():
    """A vendor's new host goes on with the month and the limit, and with no answer of the old one."""
    plan = plan_of(service={"name": "made", "base_url": "https://api.made.example/v1"})
    moved = plan_of(service={"name": "made", "base_url": "https://api2.made.example/v1"})
    assert plan.key == moved.key == StateKey("made", "default")
    assert [each.cache_key.origin for each in (plan, moved)] == [
        "https://api.made.example:443",
        "https://api2.made.example:443",
    ]


def test_a_url_with_variables_is_the_specs_own():
    """What a variable of the environment says is still said by the spec; a URL by hand is compared with it."""
    made = spec(service={"name": "made", "base_url": "${API_URL}/v2"})
    known = Settings(Path("/nowhere"), environ={"API_URL": "https://api.made.example"})
    assert compiled(made, settings=known).plan.key.origin == ""
    assert compiled(made, settings=known, base_url="https://api.made.example/v2").plan.key.origin == ""
    unset = compiled(made, base_url="https://api.made.example/v2")
    assert (unset.plan.key.origin, unset.diagnostics) == ("https://api.made.example:443", ())


def test_no_url_at_all_is_an_error():
    """A spec that says nowhere where the service is has no plan."""
    assert findings_of(service={"name": "made"}) == ["no-base-url"]


def test_variables_in_urls_are_read_from_the_configuration():
    """`${NAME}` comes from the environment's variables, with a fallback where one is written."""
    made = spec(service={"base_url": "${API_URL}/v2"})
    settings = Settings(Path("/nowhere"), environ={"API_URL": "https://api.made.example"})
    assert compiled(made, settings=settings).plan.origin.url == "https://api.made.example/v2"
    assert [finding.name for finding in compiled(made).diagnostics] == ["unset-variable"]
    otherwise = spec(service={"base_url": "${API_URL:-https://other.example}"})
    assert compiled(otherwise).plan.origin.host == "other.example"


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"])
def test_every_spelling_of_this_machine_is_loopback(host):
    """A mock under another spelling of loopback has state of its own, in a spec that has this URL itself too."""
    made = spec(service={"name": "made", "base_url": f"http://{host}:8420"})
    plan = compiled(made, environment="default").plan
    assert plan is not None
    assert plan.key.origin.startswith("http://")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1\t.evil.example",
        "http://a.example/\x1b[31m",
        "http://a..example",
        f"http://{'a' * 64}.example",
        f"http://{'a.' * 200}example",
        "http://[v1.a]/",
        "http://[::1]x/",
        "http://[::1::2]/",
    ],
)
def test_a_url_that_nobody_can_call_is_refused(url):
    """Tabs, escapes, empty and endless labels: each is an answer on one line, and no exception of a resolver later."""
    with pytest.raises(UsageError, match="base URL") as refused:
        compiled(spec(), base_url=url)
    assert str(refused.value).isprintable()


def test_plain_http_is_refused_outside_development_and_loopback():
    """Unencrypted calls to another machine need development; a URL given by hand is a warning only."""
    service = {"environments": {"production": "http://api.made.example", "development": "http://dev.made.example"}}
    made = spec(service=service)
    assert compiled(made, environment="production").plan is None
    developing = compiled(made)
    assert developing.plan is not None
    assert [(finding.name, finding.severity.value) for finding in developing.diagnostics] == [("plain-http", "warning")]
    by_hand = compiled(made, environment="production", base_url="http://10.0.0.1:8080")
    assert by_hand.plan is not None


def test_ipv6_and_ports_are_kept():
    """A literal IPv6 host and a port come through to the origin."""
    plan = plan_of(service={"base_url": "http://[::1]:8080/a"})
    assert (plan.origin.host, plan.origin.port, plan.origin.url) == ("::1", 8080, "http://[::1]:8080/a")
