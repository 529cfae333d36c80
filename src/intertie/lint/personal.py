"""Personal fields: which are marked, which there are, and which look like one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from intertie.compiler.schema_fields import has_field
from intertie.core.json_pointer import resolved
from intertie.diagnostics import SourceSpan
from intertie.runtime.mapping import MappingSyntaxError, parse_path
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec

_PERSONAL_RE = re.compile(
    r"(?:^|_)(?:e_?mail|phone|mobile|fax|iban|ssn|passport|birth(?:_?da(?:te|y))?|dob|date_of_birth|street|zip_?code|"
    r"postal_?code|post_?code|first_?name|last_?name|full_?name|surname|card_?number|tax_?id)(?:_|$)",
    re.IGNORECASE,
)


def personal_fields(spec: Spec, plan: Plan) -> Iterator[tuple[str, SourceSpan]]:
    """Yield each field that is marked as personal with its place: the YAML item, else the bullet."""
    security = spec.security
    if security is None:
        return
    listed = {item.value.strip(): item.span for item in security.personal}
    for name in plan.logging.personal:
        place = listed.get(name) or (security.gdpr_privacy.span if security.gdpr_privacy else None)
        if place is not None:
            yield name, place


def known_fields(spec: Spec, *, answers: bool = True, requests: bool = True) -> set[str]:
    """Return the names that mapping rows, parameters, headers and schemas give to fields, those of schemas dotted."""
    found: set[str] = set()
    rows = [(row.external_field, row.internal_field) for row in (spec.inbound if answers else ())]
    rows += [(row.external_field, row.internal_field) for row in (spec.outbound if requests else ())]
    found |= {located.value.strip() for both in rows for located in both if located}
    for endpoint in spec.endpoints:
        if endpoint.request and requests:
            names = [parameter.name for parameter in endpoint.request.parameters]
            names += [header.name for header in endpoint.request.headers]
            found |= {name.value.strip() for name in names if name}
        body = endpoint.request.body if endpoint.request and requests else None
        success = endpoint.response.success if endpoint.response and answers else None
        for holder in (body, success):
            if holder is not None and holder.schema is not None:
                found |= set(_members(holder.schema.value.json, holder.schema.value.json, "", 0))
    return found


def is_field(name: str, known: set[str], spec: Spec) -> bool:
    """Return whether a personal field is one of those known, or the end of one, or below one that may hold anything."""
    plain = name.replace("[]", "")
    if any(each == plain or each.endswith(f".{plain}") for each in (field.replace("[]", "") for field in known)):
        return True
    try:
        steps: tuple[object, ...] = getattr(parse_path(name), "steps", ())
    except MappingSyntaxError:
        return False
    if len(steps) < 2:
        return False
    schemas = [e.response.success.schema for e in spec.endpoints if e.response and e.response.success]
    schemas += [e.request.body.schema for e in spec.endpoints if e.request and e.request.body]
    return any(
        has_field(schema.value.json, steps[:1]) and has_field(schema.value.json, steps) for schema in schemas if schema
    )


def looks_personal(path: str) -> bool:
    """Return whether a field is called as personal ones are.

    >>> looks_personal("customer.email"), looks_personal("billing.postalCode"), looks_personal("emails_sent")
    (True, True, False)
    """
    last = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", path.rpartition(".")[2].removesuffix("[]"))
    return _PERSONAL_RE.search(last) is not None


def is_named_in(path: str, prose: str) -> bool:
    """Return whether prose on privacy speaks of a field, in its own name or in words.

    >>> is_named_in("customer.phone_number", "phone numbers are masked"), is_named_in("to.email", "e-mail is hashed")
    (True, True)
    >>> is_named_in("customer.phone_number", "names are masked"), is_named_in("street", "")
    (False, False)
    """
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", path.rpartition(".")[2].removesuffix("[]")).lower()
    words = re.sub(r"[\W_]+", " ", prose.lower().replace("e-mail", "email"))
    return bool(plain) and any(re.search(rf"\b{re.escape(form)}", words) for form in {plain.replace("_", " "), plain})


def is_of_sender(path: str) -> bool:
    """Return whether a field is of the sender, such as `from.email`: ourselves."""
    return re.search(r"(?:^|[._])(?:from|sender|reply_?to|return_?path)(?:[._]|$)", path, re.IGNORECASE) is not None


def _members(schema: object, root: object, prefix: str, depth: int) -> Iterator[str]:
    """Yield the dotted names of a schema's members, references followed."""
    if not isinstance(schema, Mapping) or depth > 8:
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield from _members(resolved(root, reference), root, prefix, depth + 1)
    for branch in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(branch) or ():
            yield from _members(part, root, prefix, depth + 1)
    yield from _members(schema.get("items"), root, prefix, depth + 1)
    properties = schema.get("properties")
    for name, member in properties.items() if isinstance(properties, Mapping) else ():
        path = f"{prefix}.{name}" if prefix else str(name)
        yield path
        yield from _members(member, root, path, depth + 1)
