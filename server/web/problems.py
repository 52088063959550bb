"""How a refusal looks on the wire: problem+json (RFC 9457), `title` in German, `detail` in the asker's language."""

import json
from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from server.errors import BadInput, NotFound, Refusal, TooLarge
from server.web.language import Language

BASE = "urn:sprechzeit:problem:"


class MethodNotAllowed(Refusal):
    status = 405
    type = "method-not-allowed"
    detail = "Das geht an dieser Adresse nicht."


class UnsupportedBody(Refusal):
    status = 415
    type = "unsupported-body"
    detail = "Dieser Inhaltstyp wird hier nicht angenommen."


def detail_of(refusal: Refusal, language: Language) -> str:
    """The refusal's words with its parameters filled in."""
    text = language.gettext(refusal.message)
    shown = {
        key: language.moment(value) if isinstance(value, datetime) else value
        for key, value in refusal.params.items()
    }
    try:
        return text.format(**shown)
    except (KeyError, IndexError, ValueError):
        return text


def as_problem(refusal: Refusal, language: Language) -> web.Response:
    body: dict[str, Any] = {
        "type": BASE + refusal.type,
        "title": refusal.title,
        "status": refusal.status,
        "detail": detail_of(refusal, language),
        **refusal.extra,
    }
    return web.Response(
        status=refusal.status,
        text=json.dumps(body, ensure_ascii=False),
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **refusal.headers},
    )


def from_validation(error: ValidationError) -> BadInput:
    """Which fields were wrong and how, never what was in them."""
    wrong = [
        {"field": ".".join(str(part) for part in item["loc"]), "message": item["msg"]}
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return BadInput(errors=wrong[:20])


def from_http(error: web.HTTPException, limit_mb: int) -> Refusal:
    """aiohttp's own answers in our words."""
    if error.status in (403, 404):  # a folder of static files looks like nothing at all
        return NotFound()
    if error.status == 413:
        return TooLarge(params={"limit_mb": limit_mb})
    if error.status == 405:
        refusal: Refusal = MethodNotAllowed()
        refusal.headers["Allow"] = error.headers.get("Allow", "")
        return refusal
    return BadInput()
