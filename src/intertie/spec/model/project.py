"""What stands around the calls: security, testing, versions, SLA, dependencies, links, cases."""

from __future__ import annotations

from intertie.spec import fields as f
from intertie.spec.fields import Block, Located


class Security(Block):
    """Security considerations: bullets of prose, and the same in YAML where it is to be enforced."""

    data_encryption: Located[str] | None = f.text("In transit and at rest.")
    secret_management: Located[str] | None = f.text("How secrets are kept.")
    audit_logging: Located[str] | None = f.text("What is recorded for compliance.")
    data_retention: Located[str] | None = f.text("How long external data is kept.")
    gdpr_privacy: Located[str] | None = f.text(
        "Personal data; `personal: field, field` marks fields.", key="gdpr/privacy", aliases=("privacy",)
    )
    tls_minimum: Located[str] | None = f.choice("Oldest TLS version.", "1.2", "1.3", template=False)
    ca: Located[str] | None = f.text("File of the certificate authority.", template=False)
    client_certificate: Located[str] | None = f.text("File of the client certificate.", template=False)
    client_key: Located[str] | None = f.secret("Reference of the client key.", template=False)
    personal: tuple[Located[str], ...] = f.list_of("Fields that are personal.", f.text("Path."), template=False)
    encryption_key: Located[str] | None = f.secret("Reference of the key at rest.", template=False)
    retention: Located[float] | None = f.duration("How long external data is kept.", "d", template=False)


class UnitTests(Block):
    """Unit tests."""

    mock_responses: Located[bool] | None = f.flag("Whether the mock answers.")
    fixtures_location: Located[str] | None = f.text("Folder of fixtures.")


class IntegrationTests(Block):
    """Integration tests."""

    use_sandbox: Located[bool] | None = f.flag("Whether a sandbox is used.")
    sandbox_url: Located[str] | None = f.text("The sandbox.")
    test_credentials: Located[str] | None = f.secret("Reference of the sandbox's credential.")


class ContractTests(Block):
    """Contract tests."""

    provider: Located[str] | None = f.text("Provider's name.")
    pact_location: Located[str] | None = f.text("Folder of pacts.")


class Testing(Block):
    """Testing strategy."""

    unit_tests: UnitTests | None = f.block("Unit tests.", UnitTests)
    integration_tests: IntegrationTests | None = f.block("Integration tests.", IntegrationTests)
    contract_tests: ContractTests | None = f.block("Contract tests.", ContractTests)


class Versioning(Block):
    """Which versions of the external API there are, and how one is asked for."""

    strategy: Located[str] | None = f.choice(
        "Where the version goes.", "header", "url", "query",
        choice_aliases={"path": "url", "url_path": "url", "uri": "url", "query_parameter": "query", "parameter": "query"},
    )  # fmt: skip
    header: Located[str] | None = f.text("Header that carries the version.", template=False)
    parameter: Located[str] | None = f.text("Query parameter that carries the version.", template=False)
    current: Located[str] | None = f.text("Version used unless a call asks for another.")
    supported: tuple[Located[str], ...] = f.list_of("Versions a call may ask for.", f.text("A version."))
    deprecation_schedule: tuple[tuple[Located[str], Located[str]], ...] = f.map_of(
        "Date each version ends.", f.text("Date, YYYY-MM-DD.")
    )


class Sla(Block):
    """SLA requirements (bullets)."""

    availability: Located[str] | None = f.text("Share of time or calls.", aliases=("uptime",))
    response_time: Located[str] | None = f.text("Percentile and bound.", aliases=("latency",))
    error_rate: Located[str] | None = f.text("Upper bound.")
    support_hours: Located[str] | None = f.text("When somebody answers.")


class Dependencies(Block):
    """Dependencies (bullets)."""

    internal_services: Located[str] | None = f.text("Our services that depend on this.")
    libraries: Located[str] | None = f.text("Client libraries.")
    infrastructure: Located[str] | None = f.text("Required components.")


class DocumentationLinks(Block):
    """Documentation (bullets)."""

    api_docs: Located[str] | None = f.text("The provider's documentation.")
    client_library: Located[str] | None = f.text("The provider's client library.")
    support_contact: Located[str] | None = f.text("Whom to ask.")


class ImplementationLine(Block):
    """One implementation reference: what, and where it is."""

    what: Located[str] | None = None
    where: Located[str] | None = None


class CaseLine(Block):
    """One case of Validation Cases."""

    path: Located[str] | None = None
    description: Located[str] | None = None
    kind: str = "test_case"
    raw: Located[object] | None = f.anything("A case given in a yaml block.", template=False)
