"""Front matter, integration type, service, authentication and timeouts."""

from __future__ import annotations

from intertie.spec import fields as f
from intertie.spec.fields import Block, Located


class FrontMatter(Block):
    """Who the spec is."""

    id: Located[str] | None = f.text("`INT-` and digits; unique in the workspace; the handle everywhere.")
    type: Located[str] | None = f.choice("Always `Integration`.", "Integration")
    name: Located[str] | None = f.text("Display name.")
    status: Located[str] | None = f.choice(
        "Life cycle: draft warns in production, deprecated warns every caller, retired refuses.",
        "draft", "review", "approved", "deprecated", "retired",
        choice_aliases={"ready": "approved", "active": "approved"},
    )  # fmt: skip
    service: Located[str] | None = f.text("Slug used for package, configuration, mock and dashboard names.")
    related: tuple[Located[str], ...] = f.list_of("IDs or paths of other specs.", f.text("An ID or a path."))


class IntegrationType(Block):
    """How the service is spoken to (bullets)."""

    protocol: Located[str] | None = f.choice(
        "Protocol.", "REST", "GraphQL", "WebSocket", "gRPC",
        choice_aliases={"REST API": "REST", "RESTful": "REST", "RESTful API": "REST", "REST/JSON": "REST",
                        "HTTP": "REST", "HTTPS": "REST", "HTTP/REST": "REST", "REST/HTTP": "REST",
                        "REST over HTTPS": "REST", "WebSockets": "WebSocket", "WS": "WebSocket"},
    )  # fmt: skip
    authentication: Located[str] | None = f.choice(
        "How we identify ourselves.", "API Key", "OAuth", "JWT", "Basic", "None", "HMAC", "AWS SigV4",
        choice_aliases={"API-Key": "API Key", "api_key": "API Key", "OAuth 2.0": "OAuth", "OAuth2": "OAuth",
                        "Bearer": "API Key", "Bearer Token": "API Key", "Basic Auth": "Basic",
                        "Token": "API Key", "HTTP Basic": "Basic", "No auth": "None", "No authentication": "None",
                        "Public": "None", "-": "None", "AWS Signature Version 4": "AWS SigV4", "SigV4": "AWS SigV4",
                        "AWS4-HMAC-SHA256": "AWS SigV4", "AWS Signature": "AWS SigV4"},
    )  # fmt: skip
    data_format: Located[str] | None = f.choice(
        "Format of bodies.", "JSON", "XML", "Binary",
        choice_aliases={"application/json": "JSON", "application/xml": "XML", "XML/SOAP": "XML", "SOAP": "XML",
                        "Protobuf": "Binary", "Protocol Buffers": "Binary"},
    )  # fmt: skip
    communication: Located[str] | None = f.choice(
        "Answer at once, or submit and fetch.", "Synchronous", "Asynchronous",
        choice_aliases={"sync": "Synchronous", "async": "Asynchronous", "request/response": "Synchronous"},
    )  # fmt: skip


class Service(Block):
    """Where the service is."""

    name: Located[str] | None = f.text("Slug of the service.")
    version: Located[str] | None = f.text("Version of the external API.")
    base_url: Located[str] | None = f.text("Where calls go when no environment is chosen.")
    environments: tuple[tuple[Located[str], Located[str]], ...] = f.map_of("URL per environment.", f.text("Base URL."))


