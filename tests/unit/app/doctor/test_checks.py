"""The single checks, over what they are given."""

from __future__ import annotations

import datetime as dt
import os

import pytest
import trustme
from msgspec.structs import replace

from intertie.adapters.certificates import Validity
from intertie.app.doctor import state
from intertie.app.doctor.check import Check, Level, from_error
from intertie.app.doctor.network import Session, check_connection, check_proxy
from intertie.app.doctor.secrets import Named, check_secret, references
from intertie.app.doctor.state import check_folder, check_state, file_system_of
from intertie.app.doctor.surroundings import check_clock, check_extras, check_libraries
from intertie.app.doctor.trust import DAY_S, check_client_certificate, check_system, check_trust, judged
from intertie.core.errors import ConnectError, CredentialMissing, DeadlineExceeded, TokenRefused, UsageError
from intertie.runtime.plan import Origin, ProxyOptions, TlsOptions
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.wires.rest.plan import HeaderPlan
from intertie.testing import make_plan
from intertie.testing.linking import StaticSecrets
from support.changing import changed
from support.spec_text import section, spec_of

NOW_S = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC).timestamp()
REMOTE = Origin("https", "api.example", 443, "")


def plan_for(**fields):
    return replace(make_plan(), origin=REMOTE, **fields)


# Secrets.


def test_every_reference_of_a_plan_is_found_once():
    """Authentication, the key of a certificate, the proxy, and variables in headers."""
    plan = plan_for(
        auth=AuthOptions("basic", username="env:USER", password="env:PASS"),
        tls=TlsOptions(certificate_file="/c.pem", client_key="file:/k.pem"),
        proxy=ProxyOptions("proxy", 3128, "env:USER", "env:PROXY_PASS"),
    )
    operation = next(iter(plan.operations.values()))
    header = HeaderPlan("X-Account", "acct-{env:ACCOUNT}", required=True)
    plan = replace(plan, operations={operation.id: changed(operation, headers=(header,))})
    found = {named.reference: named for named in references(plan)}
    assert set(found) == {"env:USER", "env:PASS", "file:/k.pem", "env:PROXY_PASS", "env:ACCOUNT"}
    assert [name for name, named in found.items() if named.lines] == ["file:/k.pem"]
    assert found["env:USER"].purpose == "authentication"
    assert found["env:ACCOUNT"].purpose == "the header X-Account"


def test_a_secret_that_is_missing_has_its_fix_and_one_that_is_there_no_text():
    """Problem or, where calls do without, warning; the text never appears."""
    secrets = StaticSecrets({"env:A": "s3cret"})
    there = check_secret(Named("env:A", "authentication"), secrets)
    assert (there.level, there.fix) == (Level.OK, None)
    assert "s3cret" not in repr(there)
    missing = check_secret(Named("env:B", "the sandbox", needed=False), secrets)
    assert missing == Check("secret", Level.WARNING, "env:B is not set (for the sandbox)", "set the credential")


def test_our_messages_carry_their_own_advice():
    """What stands after the last semicolon is the fix, unless it is a question."""
    told = from_error("x", UsageError("a (b; c) is wrong; do d"), otherwise="e")
    assert (told.what, told.fix) == ("a (b; c) is wrong", "do d")
    asked = from_error("x", UsageError("a is wrong; is b right?"), otherwise="e")
    assert (asked.what, asked.fix) == ("a is wrong", "e")
    assert from_error("x", UsageError("a is wrong"), otherwise="e").what == "a is wrong"


# Certificates.


@pytest.mark.parametrize(
    ("begins", "ends", "level", "words"),
    [
        (-10, 400, Level.OK, "valid for 400 days"),
        (-10, 13.5, Level.WARNING, "valid for only 13 days"),
        (-10, 0.5, Level.WARNING, "less than a day"),
        (-10, -1.5, Level.PROBLEM, "expired 1 day ago"),
        (2, 400, Level.PROBLEM, "is not valid yet, for 2 days"),
    ],
)
def test_what_dates_mean(begins, ends, level, words):
    """Two weeks are a warning; a wrong clock is thought of on both ends."""
    check = judged("trust", "it", [Validity(NOW_S + begins * DAY_S, NOW_S + ends * DAY_S)], NOW_S, "renew it")
    assert check.level is level
    assert words in check.what
    assert (check.fix is None) is (level is Level.OK)
    if level is Level.PROBLEM:
        assert "clock" in check.fix


