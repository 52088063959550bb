"""An answer held against the API's own description."""

import json
from typing import Any

from aiohttp import ClientResponse
from jsonschema import Draft202012Validator

from server.app import ENDPOINTS
from server.web.openapi import describe

DOCUMENT = json.loads(json.dumps({**describe(ENDPOINTS), "servers": [{"url": "http://localhost"}]}))
OPERATIONS: dict[tuple[str, str], dict[str, Any]] = {
    (method.upper(), path): operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


async def check(answer: ClientResponse, path: str) -> Any:
    """The answer is one that the description speaks of, in status, type and shape; returns its content."""
    operation = OPERATIONS[answer.method, path]
    told = operation["responses"].get(str(answer.status))
    assert told is not None, f"{answer.method} {path} gave {answer.status}: {await answer.text()}"
    content = told.get("content", {})
    if not content:
        assert await answer.read() == b""
        return None
    kind = answer.content_type
    media = content.get(kind, content.get("*/*"))
    assert media is not None, f"{answer.method} {path}: {kind}"
    if "json" not in kind:
        return await answer.read()
    body = json.loads(await answer.text())
    validator(media["schema"]).validate(body)
    if answer.status >= 400:
        assert kind == "application/problem+json"
        assert body["type"].startswith("urn:sprechzeit:problem:")
        assert body["status"] == answer.status
    return body
