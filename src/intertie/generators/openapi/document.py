"""The whole OpenAPI document of one spec."""

from __future__ import annotations

from intertie.core.errors import snake_case
from intertie.generators.openapi.components import Components
from intertie.generators.openapi.operations import operation_object
from intertie.generators.openapi.surroundings import SCHEME, limit_extensions, security_scheme, server_objects
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.wires.rest.plan import RestWire, rest_operations
from intertie.runtime.wires.rest.requests.fixed_parts import fixed_parts
from intertie.spec.model import Endpoint, Spec

VERSION = "3.1.0"
UNVERSIONED = "unversioned"
"""What stands for the version where a spec names none: OpenAPI asks for one."""


def openapi_document(spec: Spec, plan: Plan) -> dict[str, object]:
    """Return the OpenAPI 3.1 document that says what a spec and its plan say, as far as OpenAPI can.

    What only a spec knows (limits, targets, pages, patterns of headers) stands in `x-intertie-…` extensions.

    Source: OpenAPI Specification 3.1.0.
    """
    components = Components()
    endpoints = _by_operation(spec)
    paths: dict[str, dict[str, object]] = {}
    for operation, wire in rest_operations(plan):  # OpenAPI has no other
        made = operation_object(operation, wire, endpoints[operation.id], components)
        item = paths.setdefault(wire.path, {})
        if wire.method.lower() in item:
            item = paths.setdefault(_path_of_its_own(operation, wire), {})
        item[wire.method.lower()] = made
    scheme = security_scheme(spec, plan)
    document: dict[str, object] = {"openapi": VERSION, "info": _info(spec, plan)}
    servers = server_objects(spec)
    if servers:
        document["servers"] = servers
    if scheme is not None:
        document["security"] = [{SCHEME: []}]
    if spec.documentation and spec.documentation.api_docs:
        document["externalDocs"] = {"url": spec.documentation.api_docs.value}
    document |= limit_extensions(spec, plan)
    document["paths"] = components.without_strays(paths)
    parts: dict[str, object] = {}
    schemas = components.made()
    if schemas:
        parts["schemas"] = schemas
    if scheme is not None:
        parts["securitySchemes"] = {SCHEME: scheme}
    if parts:
        document["components"] = parts
    return document


def _path_of_its_own(operation: OperationPlan, wire: RestWire) -> str:
    """Return the path of an operation whose method and path another one has.

    OpenAPI finds operations by these two alone. Descriptions of AWS services write what tells theirs apart as a
    fragment, which no request has: `/#X-Amz-Target=DynamoDB_20120810.GetItem`.
    """
    fixed = "&".join(f"{part.name}={part.value}" for part in fixed_parts(operation) if part.value is not None)
    return f"{wire.path}#{fixed or operation.id}"


def _by_operation(spec: Spec) -> dict[str, Endpoint]:
    found: dict[str, Endpoint] = {}
    for endpoint in spec.endpoints:
        if endpoint.name is not None:
            found.setdefault(snake_case(endpoint.name.value), endpoint)
    return found


def _info(spec: Spec, plan: Plan) -> dict[str, object]:
    version = spec.service.version.value if spec.service and spec.service.version else None
    if version is None and spec.versioning and spec.versioning.current:
        version = spec.versioning.current.value
    info: dict[str, object] = {"title": plan.title, "version": version or UNVERSIONED}
    if plan.summary:
        info["description"] = plan.summary
    contact = spec.documentation.support_contact if spec.documentation else None
    if contact is not None:
        key = "email" if "@" in contact.value and "/" not in contact.value else "url"
        info["contact"] = {key: contact.value}
    library = spec.documentation.client_library if spec.documentation else None
    if library is not None:
        info["x-intertie-client-library"] = library.value
    return {**info, "x-intertie-spec-id": plan.id, "x-intertie-spec-hash": spec.content_hash}
