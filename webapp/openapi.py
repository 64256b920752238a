"""The OpenAPI document, made from the declared endpoints and the live messages."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from webapp.api.registry import BASE, Api, Endpoint
from webapp.api.schemas import (
    ErrorView,
    LiveDeposit,
    LiveNotice,
    LivePing,
    LiveProviders,
    LiveReady,
    LiveWallet,
)

LIVE = (LiveReady, LiveProviders, LiveWallet, LiveDeposit, LiveNotice, LivePing)
_REF = "#/components/schemas/{model}"


def document(api: Api) -> dict[str, Any]:
    """Describe the API (OpenAPI 3.1). Live messages are in the schemas as ``LiveMessage``."""
    models: list[type[BaseModel]] = [ErrorView, *LIVE]
    for e in api.endpoints:
        models += [m for m in (e.reply, e.body) if m is not None and m not in models]
    _, schemas = models_json_schema(
        [(m, "validation") for m in models], ref_template=_REF, title="Croupier"
    )
    paths: dict[str, Any] = {}
    for e in api.endpoints:
        paths.setdefault(BASE + e.path, {})[e.method.lower()] = _operation(e)
    components = schemas.get("$defs", {})
    components["LiveMessage"] = {
        "oneOf": [{"$ref": _REF.format(model=m.__name__)} for m in LIVE],
        "discriminator": {
            "propertyName": "t",
            "mapping": {m.model_fields["t"].default: _REF.format(model=m.__name__) for m in LIVE},
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Croupier", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(e: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": e.handler.__name__,
        "summary": (e.handler.__doc__ or "").split("\n", 1)[0].rstrip("."),
        "security": [] if e.open_to_all else [{"bearer": []}],
        "responses": {"default": _json(ErrorView, "What went wrong")},
    }
    if e.reply is None:
        operation["responses"]["204"] = {"description": "Done"}
    else:
        operation["responses"]["200"] = _json(e.reply, "Done")
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)", e.path)
    ]
    if e.keyed:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "maxLength": 64},
            }
        )
    if e.query is not None:
        parameters += _query(e.query)
    if parameters:
        operation["parameters"] = parameters
    if e.body is not None:
        operation["requestBody"] = {"required": True, **_json(e.body, "")}
    return operation


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    defs = schema.get("$defs", {})
    found = []
    for name, field in schema["properties"].items():
        reference = field.get("$ref", "").rsplit("/", 1)[-1]
        found.append(
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", []),
                "schema": defs.get(reference, field),
            }
        )
    return found


def _json(model: type[BaseModel], description: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}
    return (
        {"description": description, "content": content} if description else {"content": content}
    )
