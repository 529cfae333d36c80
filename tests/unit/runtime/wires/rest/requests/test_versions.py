"""Where the version of the external API goes."""

from __future__ import annotations

import pytest

from intertie.core.errors import InvalidInput
from intertie.runtime.policies.version.options import VersionOptions
from support.mapped_operations import build, operation_plan, parameter_plan

URL = VersionOptions("url", "version", "v2", ("v1", "v2"))


@pytest.mark.parametrize(
    ("base_path", "path", "asked", "target"),
    [
        ("", "/v2/charges", None, "/v2/charges"),
        ("", "/v2/charges", "v1", "/v1/charges"),
        ("", "/v1", "v2", "/v2"),
        ("/api", "/charges", "v1", "/api/v1/charges"),
        ("/api/v2", "/charges", "v1", "/api/v1/charges"),
        ("", "/{version}/charges", "v1", "/v1/charges"),
        ("/{version}", "/charges", None, "/v2/charges"),
        ("", "/a/{version}/{id}", "v1", "/a/v1/x"),
    ],
)
def test_in_the_url(base_path, path, asked, target):
    """It stands at its placeholder, in place of a known version, or first."""
    parameters = (parameter_plan("id", "path"),) if "{id}" in path else ()
    given = {"id": "x"} if parameters else {}
    operation = operation_plan(path=path, parameters=parameters)
    assert build(operation, given, version=URL, base_path=base_path, asked=asked).target == target


def test_in_the_query():
    """It joins the other parameters."""
    versions = VersionOptions("query", "api version", "1.0", ("1.0", "2.0"))
    operation = operation_plan(path="/a?fixed=1", parameters=(parameter_plan("q"),))
    assert build(operation, {"q": "x"}, version=versions).target == "/a?fixed=1&q=x&api%20version=1.0"
    assert build(operation_plan(), {}, version=versions, asked="2.0").target == "/things?api%20version=2.0"


def test_only_supported_versions_may_be_asked_for():
    """Another one is refused with those there are; without versions none may be asked for."""
    with pytest.raises(InvalidInput, match="none of v1, v2"):
        build(operation_plan(), {}, version=URL, asked="v3")
    with pytest.raises(InvalidInput, match="no versions"):
        build(operation_plan(), {}, asked="v1")
    assert build(operation_plan(path="/x"), {}, version=VersionOptions("url", "v", "v9"), asked="v9").target == "/v9/x"
