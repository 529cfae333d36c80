"""Which proxy a plan names, and whose word that is."""

import pytest

from intertie.compiler import Settings, compile_spec
from intertie.compiler.no_proxy import covering, entries_of
from intertie.runtime.plan import ProxyOptions
from support.spec_text import NOWHERE, read, section

SERVICE = "service: {{name: test, environments: {{development: '{url}'}}}}\nauthentication: {{type: none}}\n"
CORPORATE = "http://proxy.example:3128"


def plan_of(proxy="", *, url="https://api.example/v1", **environ):
    """Return the plan of a spec under these variables."""
    loaded = read(section("Service Configuration", SERVICE.format(url=url) + proxy))
    compiled = compile_spec(loaded.spec, settings=Settings(NOWHERE, environ=environ))
    assert compiled.plan is not None, compiled.diagnostics
    return compiled.plan


def found_in(proxy):
    """Return what is found in a spec with this block."""
    loaded = read(section("Service Configuration", SERVICE.format(url="https://api.example") + proxy))
    return [*loaded.diagnostics, *compile_spec(loaded.spec, settings=Settings(NOWHERE)).diagnostics]


def test_the_spec_names_its_proxy():
    """With its references, whatever the variables say; the source is its line."""
    plan = plan_of(
        f"proxy: {{url: {CORPORATE}, username: 'env:U', password: 'file:/run/p'}}",
        HTTPS_PROXY="http://other:1",
        NO_PROXY="*",
    )
    assert plan.proxy == ProxyOptions("proxy.example", 3128, "env:U", "file:/run/p")
    assert plan.sources["proxy"].startswith("specs/test.md:")


@pytest.mark.parametrize(
    ("url", "environ", "expected"),
    [
        ("https://api.example", {"HTTPS_PROXY": CORPORATE}, "HTTPS_PROXY"),
        ("https://api.example", {"HTTPS_PROXY": "http://other:1", "https_proxy": CORPORATE}, "https_proxy"),
        ("https://api.example", {"HTTPS_PROXY": CORPORATE, "https_proxy": ""}, None),
        ("https://api.example", {"HTTP_PROXY": CORPORATE, "ALL_PROXY": CORPORATE}, None),
        ("https://api.example", {"HTTPS_PROXY": "proxy.example:3128/"}, "HTTPS_PROXY"),
        ("http://api.example", {"HTTP_PROXY": CORPORATE}, "HTTP_PROXY"),
        ("http://api.example", {"HTTP_PROXY": CORPORATE, "REQUEST_METHOD": "GET"}, None),
        ("http://api.example", {"http_proxy": CORPORATE, "REQUEST_METHOD": "GET"}, "http_proxy"),
        ("https://api.example", {"HTTPS_PROXY": CORPORATE, "NO_PROXY": ".example"}, None),
        ("https://api.example", {"HTTPS_PROXY": CORPORATE, "NO_PROXY": "*", "no_proxy": "x"}, "HTTPS_PROXY"),
        ("http://127.0.0.1:8420", {"HTTP_PROXY": CORPORATE}, None),
        ("http://localhost", {"HTTP_PROXY": CORPORATE}, None),
        ("http://[::1]:80", {"HTTP_PROXY": "http://127.0.0.1:9"}, None),
    ],
)
def test_the_variables_name_it_otherwise(url, environ, expected):
    """By the target's scheme, lower case first, never for this machine."""
    plan = plan_of(url=url, **environ)
    if expected is None:
        assert plan.proxy is None
    else:
        assert plan.proxy == ProxyOptions("proxy.example", 3128)
        assert plan.sources["proxy"] == expected


def test_a_credential_in_a_variable_stays_there():
    """The plan holds references to the parts of the URL, and no text of it."""
    plan = plan_of(HTTPS_PROXY="http://me:s3c%40ret@proxy.example:3128")
    assert plan.proxy == ProxyOptions("proxy.example", 3128, "env:HTTPS_PROXY#username", "env:HTTPS_PROXY#password")
    assert "s3c" not in repr(plan)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("socks5://proxy:1080", "SOCKS"),
        ("https://proxy:443", "plain HTTP"),
        ("ftp://proxy", "`ftp` is not a kind of proxy"),
        ("http://", "can't be read"),
        ("http://me:pass/word@proxy:1", "can't be read"),
        ("http://proxy:0", "can't be read"),
        ("http://proxy:99999", "can't be read"),
        ("http://[::1", "can't be read"),
        ("http://a b", "can't be read"),
        ("http://proxy\x1b[31m", "can't be read"),
        ("http://proxy/path", "path, query or fragment"),
        ("x" * 5000, "can't be read"),
    ],
)
def test_a_variable_that_can_not_be_used_is_a_fault_and_no_finding(text, words):
    """It is no error of the spec, and going past the proxy would be one of ours: the plan says so, opening refuses."""
    plan = plan_of(HTTPS_PROXY=text)
    assert plan.proxy.fault.startswith("the proxy of the variable HTTPS_PROXY can't be used: ")
    assert words in plan.proxy.fault
    assert "word" not in plan.proxy.fault
    assert plan.proxy.fault.isprintable()


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("proxy: {url: 'socks5://proxy:1080'}", "SOCKS"),
        ("proxy: {url: 'http://me:s3cret@proxy:1'}", "contains a user or a password (not shown here)"),
        ("proxy: {username: 'env:U'}", "no `url`"),
    ],
)
def test_a_block_that_can_not_be_used_is_an_error_of_the_spec(block, words):
    """One finding at its place, without a word of a credential."""
    finding = next(each for each in found_in(block) if each.name == "invalid-proxy")
    assert words in finding.message
    assert "s3cret" not in finding.message