class AuthConfig(Block):
    """Where the credential comes from and where it goes."""

    key_location: Located[str] | None = f.choice(
        "Where the key is sent.", "header", "query", "body", aliases=("in", "location"),
        choice_aliases={"headers": "header", "query_parameter": "query", "query_string": "query", "url": "query"},
    )  # fmt: skip
    key_name: Located[str] | None = f.text(
        "Header, parameter or field that carries the key.", aliases=("header", "header_name", "parameter")
    )
    scheme: Located[str] | None = f.text(
        "Word before the key, such as Bearer.", template=False, aliases=("prefix", "token_type", "header_prefix")
    )
    secret: Located[str] | None = f.secret(
        "Reference of the key.",
        template=False,
        aliases=("api_key", "token", "access_token", "bearer_token", "secret_key"),
    )
    username: Located[str] | None = f.secret("Reference of the user name (basic).", template=False, aliases=("user",))
    password: Located[str] | None = f.secret("Reference of the password (basic).", template=False)
    token_refresh: Located[bool] | None = f.flag("Refresh before expiry and once on a 401.")
    expires_in: Located[float] | None = f.duration("Lifetime where the server states none.", "s")
    grant_type: Located[str] | None = f.choice(
        "OAuth grant.", "client_credentials", "refresh_token", "authorization_code", template=False
    )
    token_url: Located[str] | None = f.text("OAuth token endpoint.", template=False)
    authorization_url: Located[str] | None = f.text("OAuth authorization endpoint.", template=False)
    client_id: Located[str] | None = f.secret("OAuth client id.", template=False)
    client_secret: Located[str] | None = f.secret("OAuth client secret.", template=False)
    client_authentication: Located[str] | None = f.choice(
        "How the client proves itself.", "client_secret_basic", "client_secret_post", "none", template=False
    )
    refresh_token: Located[str] | None = f.secret("OAuth refresh token.", template=False)
    scopes: tuple[Located[str], ...] = f.list_of("OAuth scopes.", f.text("A scope."), template=False)
    audience: Located[str] | None = f.text("Audience of the token.", template=False, aliases=("aud",))
    algorithm: Located[str] | None = f.text("JWT algorithm.", template=False, aliases=("alg",))
    key: Located[str] | None = f.secret("JWT signing key.", template=False, aliases=("private_key", "signing_key"))
    key_id: Located[str] | None = f.text("JWT key id.", template=False, aliases=("kid",))
    issuer: Located[str] | None = f.text("JWT issuer.", template=False, aliases=("iss",))
    subject: Located[str] | None = f.text("JWT subject.", template=False, aliases=("sub",))
    claims: Located[object] | None = f.anything("Further JWT claims.", template=False)
    access_key_id: Located[str] | None = f.secret("Reference of the access key's id (AWS).", template=False)
    secret_access_key: Located[str] | None = f.secret("Reference of the secret access key (AWS).", template=False)
    session_token: Located[str] | None = f.secret("Reference of the session token (AWS).", template=False)
    region: Located[str] | None = f.text("Region that requests are signed for (AWS).", template=False)
    service: Located[str] | None = f.text("Service that requests are signed for (AWS).", template=False)


class Authentication(Block):
    """How we identify ourselves."""

    type: Located[str] | None = f.choice(
        "Kind of credential.", "api_key", "oauth", "jwt", "basic", "none", "hmac", "aws_sigv4",
        choice_aliases={"bearer": "api_key", "apikey": "api_key", "api-key": "api_key", "oauth2": "oauth",
                        "sigv4": "aws_sigv4", "aws": "aws_sigv4"},
    )  # fmt: skip
    config: AuthConfig | None = f.block("Where the credential comes from and goes.", AuthConfig)


class Proxy(Block):
    """The HTTP proxy on the way to the service; without it the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY hold."""

    url: Located[str] | None = f.text("Where the proxy is: `http://host:port`.", template=False)
    no_proxy: tuple[Located[str], ...] = f.list_of(
        "Hosts, domains, addresses and networks that are called directly; `*` is all.",
        f.text("A host."),
        template=False,
    )
    username: Located[str] | None = f.secret("Reference of the user name for the proxy.", template=False)
    password: Located[str] | None = f.secret("Reference of the password for the proxy.", template=False)


_SHORTEST_S = 0.001
"""A timeout of nothing would fail every call; elsewhere it is a word for "never", which no guard may be."""


class Timeouts(Block):
    """How long to wait; `total` bounds the whole call with all its retries and waits."""

    connect: Located[float] | None = f.duration(
        "Name resolution, TCP and TLS.",
        "ms",
        _SHORTEST_S,
        aliases=("connect_timeout", "connection", "connection_timeout"),
    )
    read: Located[float] | None = f.duration(
        "From the request sent to the whole answer.", "ms", _SHORTEST_S, aliases=("read_timeout", "request")
    )
    write: Located[float] | None = f.duration("Sending the request.", "ms", _SHORTEST_S, aliases=("write_timeout",))
    total: Located[float] | None = f.duration(
        "The whole call.", "ms", _SHORTEST_S, aliases=("total_timeout", "overall", "timeout")
    )
