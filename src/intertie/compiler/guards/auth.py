"""Which credential goes where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from intertie.compiler.build import Build, Chosen
from intertie.compiler.fate import How
from intertie.compiler.guards.half import Compiled, Half, guard_fields
from intertie.compiler.header_names import is_header_name
from intertie.diagnostics import SourceSpan
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.spec.fields import Located, declared_fields
from intertie.spec.model import AuthConfig

_BULLET_TYPES = {"API Key": "api_key", "OAuth": "oauth", "JWT": "jwt", "Basic": "basic", "None": "none",
                 "HMAC": "hmac", "AWS SigV4": "aws_sigv4"}  # fmt: skip
REFERENCE_RE = re.compile(r"(env|file|keyring|vault|aws-sm):\S+")
_VARIABLE_RE = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")
_RESOLVED = ("env", "file")
_READ_BY: Mapping[str, frozenset[str]] = {
    "api_key": frozenset({"key_location", "key_name", "scheme", "secret", "token_refresh", "expires_in"}),
    "basic": frozenset({"username", "password", "token_refresh", "expires_in"}),
}
"""Type -> the options of `authentication.config` that it reads."""
_LATER = {
    "oauth": "OAuth token requests",
    "jwt": "signing of JWTs",
    "hmac": "signing of requests by HMAC",
    "aws_sigv4": "AWS signatures",
}


def compile_auth(build: Build) -> Compiled:
    """Return the credential of `authentication`; where that is silent, the integration type's bullet tells the type."""
    kind = _type(build)
    if kind.value in _LATER:
        why = f"this version does not support {_LATER[kind.value]} (authentication type `{kind.value}`)"
        block = build.spec.authentication
        names = ", ".join(key for key, _ in _given(block.config if block else None))
        build.leave_out(f"authentication: {kind.value}{f' ({names})' if names else ''}", why, kind.source)
        build.report(
            "unsupported-feature",
            f"no operation can be called: {why}",
            block.head if block else build.spec.span,
            help="use an API key, or a user and password, if the service accepts them",
        )
        return Compiled(AuthOptions(), {"type": kind.source}, why)
    _unread_options(build, kind.value)
    if kind.value == "none":
        return Compiled(AuthOptions(), {"type": kind.source})
    block = build.spec.authentication
    config = (block.config if block else None) or _empty_config(build)
    compiled = _api_key(build, config, kind) if kind.value == "api_key" else _basic(build, config, kind)
    return _with_lifetime(compiled, config)


def _with_lifetime(compiled: Compiled, config: AuthConfig) -> Compiled:
    """Return the credential with when it is resolved again."""
    options, refresh, lifetime = compiled.options, config.token_refresh, config.expires_in
    if not isinstance(options, AuthOptions):
        return compiled
    options = replace(
        options,
        token_refresh=bool(refresh and refresh.value),
        expires_in_s=lifetime.value if lifetime is not None else None,
    )
    sources = {
        **compiled.sources,
        "token_refresh": str(refresh.span) if refresh else "default",
        "expires_in_s": str(lifetime.span) if lifetime else "default",
    }
    return Compiled(options, sources)


def _given(config: AuthConfig | None) -> Iterator[tuple[str, SourceSpan]]:
    """Yield the options that are written, each with its place."""
    if config is None:
        return
    for key, (attribute, _) in declared_fields(AuthConfig).items():
        found: Located[object] | tuple[Located[object], ...] | None = getattr(config, attribute)
        first = found[0] if isinstance(found, tuple) and found else found
        if isinstance(first, Located):
            yield key, first.span


def _unread_options(build: Build, kind: str) -> None:
    """Say of each option that belongs to another kind of authentication that it does nothing."""
    block = build.spec.authentication
    for key, span in _given(block.config if block else None):
        if key not in _READ_BY.get(kind, frozenset()):
            build.leave_out(f"authentication option {key}", f"the type `{kind}` does not read it", span)


def secret_reference(build: Build, located: Located[str] | None, default: str) -> Chosen[str]:
    """Return a reference; `$NAME` and `${NAME}` are read as `env:NAME`. A literal is an error that never shows it."""
    if located is None:
        return Chosen(default, "default")
    text = located.value.strip()
    if variable := _VARIABLE_RE.fullmatch(text):
        return Chosen(f"env:{variable.group(1)}", str(located.span))
    if not REFERENCE_RE.fullmatch(text):
        build.report(
            "literal-secret", "a secret must be a reference such as `env:NAME`, not the secret itself", located.span
        )
        return Chosen(default, str(located.span))
    scheme = text.partition(":")[0]
    if scheme not in _RESOLVED:
        why = "this version resolves only `env:` and `file:` references"
        build.leave_out(f"secret `{scheme}:…`", why, located.span)
        build.report(
            "unsupported-feature",
            f"no operation can be called: {why}, not `{scheme}:`",
            located.span,
            help="put the secret into a variable or file, and refer to it as `env:NAME` or `file:/path`",
        )
    return Chosen(text, str(located.span))