def test_a_literal_password_is_an_error_that_never_shows_it():
    """References only, as everywhere."""
    names = {each.name: each.message for each in found_in(f"proxy: {{url: {CORPORATE}, password: hunter2}}")}
    assert "literal-secret" in names
    assert "hunter2" not in "".join(names.values())


def test_no_proxy_of_the_spec_is_added_to_the_variables():
    """Without a URL of its own the block still names hosts that are called directly."""
    plan = plan_of("proxy: {no_proxy: [api.example]}", HTTPS_PROXY=CORPORATE, NO_PROXY="other")
    assert plan.proxy is None
    assert plan.sources["proxy"].startswith("specs/test.md:")
    assert plan_of("proxy: {no_proxy: [x]}", HTTPS_PROXY=CORPORATE).proxy is not None
    assert plan_of(f"proxy: {{url: {CORPORATE}, no_proxy: ['*.example']}}").proxy is None


def test_this_machine_is_called_directly_unless_the_proxy_is_here_too():
    """A mock is not looked for on the proxy's own machine; a local recorder sees what goes to the mock."""
    here = "http://127.0.0.1:8420"
    assert plan_of(f"proxy: {{url: {CORPORATE}}}", url=here).proxy is None
    assert plan_of("proxy: {url: 'http://localhost:8080'}", url=here).proxy == ProxyOptions("localhost", 8080)


@pytest.mark.parametrize(
    ("entry", "covered", "not_covered"),
    [
        ("*", ["a.example", "10.0.0.1"], []),
        ("example.com", ["example.com", "api.example.com", "API.Example.COM."], ["notexample.com", "example.org"]),
        (".example.com", ["example.com", "api.example.com"], ["xexample.com"]),
        ("*.example.com", ["api.example.com", "example.com"], ["example.org"]),
        ("api.example.com:8443", [], ["api.example.com"]),
        ("api.example.com:443", ["api.example.com"], []),
        ("10.0.0.1", ["10.0.0.1"], ["10.0.0.11", "110.0.0.1"]),
        ("10.0.0.1:443", ["10.0.0.1"], []),
        ("10.0.0.1:80", [], ["10.0.0.1"]),
        ("10.0.0.0/8", ["10.9.8.7"], ["11.0.0.1", "10.example.com"]),
        ("10.1.2.3/8", ["10.9.8.7"], []),
        ("fd00::/8", ["fd12::1"], ["fe80::1", "10.0.0.1"]),
        ("fd00::1", ["fd00::1", "fd00:0::1"], ["fd00::2"]),
        ("[fd00::1]", ["fd00::1"], []),
        ("[fd00::1]:443", ["fd00::1"], []),
        ("[fd00::1]:80", [], ["fd00::1"]),
        ("0.1", [], ["10.0.0.1"]),
        (".", [], ["example.com"]),
        ("*.", [], ["example.com"]),
        ("", [], ["example.com"]),
        ("a:b:c", [], ["a"]),
        ("example.com:", ["example.com"], []),
        ("example.com:99999999999", ["example.com"], []),
    ],
)
def test_entries_of_no_proxy(entry, covered, not_covered):
    """Names cover what is under them, addresses themselves, networks what is in them."""
    assert [host for host in covered if covering(host, 443, (entry,)) is None] == []
    assert [host for host in not_covered if covering(host, 443, (entry,)) is not None] == []


def test_a_hostile_no_proxy_is_read_in_a_line():
    """Whatever it holds, an entry is looked at once."""
    entries = entries_of(", ".join(["a:" * 50, "[" * 500, "1" * 5000, "\x00", "/" * 100] * 200))
    assert covering("api.example", 443, entries) is None
