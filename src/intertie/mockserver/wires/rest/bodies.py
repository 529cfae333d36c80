"""Bodies read and written: JSON, forms, multipart, XML, text, bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import islice
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import msgspec

from intertie.core.charsets import CharsetError, decode_text
from intertie.core.media_types import agree, charset_of, codec_of, essence
from intertie.core.outside_text import shown
from intertie.mockserver.messages import Answer
from intertie.mockserver.problems import place_of, problem
from intertie.mockserver.wires.rest.multipart import UnreadableBody, read_parts
from intertie.runtime.bounds import BoundsError, check_depth, check_form, check_names, check_xml, decode_json_body
from intertie.runtime.plan import OperationPlan
from intertie.runtime.wires.rest.plan import BodyPlan

_FORM_NAME_RE = re.compile(r"\[([^\[\]]*)\]")
_INDEX_RE = re.compile(r"[0-9]{1,9}\Z")
_DOCTYPE_RE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_NAME_RE = re.compile(r"[A-Za-z_][\w.-]*\Z")
_DEEPEST_FORM_NAME = 20


def decode(codec: str, content_type: str, body: bytes) -> object:
    """Return the data of a request body: texts stay texts in forms and XML.

    Raises:
        UnreadableBody: It can't be read, or exceeds a bound of `runtime.bounds`.
    """
    charset = charset_of(content_type)
    try:
        if codec == "json":
            return decode_json_body(body, charset)
        if codec == "form":
            check_form(body)
            return form_fields(parse_qsl(decode_text(body, charset), keep_blank_values=True))
        if codec == "multipart":
            return form_fields([(name, _text_of(content)) for name, content in read_parts(content_type, body)])
        if codec == "xml":
            return _from_xml(body)
        return decode_text(body, charset) if codec == "text" else body
    except (BoundsError, CharsetError) as reason:
        raise UnreadableBody(str(reason)) from reason
    except (msgspec.DecodeError, UnicodeDecodeError) as broken:
        raise UnreadableBody("it is no JSON") from broken


def _text_of(content: bytes) -> str:
    """Return the content of a part: files are bytes of any kind, and a schema sees that something came."""
    return content.decode("utf-8", "replace")


def form_fields(pairs: list[tuple[str, str]]) -> dict[str, object]:
    """Return form fields as an object: `a[b]=1` nests, `a[]=1` and `a[0]=1` list, a name given twice lists too.

    >>> form_fields([("metadata[order_id]", "o-1"), ("items[0][sku]", "a"), ("tags[]", "x"), ("tags[]", "y")])
    {'metadata': {'order_id': 'o-1'}, 'items': [{'sku': 'a'}], 'tags': ['x', 'y']}

    Raises:
        BoundsError: The names nest too many objects.
    """
    tree: dict[str, object] = {}
    nested = 0
    for name, value in pairs:
        head, bracket, _ = name.partition("[")
        parts = [head, *_inner_names(name)] if bracket and head else [name]
        nested += len(parts) - 1
        check_names(nested)
        place = tree
        for part in parts[:-1]:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                inner = place[part] = {}
            place = inner
        last = parts[-1] if parts[-1] != "" else str(len(place))
        if last in place and not isinstance(place[last], dict):
            earlier = place[last]
            if isinstance(earlier, list):
                earlier.append(value)
            else:
                place[last] = [earlier, value]
        else:
            place[last] = value
    return {name: _listed(value) for name, value in tree.items()}


def _inner_names(name: str) -> list[str]:
    """Return what stands in a name's brackets; beyond a depth that no form has, the rest is left out."""
    return [found[1] for found in islice(_FORM_NAME_RE.finditer(name), _DEEPEST_FORM_NAME)]


def _listed(value: object) -> object:
    if not isinstance(value, dict):
        return value
    made = {name: _listed(part) for name, part in value.items()}
    if made and all(_INDEX_RE.match(name) for name in made):
        return [made[name] for name in sorted(made, key=int)]
    return made


def _from_xml(body: bytes) -> object:
    if b"\0" in body:
        raise UnreadableBody("it is no UTF-8 text")
    if _DOCTYPE_RE.search(body):
        raise UnreadableBody("it has a document type, which is refused")
    check_xml(body)
    try:
        root = ET.fromstring(body)  # noqa: S314  # document types and entities were refused above
    except (ET.ParseError, LookupError, ValueError) as broken:
        raise UnreadableBody("it is no well-formed XML") from broken
    return _xml_value(root, 1)


def _xml_value(element: ET.Element, depth: int) -> object:
    check_depth(depth)
    made: dict[str, object] = {f"@{name}": value for name, value in element.attrib.items()}
    for child in element:
        name, value = child.tag.rsplit("}", 1)[-1], _xml_value(child, depth + 1)
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
    if not (content_type and codec_of(content_type) and agree(plan.content_type, content_type)):
        sent = f"`{shown(essence(content_type), most=80)}`" if content_type else "no Content-Type"
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