def test_authorities_and_our_certificate_are_looked_at(tmp_path):
    """Files that are there and valid, missing, wrong, expired, or without their key."""
    authority = trustme.CA()
    good, expired = tmp_path / "ca.pem", tmp_path / "me.pem"
    authority.cert_pem.write_to_path(good)
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    ours = authority.issue_cert("me", not_before=past, not_after=past + dt.timedelta(days=9))
    ours.private_key_and_cert_chain_pem.write_to_path(expired)
    (check,) = check_trust(plan_for(tls=TlsOptions(ca_file=str(good))), NOW_S)
    assert (check.level, "security.ca" in check.what) == (Level.OK, True)
    system, missing = check_trust(plan_for(tls=TlsOptions(trust=("system", "/no/such.pem"))), NOW_S)
    assert "system" in system.what
    assert (missing.level, "put the authority's certificate there" in missing.fix) == (Level.PROBLEM, True)
    mine = check_client_certificate(plan_for(tls=TlsOptions(certificate_file=str(expired))), StaticSecrets(), NOW_S)
    assert (mine.level, "our certificate" in mine.what, "renew it" in mine.fix) == (Level.PROBLEM, True, True)
    without = TlsOptions(certificate_file=str(good), client_key="env:KEY")
    mine = check_client_certificate(plan_for(tls=without), StaticSecrets(), NOW_S)
    assert (mine.level, "env:KEY" in mine.what) == (Level.PROBLEM, True)
    assert check_client_certificate(plan_for(), StaticSecrets(), NOW_S) is None


def test_a_variable_of_openssl_that_names_nothing_is_a_problem(monkeypatch):
    """OpenSSL is silent about it and trusts nobody."""
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/bundle.pem")
    check = check_system()
    assert (check.level, "SSL_CERT_FILE" in check.what) == (Level.PROBLEM, True)


# Network.


def raising(error):
    def connect(plan):
        raise error

    return connect


@pytest.mark.parametrize(
    ("session", "level", "words"),
    [
        (Session("TLSv1.3", NOW_S + 63.5 * DAY_S), Level.OK, "TLSv1.3, certificate valid for 63 more days"),
        (Session("TLSv1.2", NOW_S + 3.5 * DAY_S), Level.WARNING, "valid for 3 more days only"),
        (Session(), Level.OK, "accepts connections"),
    ],
)
def test_a_connection_that_stands(session, level, words):
    """With the days that the service's certificate still has."""
    check = check_connection(plan_for(), lambda plan: session, NOW_S)
    assert check.level is level
    assert words in check.what
    assert "api.example:443" in check.what


@pytest.mark.parametrize(
    ("error", "about", "level", "fix"),
    [
        (ConnectError("x refused the connection; is the service running there?"), "connection", Level.PROBLEM,
         "check the host and port of the base URL, and that the service is running"),
        (ConnectError("x is not trusted; name its authority"), "connection", Level.PROBLEM, "name its authority"),
        (DeadlineExceeded("no connection to x within 5 s", phase="connect"), "connection", Level.PROBLEM,
         "check the base URL, and whether a firewall or a proxy is in the way"),
        (TokenRefused("the proxy refuses it (407); correct it"), "proxy", Level.PROBLEM, "correct it"),
        (CredentialMissing("env:P is not set"), "proxy", Level.PROBLEM, "fix the credential for the proxy"),
        (UsageError("trust: x can't be read"), "connection", Level.WARNING, "first fix the problems above"),
    ],
)  # fmt: skip
def test_a_connection_that_does_not_stand(error, about, level, fix):
    """Each way of failing has its fix."""
    check = check_connection(plan_for(), raising(error), NOW_S)
    assert (check.about, check.level, check.fix) == (about, level, fix)


def test_what_does_not_run_on_this_machine_is_started_here():
    """The mock is a line away."""
    plan = replace(make_plan(), origin=Origin("http", "127.0.0.1", 8420, ""), environment="default")
    check = check_connection(plan, raising(ConnectError("it refused; is the service running there?")), NOW_S)
    assert check.fix == f"start the service there, or its mock: `intertie mock {plan.spec_path}`"


def test_the_mock_of_a_chosen_environment_is_started_for_it():
    """The mock of another environment would listen elsewhere."""
    plan = replace(make_plan(), origin=Origin("http", "127.0.0.1", 8420, ""), environment="staging one")
    check = check_connection(plan, raising(ConnectError("it refused")), NOW_S)
    assert check.fix.endswith(f"`intertie mock {plan.spec_path} --env 'staging one'`")


def test_the_proxy_and_whose_word_it_is():
    """Its source, its fault, who is called past it, and a variable that nothing reads."""
    through = plan_for(proxy=ProxyOptions("proxy", 3128), sources={"proxy": "HTTPS_PROXY"})
    assert check_proxy(through, {}).what == "calls go through proxy:3128 (HTTPS_PROXY)"
    faulty = plan_for(proxy=ProxyOptions("", 0, fault="the proxy of X can't be used: SOCKS; name another; unset it"))
    assert check_proxy(faulty, {}).level is Level.PROBLEM
    assert check_proxy(faulty, {}).fix == "unset it"
    assert "NO_PROXY" in check_proxy(plan_for(sources={"proxy": "NO_PROXY"}), {}).what
    unread = check_proxy(plan_for(), {"ALL_PROXY": "socks5://me:pass@x"})
    assert (unread.level, "ALL_PROXY" in unread.what, "pass" in unread.what) == (Level.WARNING, True, False)
    assert check_proxy(plan_for(), {}) is None


