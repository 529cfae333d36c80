from __future__ import annotations

from support.spec_builder import compiled, endpoint, plan_of, spec

KEY = {"type": "api_key", "config": {"key_name": "X-Api-Key", "secret": "env:KEY"}}


def test_api_key_takes_its_place_and_reference():
    """Location, name, scheme and reference come from the block."""
    config = {
        "key_location": "header",
        "key_name": "Authorization",
        "scheme": "Bearer",
        "secret": "file:/run/secrets/k",
    }
    auth = plan_of(authentication={"type": "api_key", "config": config}).auth
    assert (auth.location, auth.name, auth.scheme, auth.secret) == (
        "header",
        "Authorization",
        "Bearer",
        "file:/run/secrets/k",
    )


def test_the_default_reference_is_named_after_the_service():
    """`env:<SERVICE>_API_KEY` and its like are the defaults."""
    service = {"name": "acme-pay", "base_url": "https://a.example"}
    assert plan_of(service=service, authentication={"type": "api_key"}).auth.secret == "env:ACME_PAY_API_KEY"
    basic = plan_of(service=service, authentication={"type": "basic"}).auth
    assert (basic.username, basic.password) == ("env:ACME_PAY_USERNAME", "env:ACME_PAY_PASSWORD")


def test_the_bullet_on_secrets_can_name_the_reference():
    """A single reference in the security bullet is where the key is kept."""
    plan = plan_of(authentication={"type": "api_key"}, security={"secret_management": "kept in env:ACME_KEY."})
    assert plan.auth.secret == "env:ACME_KEY"


def test_the_integration_type_stands_in_for_the_block():
    """A spec with only the bullet still sends a credential."""
    plan = plan_of(integration_type={"authentication": "Basic"})
    assert plan.auth.type == "basic"
    assert plan_of(integration_type={"authentication": "None"}).auth.type == "none"


def test_a_literal_secret_is_an_error_that_hides_it():
    """A secret in the document is refused, and nothing shows it."""
    config = {"key_name": "X-Api-Key", "secret": "sk_live_51Hxyz"}
    result = compiled(spec(authentication={"type": "api_key", "config": config}))
    assert [finding.name for finding in result.diagnostics] == ["literal-secret"]
    assert "sk_live" not in result.diagnostics[0].message


def test_shell_style_references_are_read():
    """`${NAME}` is `env:NAME`."""
    config = {"key_name": "X-Api-Key", "secret": "${ACME_KEY}"}
    assert plan_of(authentication={"type": "api_key", "config": config}).auth.secret == "env:ACME_KEY"


def test_references_of_other_kinds_are_said_to_be_unresolved():
    """A vault reference compiles and is told as not resolved."""
    config = {"key_name": "X-Api-Key", "secret": "vault:secret/acme#key"}
    plan = plan_of(authentication={"type": "api_key", "config": config})
    assert any("vault" in item.what for item in plan.not_enforced)


def test_a_key_in_the_query_needs_a_name():
    """Only a header has a usual name."""
    config = {"key_location": "query"}
    result = compiled(spec(authentication={"type": "api_key", "config": config}))
    assert [finding.name for finding in result.diagnostics] == ["incomplete-auth"]


def test_oauth_and_jwt_refuse_calls_with_one_reason():
    """What can't be done is in the plan, on every operation, and told once."""
    for kind in ("oauth", "jwt"):
        result = compiled(spec(authentication={"type": kind}, endpoints=(endpoint("One"), endpoint("Two", "/two"))))
        assert all(kind in operation.unsupported for operation in result.plan.operations.values())
        assert [finding.name for finding in result.diagnostics] == ["unsupported-feature"]
        assert result.plan.not_enforced[0].what == f"authentication: {kind}"


def test_the_credential_header_is_not_sent_twice():
    """An endpoint that lists the credential's header leaves it to authentication."""
    headers = [{"name": "x-api-key", "required": True}, {"name": "X-Trace", "value": "a"}]
    plan = plan_of(authentication=KEY, endpoints=(endpoint("Get", request={"headers": headers}),))
    assert [header.name for header in plan.operations["get"].wire.headers] == ["X-Trace"]


def test_a_key_s_header_must_be_one():
    """A name that HTTP forbids, or that the transport writes itself, can't carry a key."""
    for name in ("X Key", "X-Ключ", "Host", "Content-Length"):
        config = {"key_location": "header", "key_name": name, "secret": "env:KEY"}
        result = compiled(spec(authentication={"type": "api_key", "config": config}))
        assert [finding.name for finding in result.diagnostics] == ["invalid-header"], name


def test_a_secret_from_a_store_that_is_not_read_is_a_finding():
    """A reference that no call could resolve is told before the first call."""
    config = {"key_name": "X-Key", "secret": "vault:kv/pay#key"}
    result = compiled(spec(authentication={"type": "api_key", "config": config}))
    assert [(finding.name, finding.severity.value) for finding in result.diagnostics] == [
        ("unsupported-feature", "warning")
    ]
    assert "`vault:`" in result.diagnostics[0].message


def test_other_headers_must_be_headers_too():
    """Parameters and versions that travel as headers need names that HTTP allows."""
    parameter = endpoint("Get", request={"parameters": [{"name": "X Trace", "in": "header", "type": "string"}]})
    assert [finding.name for finding in compiled(spec(endpoints=(parameter,))).diagnostics] == ["invalid-header"]
    versioning = {"strategy": "header", "header": "Api Version", "current": "1"}
    assert [finding.name for finding in compiled(spec(versioning=versioning)).diagnostics] == ["invalid-header"]