def _type(build: Build) -> Chosen[str]:
    block, bullets = build.spec.authentication, build.spec.integration_type
    if block and block.type:
        return Chosen(block.type.value, str(block.type.span))
    if block and block.config and (block.config.username or block.config.password):
        return Chosen("basic", str(block.config.head))
    if block and block.config:
        return Chosen("api_key", str(block.config.head))
    if bullets and bullets.authentication:
        stated = bullets.authentication
        return Chosen(_BULLET_TYPES.get(stated.value, "none"), str(stated.span))
    return Chosen("none", "default")


def _api_key(build: Build, config: AuthConfig, kind: Chosen[str]) -> Compiled:
    location = build.choose(config.key_location, "authentication.key_location")
    name = build.choose(config.key_name, "authentication.key_name")
    if location.value != "header" and config.key_name is None:
        build.report("incomplete-auth", f"a key in the {location.value} needs `key_name`", config.head)
    secret = secret_reference(build, config.secret or _bullet_reference(build), f"env:{env_prefix(build)}_API_KEY")
    if location.value == "header" and config.key_name is not None and not is_header_name(name.value):
        build.report("invalid-header", f"a header can't have the name `{name.value}`", config.key_name.span)
    scheme = Chosen(config.scheme.value, str(config.scheme.span)) if config.scheme else Chosen(None, "default")
    if scheme.value is None and _is_authorization(name.value) and location.value == "header" and _says_bearer(build):
        scheme = Chosen("Bearer", "default")
    options = AuthOptions("api_key", location.value, name.value, scheme.value, secret.value)
    sources = {
        "type": kind.source,
        "location": location.source,
        "name": name.source,
        "scheme": scheme.source,
        "secret": secret.source,
    }
    return Compiled(options, sources)


def _basic(build: Build, config: AuthConfig, kind: Chosen[str]) -> Compiled:
    prefix = env_prefix(build)
    username = secret_reference(build, config.username, f"env:{prefix}_USERNAME")
    password = secret_reference(build, config.password, f"env:{prefix}_PASSWORD")
    options = replace(AuthOptions(type="basic"), username=username.value, password=password.value)
    return Compiled(options, {"type": kind.source, "username": username.source, "password": password.source})


def env_prefix(build: Build) -> str:
    """Return the start of the default variables' names: the service's slug in capitals, such as `STRIPE`."""
    spec = build.spec
    front = spec.front_matter
    named = (spec.service and spec.service.name) or (front and (front.service or front.name)) or spec.title
    slug = re.sub(r"\W+", "_", named.value if named else "service").strip("_").upper()
    return f"_{slug}" if slug[:1].isdigit() else slug or "SERVICE"


def _bullet_reference(build: Build) -> Located[str] | None:
    """Return the one reference that the bullet on secret management names, None where it is prose."""
    stated = build.spec.security.secret_management if build.spec.security else None
    if stated is None:
        return None
    found = [match.group().rstrip(".,;)`") for match in REFERENCE_RE.finditer(stated.value)]
    return Located(found[0], stated.span, stated.key_span, found[0]) if len(found) == 1 else None


def _says_bearer(build: Build) -> bool:
    """Whether the author wrote `Bearer` where only `api_key` is read from it."""
    block, bullets = build.spec.authentication, build.spec.integration_type
    texts = [
        (block.type.text if block and block.type else ""),
        (bullets.authentication.text if bullets and bullets.authentication else ""),
    ]
    return any("bearer" in text.lower() for text in texts)


def _is_authorization(name: str) -> bool:
    return name.lower() == "authorization"


def _empty_config(build: Build) -> AuthConfig:
    head = build.spec.authentication.head if build.spec.authentication else build.spec.span
    return AuthConfig(span=head, head=head)


_NO_TOKEN = "this version does not request OAuth tokens or sign JWTs; calls are refused"  # noqa: S105


class AuthHalf(Half):
    """Which credential goes where."""

    stages = ("authentication",)
    plan_field = "auth"
    fields = (
        *guard_fields("authentication", How.ENFORCED, "stage authentication", "type=type", stage="authentication"),
        *guard_fields(
            "authentication.config",
            How.ENFORCED,
            "stage authentication, `api_key`",
            "key_location=location key_name=name scheme=scheme secret=secret",
            stage="authentication",
        ),
        *guard_fields(
            "authentication.config",
            How.ENFORCED,
            "stage authentication, `basic`",
            "username=username password=password",
            stage="authentication",
        ),
        *guard_fields(
            "authentication.config",
            How.ENFORCED,
            "stage authentication",
            "token_refresh=token_refresh expires_in=expires_in_s",
            stage="authentication",
        ),
        *guard_fields(
            "authentication.config",
            How.REPORTED,
            _NO_TOKEN,
            "grant_type authorization_url client_id client_secret client_authentication refresh_token "
            "audience algorithm key key_id issuer subject claims "
            "access_key_id secret_access_key session_token region service",
        ),
        *guard_fields(
            "authentication.config",
            How.GENERATED,
            "security scheme of the API description; " + _NO_TOKEN,
            "token_url scopes",
        ),
    )

    def compile(self, build: Build) -> Compiled:
        """Return the options that the spec gives, and why calls can't be made with them."""
        return compile_auth(build)


HALF = AuthHalf()
