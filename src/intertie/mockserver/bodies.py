"""Bodies read and written: JSON, forms, multipart, XML, text, bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import msgspec

from intertie.mockserver.messages import Answer
from intertie.mockserver.problems import place_of, problem
from intertie.runtime.plan import BodyPlan, OperationPlan

_FORM_NAME_RE = re.compile(r"\[([^\[\]]*)\]")
_DOCTYPE_RE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_NAME_RE = re.compile(r"[A-Za-z_][\w.-]*\Z")
_DEEPEST_FORM_NAME = 20


class UnreadableBody(ValueError):  # noqa: N818  # says what the body is
    """The body is not what its media type says; the message says why, and quotes nothing of it."""


def decode(codec: str, content_type: str, body: bytes) -> object:
    """Return the data of a request body: texts stay texts in forms and XML.

    Raises:
        UnreadableBody: It can't be read.
    """
    if codec == "json":
        try:
            return msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as broken:
            raise UnreadableBody("it is no JSON") from broken
    if codec == "form":
        return form_fields(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    if codec == "multipart":
        return _multipart(content_type, body)
    if codec == "xml":
        return _from_xml(body)
    if codec == "text":
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError as broken:
            raise UnreadableBody("it is no UTF-8 text") from broken
    return body.decode("latin-1")


def form_fields(pairs: list[tuple[str, str]]) -> dict[str, object]:
    """Return form fields as an object: `a[b]=1` nests, `a[]=1` and `a[0]=1` list, a name given twice lists too.

    >>> form_fields([("metadata[order_id]", "o-1"), ("items[0][sku]", "a"), ("tags[]", "x"), ("tags[]", "y")])
    {'metadata': {'order_id': 'o-1'}, 'items': [{'sku': 'a'}], 'tags': ['x', 'y']}
    """
    tree: dict[str, object] = {}
    for name, value in pairs:
        head, bracket, _ = name.partition("[")
        parts = [head, *_FORM_NAME_RE.findall(name)[:_DEEPEST_FORM_NAME]] if bracket and head else [name]
        place = tree
        for part in parts[:-1]:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                inner = place[part] = {}
            place = inner
        last = parts[-1] if parts[-1] != "" else str(len(place))
        if last in place and not isinstance(place[last], dict):
            earlier = place[last]
            place[last] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            place[last] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: object) -> object:
    if not isinstance(value, dict):
        return value
    made = {name: _listed(part) for name, part in value.items()}
    if made and all(name.isdigit() for name in made):
        return [made[name] for name in sorted(made, key=int)]
    return made


def _multipart(content_type: str, body: bytes) -> dict[str, object]:
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body
    )
    if not message.is_multipart():
        raise UnreadableBody("it has no parts: the boundary of its Content-Type does not occur")
    pairs: list[tuple[str, str]] = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            pairs.append((name, payload.decode("utf-8", "replace")))
    return form_fields(pairs)


def _from_xml(body: bytes) -> object:
    if b"\0" in body:
        raise UnreadableBody("it is no UTF-8 text")
    if _DOCTYPE_RE.search(body):
        raise UnreadableBody("it has a document type, which is refused")
    try:
        return _xml_value(ET.fromstring(body))  # noqa: S314  # document types and entities were refused above
    except (ET.ParseError, RecursionError, LookupError, ValueError) as broken:
        raise UnreadableBody("it is no well-formed XML, or nests too deep") from broken


def _xml_value(element: ET.Element) -> object:
    made: dict[str, object] = {f"@{name}": value for name, value in element.attrib.items()}
    for child in element:
        name, value = child.tag.rsplit("}", 1)[-1], _xml_value(child)
        if name in made:
            earlier = made[name]
            made[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            made[name] = value
    text = (element.text or "").strip()
    if not made:
        return text
    return {**made, "#text": text} if text else made


def encode(codec: str, data: object, *, root: str = "response") -> bytes:
    """Return the bytes of an answer's data; `root` names the outermost XML element."""
    if codec == "json":
        return msgspec.json.encode(data)
    if codec == "form":
        fields = data if isinstance(data, Mapping) else {"value": data}
        return urlencode({str(k): v if isinstance(v, str) else json.dumps(v) for k, v in fields.items()}).encode()
    if codec == "xml":
        if isinstance(data, str) and data.lstrip().startswith("<"):
            return data.encode()
        return ('<?xml version="1.0" encoding="UTF-8"?>' + _to_xml(root, data)).encode()
    if isinstance(data, bytes):
        return data
    return data.encode() if isinstance(data, str) else msgspec.json.encode(data)


def _to_xml(name: str, value: object) -> str:
    tag = name if _XML_NAME_RE.match(name) else "item"
    if isinstance(value, list):
        return "".join(_to_xml(name, part) for part in value)
    if isinstance(value, Mapping):
        attributes = "".join(
            f' {k[1:]}="{escape(str(v), {chr(34): "&quot;"})}"' for k, v in value.items() if k.startswith("@")
        )
        inner = "".join(_to_xml(k, v) for k, v in value.items() if not k.startswith(("@", "#")))
        return f"<{tag}{attributes}>{escape(str(value.get('#text', '')))}{inner}</{tag}>"
    if value is None:
        return f"<{tag}/>"
    return f"<{tag}>{escape(str(value).lower() if isinstance(value, bool) else str(value))}</{tag}>"


def media_type(content_type: str) -> str:
    """Return the type without its parameters, in lower case.

    >>> media_type("Application/JSON; charset=utf-8")
    'application/json'
    """
    return content_type.partition(";")[0].strip().lower()


def same_media_type(sent: str, declared: str) -> bool:
    """Return whether a sent type satisfies a declared one; `+json` and `+xml` types count as their base."""
    one, other = media_type(sent), media_type(declared)
    if one == other or other in ("", "*/*") or (other.endswith("/*") and one.startswith(other[:-1])):
        return True
    return any(
        one.endswith(f"{mark}{base}") and other.endswith(f"{mark2}{base}")
        for base in ("json",)
        for mark in "/+"
        for mark2 in "/+"
    )


def read_body(
    plan: BodyPlan, operation: OperationPlan, content_type: str | None, body: bytes, status: int
) -> object | Answer:
    """Return the decoded body (None where there is none and none is needed), or the refusal of its form."""
    place = place_of(operation, "request_validation", "body", "content_type")
    if not body:
        if plan.required:
            return problem(
                status, "missing-body", f"a body of {plan.content_type} is required ({place})",
                place=place, operation=operation.id,
            )  # fmt: skip
        return None
    if content_type is None or not same_media_type(content_type, plan.content_type):
        sent = f"`{media_type(content_type)}`" if content_type else "no Content-Type"
        return problem(
            415, "wrong-content-type", f"the body must be {plan.content_type}, and came with {sent} ({place})",
            place=place, operation=operation.id, field="Content-Type",
        )  # fmt: skip
    try:
        return decode(plan.codec, content_type, body)
    except UnreadableBody as reason:
        return problem(
            status, "malformed-body", f"the body can't be read: {reason} ({place})", place=place, operation=operation.id
        )
