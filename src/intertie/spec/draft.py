"""A spec made from the founding template: what is known is filled in, the rest stays a placeholder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from msgspec import Struct

from intertie.spec.template import template_text

PROTOCOLS = ("REST", "GraphQL", "WebSocket", "gRPC")
AUTHENTICATIONS = {"api_key": "API Key", "oauth": "OAuth", "jwt": "JWT", "basic": "Basic", "none": "None"}
"""`authentication.type` -> the bullet that says the same."""
DATA_FORMATS = ("JSON", "XML", "Binary")
COMMUNICATIONS = ("Synchronous", "Asynchronous")

_PLAIN_RE = re.compile(r"[A-Za-z](?:[\w &./()+-]*[\w)])?")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""What some reader of YAML takes for something else than a name."""


class Draft(Struct, frozen=True):
    """What is known of an integration; None stays a placeholder.

    Attributes:
        id: `INT-` and digits.
        name: Display name, one line.
        slug: Of the service: lower case letters, digits and hyphens.
        authentication: A key of `AUTHENTICATIONS`.
    """

    id: str
    name: str
    slug: str
    description: str | None = None
    base_url: str | None = None
    protocol: str | None = None
    authentication: str | None = None
    data_format: str | None = None
    communication: str | None = None


def slug_of(name: str) -> str:
    """Return the slug of a name, empty where nothing of it can be one.

    >>> slug_of("Stripe Payments (EU)"), slug_of("…")
    ('stripe-payments-eu', '')
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def draft_text(draft: Draft) -> str:
    """Return the template with the draft's values in the places of their placeholders."""
    text = template_text()
    for placeholder, value in _fillings(draft):
        if value is not None:
            text = text.replace(placeholder, _filled(placeholder, value))
    return text


def _fillings(draft: Draft) -> Iterator[tuple[str, str | None]]:
    """Yield (placeholder with enough of its line to be found once, value)."""
    bullet = AUTHENTICATIONS.get(draft.authentication) if draft.authentication else None
    yield "id: INT-[XXX]", draft.id
    yield "name: [Integration Name]", yaml_name(draft.name)
    yield "service: [Service Name]", draft.slug
    yield "# {name}", draft.name
    yield "[Brief description of the external service and its purpose in the system]", draft.description
    yield "- **Protocol**: [REST/GraphQL/WebSocket/gRPC]", draft.protocol
    yield "- **Authentication**: [API Key/OAuth/JWT/Basic]", bullet
    yield "- **Data Format**: [JSON/XML/Binary]", draft.data_format
    yield "- **Communication**: [Synchronous/Asynchronous]", draft.communication
    yield "[service_name]", draft.slug
    yield "base_url: [production_url]", draft.base_url
    yield "production: [prod_url]", draft.base_url
    yield "type: [api_key|oauth|jwt|basic]", draft.authentication


def _filled(placeholder: str, value: str) -> str:
    """Return the placeholder's line with the value instead of what stands in brackets or braces."""
    label = re.split(r"INT-\[|[\[{]", placeholder, maxsplit=1)[0]
    return label + value


def yaml_name(text: str) -> str:
    """Return a name as it stands in YAML, in quotes where it would read as something else."""
    plain = _PLAIN_RE.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)
