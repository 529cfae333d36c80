"""Where the version of the external API goes."""

from __future__ import annotations

import re
from urllib.parse import quote

from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.wires.rest.requests.percent import component

VERSION_PLACEHOLDER = "{version}"
_PLACEHOLDER_RE = re.compile(r"\{([^{}]+)\}")
_PATH_SAFE = "/%:@!$&'()*+,;=~"


def known_versions(options: VersionOptions | None) -> tuple[str, ...]:
    """Return the versions a caller may ask for."""
    if options is None:
        return ()
    return options.supported if options.current in options.supported else (*options.supported, options.current)


def path_template(base_path: str, path: str, options: VersionOptions | None, version: str | None) -> str:
    """Return base path and path with the version where it belongs.

    It stands in place of `{version}`; else of the first segment that is a known version, in the path or the base path;
    else it becomes the first segment of the path.

    >>> options = VersionOptions("url", "version", "v2", ("v1", "v2"))
    >>> path_template("", "/v2/charges", options, "v1"), path_template("/api", "/charges", options, "v1")
    ('/v1/charges', '/api/v1/charges')
    """
    joined = f"{base_path}/{path.removeprefix('/')}"
    if options is None or options.strategy != "url" or version is None:
        return joined
    written = component(version)
    if VERSION_PLACEHOLDER in joined:
        return joined.replace(VERSION_PLACEHOLDER, written)
    known = known_versions(options)
    first, slash, rest = path.removeprefix("/").partition("/")
    if first in known:
        return f"{base_path}/{written}{slash}{rest}"
    segments = base_path.split("/")
    for index, segment in enumerate(segments):
        if segment in known:
            segments[index] = written
            return f"{'/'.join(segments)}/{path.removeprefix('/')}"
    return f"{base_path}/{written}/{path.removeprefix('/')}"


def pieces(template: str) -> tuple[tuple[str, ...], str]:
    """Return the path's literal texts and placeholder names in turn, and the query that the template itself has.

    >>> pieces("/v1/charges/{id}?expand=x")
    (('/v1/charges/', 'id', ''), 'expand=x')
    """
    path, _, query = template.partition("?")
    parts = _PLACEHOLDER_RE.split(path)
    parts[::2] = [quote(part, safe=_PATH_SAFE) for part in parts[::2]]
    return tuple(parts), query
