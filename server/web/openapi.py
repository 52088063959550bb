"""The API's own description (OpenAPI 3.1), made from the same table that serves it."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from server import __version__
from server.errors import (
    BadInput,
    ForeignOrigin,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    TooLarge,
    Unavailable,
)
from server.web.api import Endpoint
from server.web.problems import UnsupportedBody

REF = "#/components/schemas/{model}"
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "additionalProperties": True,
}


def describe(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The whole document but for the server's address; costs a tenth of a second, so ask once."""
    endpoints = list(endpoints)
    schemas = {"Problem": PROBLEM, **_schemas(endpoints)}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sprechzeit",
            "version": __version__,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "sprechzeit_session"}},
        },
    }


def _schemas(endpoints: list[Endpoint]) -> dict[str, Any]:
    inputs = {model for endpoint in endpoints for model in (endpoint.body, endpoint.query) if model}
    outputs = {
        model for endpoint in endpoints for model in map(_model_in, endpoint.returns.values()) if model
    }
    _, taken = models_json_schema([(model, "validation") for model in _named(inputs)], ref_template=REF)
    _, given = models_json_schema([(model, "serialization") for model in _named(outputs)], ref_template=REF)
    return {**taken.get("$defs", {}), **given.get("$defs", {})}


def _named(models: set[type[BaseModel]]) -> list[type[BaseModel]]:
    return sorted(models, key=lambda model: model.__name__)


def _model_in(returned: Any) -> type[BaseModel] | None:
    inner = getattr(returned, "__args__", (returned,))[0]
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{endpoint.method.lower()}_{re.sub(r'[^a-z0-9]+', '_', endpoint.path.lower()).strip('_')}",
        "summary": endpoint.summary,
        "parameters": [
            *_path_parameters(endpoint),
            *_query_parameters(endpoint),
            *_header_parameters(endpoint),
        ],
        "responses": _responses(endpoint),
    }
    if endpoint.body:
        schema = {"$ref": REF.format(model=endpoint.body.__name__)}
        operation["requestBody"] = {"required": True, "content": {endpoint.consumes: {"schema": schema}}}
    elif endpoint.consumes != "application/json":
        # a form has fields; of bytes alone nothing can be said (OpenAPI 3.1, 4.8.14.3)
        schema = {"type": "object"} if endpoint.consumes.startswith("multipart/") else {}
        operation["requestBody"] = {"required": True, "content": {endpoint.consumes: {"schema": schema}}}
    if endpoint.roles:
        operation["security"] = [{"session": []}]
        operation["description"] = "Für: " + ", ".join(sorted(endpoint.roles))
    return operation


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", endpoint.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    schema = endpoint.query.model_json_schema(ref_template=REF)
    required = set(schema.get("required", []))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field, "explode": True}
        for name, field in schema.get("properties", {}).items()
    ]


def _header_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    schema = {"type": "string", "minLength": 1, "maxLength": 200}
    return [{"name": name, "in": "header", "required": False, "schema": schema} for name in endpoint.headers]


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, returned in endpoint.returns.items():
        responses[str(status)] = {"description": "Erledigt"}
        if returned is not None:
            schema = TypeAdapter(returned).json_schema(ref_template=REF, mode="serialization")
            schema.pop("$defs", None)
            model = _model_in(returned)
            if model is returned and model is not None:
                schema = {"$ref": REF.format(model=model.__name__)}
            responses[str(status)]["content"] = {endpoint.produces: {"schema": schema}}
        elif endpoint.produces != "application/json":
            responses[str(status)]["content"] = {endpoint.produces: {}}
    for refusal in _refusals(endpoint):
        known = responses.setdefault(str(refusal.status), {"description": "", "content": {}})
        known["description"] = ", ".join(filter(None, (known["description"], refusal.type)))
        known["content"]["application/problem+json"] = {"schema": {"$ref": REF.format(model="Problem")}}
    return responses


def _refusals(endpoint: Endpoint) -> list[type[Refusal]]:
    always: list[type[Refusal]] = [Unavailable, NotFound]
    takes_a_form = endpoint.consumes != "application/json"
    if endpoint.body or endpoint.query or endpoint.headers or takes_a_form:
        always.append(BadInput)
    if endpoint.body or takes_a_form:
        always += [UnsupportedBody, TooLarge]
    if endpoint.roles:
        always += [NotSignedIn, NotAllowed]
    if endpoint.method not in ("GET", "HEAD"):
        always.append(ForeignOrigin)
    return list(dict.fromkeys([*always, *endpoint.refusals]))