# State.


def test_state_is_where_it_can_be_written(tmp_path):
    """A folder that is there or can be made, memory, and what is no store at all."""
    (folder,) = check_state({"state": "sqlite:///.intertie/state.db", "journal": "sqlite:///.intertie/j.db"}, tmp_path)
    assert (folder.level, ".intertie can be written" in folder.what) == (Level.OK, True)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".intertie").mkdir()
    (folder,) = check_state({"state": "sqlite:///.intertie/state.db"}, tmp_path)
    assert folder.level is Level.OK
    assert list((tmp_path / ".intertie").iterdir()) == []
    (memory,) = check_state({"journal": "memory://"}, tmp_path)
    assert "no other process" in memory.what
    (wrong,) = check_state({"state": "sqlite:///"}, tmp_path)
    assert (wrong.level, "names no file" in wrong.what) == (Level.PROBLEM, True)


def test_state_in_the_place_of_a_file(tmp_path):
    """A file that stands where the folder should is named."""
    (tmp_path / ".intertie").write_text("")
    (check,) = check_state({"state": "sqlite:///.intertie/state.db"}, tmp_path)
    assert (check.level, "is a file, not a folder" in check.what) == (Level.PROBLEM, True)


def test_state_that_can_not_be_written(tmp_path, monkeypatch):
    """Nothing is shared then, so it is a problem; a file of another user is one too."""
    (tmp_path / ".intertie").mkdir()
    (tmp_path / ".intertie" / "state.db").write_text("")
    monkeypatch.setattr(state.os, "access", lambda path, mode: False)  # root may write everywhere
    file, folder = check_state({"state": "sqlite:///.intertie/state.db"}, tmp_path)
    assert (file.level, "state.db can't be read and written" in file.what) == (Level.PROBLEM, True)
    assert (folder.level, "nothing would keep" in folder.what) == (Level.PROBLEM, True)


def test_a_disk_over_the_network_is_a_warning(tmp_path):
    """Its locks are not reliable; the nearest mount counts, whatever its name looks like."""
    odd = tmp_path / "with blank"
    odd.mkdir()
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/sda1 / ext4 rw 0 0\nserver:/x {str(odd).replace(' ', chr(92) + '040')} nfs4 rw 0 0\nbroken\n"
    )
    assert file_system_of(tmp_path, mounts) == "ext4"
    assert file_system_of(odd, mounts) == "nfs4"
    assert file_system_of(odd, tmp_path / "none") is None
    check = check_folder(odd, "state", tmp_path, mounts=mounts)
    assert (check.level, "nfs4" in check.what) == (Level.WARNING, True)


# Clock and extras.


def test_a_clock_before_its_own_files_is_behind(tmp_path):
    """A file from the future shows it; a few minutes are nothing."""
    path = tmp_path / "spec.md"
    path.write_text("")
    os.utime(path, (NOW_S + 200, NOW_S + 200))
    assert check_clock(NOW_S, [path, tmp_path / "none"]).level is Level.OK
    os.utime(path, (NOW_S + 4000, NOW_S + 4000))
    check = check_clock(NOW_S, [path])
    assert (check.level, "spec.md" in check.what, "time server" in check.fix) == (Level.PROBLEM, True, True)


@pytest.mark.parametrize("installed", [True, False])
def test_expressions_need_their_extra(installed):
    """A spec with CEL is a problem where nothing evaluates it; without CEL it is none."""
    rows = 'inbound: [{external_field: a, internal_field: b, transform: "cel: value + 1"}]'
    spec = spec_of(section("Data Mappings", rows))
    levels = [check.level for check in check_extras([("a.md", spec)], lambda extra: installed)]
    assert (Level.PROBLEM in levels) is not installed
    (only,) = check_extras([("b.md", spec_of(""))], lambda extra: False)
    assert (only.level, "not needed" in only.what) == (Level.OK, True)


def test_libraries_are_looked_for_here():
    """A library of Python that is not installed is a warning; one of another language says so and is none."""
    named = spec_of(
        "## Dependencies\n- **Libraries**: stripe-kit >= 2, octokit (JavaScript, in the browser), httptools\n"
    )
    found = list(check_libraries([("a.md", named)], lambda name: name == "httptools"))
    assert [(check.level, "`stripe-kit`" in check.what) for check in found] == [(Level.WARNING, True)]
    assert found[0].fix.startswith("pip install stripe-kit")
    assert list(check_libraries([("b.md", spec_of("## Dependencies\n- **Libraries**: none\n"))])) == []


def test_names_are_shown_without_their_escapes():
    """Nothing of a stranger's text reaches the terminal as it is."""
    check = check_secret(Named("env:\x1b[31mA", "authentication"), StaticSecrets({"env:\x1b[31mA": "x"}))
    assert "\x1b" not in check.what
