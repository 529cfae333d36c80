from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from intertie.compiler import load_settings
from intertie.core.errors import UsageError


def load(root: Path, text: str = "", *, environ=None, flags=None, config=None):
    if text:
        (root / "intertie.toml").write_text(text, encoding="utf-8")
    return load_settings(root, config=config, environ=environ or {}, flags=flags or {})


def test_without_a_file_the_built_in_values_hold(tmp_path):
    """An empty workspace has settings, all from `default`."""
    settings = load(tmp_path)
    assert settings.state == "sqlite:///.intertie/state.db"
    assert settings.journal == "sqlite:///.intertie/journal.db"
    assert (settings.durability, settings.store_down, settings.audit) == ("process", "fair_share", "grouped")
    assert settings.environment is None
    assert set(settings.sources.values()) == {"default"}


def test_flags_win_over_environment_over_file(tmp_path):
    """Of three sources the flag wins, then the variable, then the file, and each says which it was."""
    text = 'state = "memory://"\nenvironment = "a"\n'
    assert load(tmp_path, text).sources["state"] == "intertie.toml:1"
    with_variable = load(tmp_path, text, environ={"INTERTIE_STATE": "sqlite:///v.db"})
    assert (with_variable.state, with_variable.sources["state"]) == ("sqlite:///v.db", "INTERTIE_STATE")
    with_flag = load(tmp_path, text, environ={"INTERTIE_STATE": "sqlite:///v.db"}, flags={"state": "sqlite:///f.db"})
    assert (with_flag.state, with_flag.sources["state"]) == ("sqlite:///f.db", "flag")
    assert with_flag.environment == "a"


def test_a_flag_of_none_is_no_flag(tmp_path):
    """A flag that was not given leaves the file's value."""
    assert load(tmp_path, 'state = "memory://"\n', flags={"state": None}).state == "memory://"


def test_defaults_have_the_units_of_the_spec(tmp_path):
    """`[defaults]` takes bare numbers in the field's unit, and numbers with their own."""
    settings = load(
        tmp_path,
        '[defaults.timeouts]\ntotal = 5000\nread = "2s"\n[defaults.retry]\nmax_attempts = 5\nretry_budget = "10%"\n'
        'retry_on = [503, "5xx"]\nbackoff = "exponential_backoff"\njitter = false\n',
    )
    values = {key: setting.value for key, setting in settings.defaults.items()}
    assert values == {
        "timeouts.total": 5.0,
        "timeouts.read": 2.0,
        "retry.max_attempts": 5,
        "retry.retry_budget": 0.1,
        "retry.retry_on": ("503", "5xx"),
        "retry.backoff": "exponential",
        "retry.jitter": False,
    }
    assert settings.defaults["retry.max_attempts"].source == "intertie.toml:5"


def test_defaults_can_stand_in_variables(tmp_path):
    """`INTERTIE_DEFAULTS_RETRY_MAX_ATTEMPTS` is the key of the same name."""
    settings = load(tmp_path, environ={"INTERTIE_DEFAULTS_RETRY_MAX_ATTEMPTS": "7"})
    assert settings.defaults["retry.max_attempts"].value == 7
    assert settings.sources["defaults.retry.max_attempts"] == "INTERTIE_DEFAULTS_RETRY_MAX_ATTEMPTS"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("state = \n", "not valid TOML"),
        ("state = 3\n", "intertie.toml:1: state"),
        ('durability = "hope"\n', "expected one of process, power"),
        ("[defaults.retry]\nmax_attempts = 0\n", "at least 1"),
        ('[defaults.retry]\nmax_attempts = "many"\n', "intertie.toml:2: retry.max_attempts: expected a whole number"),
        ("[defaults.timeouts]\ntotal = true\n", "expected a duration"),
        ('[defaults.retry]\nbackoff = "slow"\n', "expected one of exponential, linear, fixed"),
        ("[defaults]\nretry = 3\n", "expected a table `[defaults.retry]`"),
        ("lint = 3\n", "expected a table `[lint]`"),
        ('[defaults.retry]\njitter = "maybe"\n', "expected true or false"),
        ('[defaults.retry]\nretry_budget = "20"\n', "expected a percentage"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_at_its_place(tmp_path, text, part):
    """A value that can't be used stops with one sentence that says where and what."""
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert part in str(caught.value)


def test_unknown_keys_are_told_with_a_guess(tmp_path):
    """A misspelt key is a warning at its line, with the key that was meant."""
    settings = load(tmp_path, 'enviroment = "a"\n\n[defaults.retry]\nmax_atempts = 3\n[defaults.retries]\na = 1\n')
    found = [(finding.span.line, finding.help) for finding in settings.diagnostics]
    assert found == [
        (1, "did you mean `environment`?"),
        (4, "did you mean `max_attempts`?"),
        (5, "did you mean `retry`?"),
    ]


def test_misspelt_variables_are_told(tmp_path):
    """`INTERTIE_STAET` is a slip; variables of other tools with our prefix are left alone."""
    settings = load(tmp_path, environ={"INTERTIE_STAET": "memory://", "INTERTIE_KEY": "x", "INTERTIE_WORKSPACE": "."})
    assert [finding.message for finding in settings.diagnostics] == [
        "environment variable INTERTIE_STAET has no effect"
    ]


def test_sections_are_kept_raw_and_can_be_overridden(tmp_path):
    """`[gateway]` and its like are handed on as they are, with variables over them."""
    settings = load(
        tmp_path,
        '[gateway]\nport = 1\n[lint]\nignore = ["TIE205"]\nselect = "TIE2, TIE3"\n',
        environ={"INTERTIE_GATEWAY_PORT": "2"},
    )
    assert dict(settings.gateway) == {"port": "2"}
    assert settings.lint_ignore == ("TIE205",)
    assert settings.lint_select == ("TIE2", "TIE3")


def test_a_missing_config_file_is_wrong_usage(tmp_path):
    """A file that was asked for and is not there is told by name."""
    with pytest.raises(UsageError, match=r"no configuration file .*other\.toml"):
        load(tmp_path, config=tmp_path / "other.toml")


def test_a_file_that_is_no_text_is_wrong_usage(tmp_path):
    """Bytes that are no UTF-8 are one sentence, not a traceback."""
    (tmp_path / "intertie.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not UTF-8"):
        load(tmp_path)


def test_keys_inside_multiline_strings_are_no_places(tmp_path):
    """What looks like a key inside a text does not shift the places of real ones."""
    settings = load(tmp_path, '[channels]\ntext = """\nstate = 1\n"""\n\n[defaults.retry]\nmax_atempts = 3\n')
    assert [finding.span.line for finding in settings.diagnostics] == [7]


@pytest.mark.parametrize(
    ("written", "kept_s"),
    [(None, 90 * 86400.0), ("30d", 30 * 86400.0), ("12 hours", 43200.0), ("400", 400 * 86400.0), ("forever", inf)],
)
def test_how_long_history_is_kept(tmp_path, written, kept_s):
    """Ninety days unless it is said; a bare number is in days."""
    assert load(tmp_path, "" if written is None else f'history = "{written}"\n').history_s == kept_s


@pytest.mark.parametrize("written", ["soon", "0d", "59 minutes", "-1d", "nan", "inf"])
def test_a_history_that_keeps_nothing_is_refused(tmp_path, written):
    """A time that can't be read, or that would delete calls as they are made, is a mistake."""
    with pytest.raises(UsageError, match=r"intertie.toml:1: history = .*expected `forever`, or at least an hour"):
        load(tmp_path, f'history = "{written}"\n')
