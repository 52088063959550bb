"""From a declared route to an aiohttp handler: who asks, is it allowed, is the input sound. Features' rules are elsewhere."""

import hmac
import json
import types
import typing
from datetime import timedelta
from typing import Any, Protocol

from aiohttp import web
from aiohttp.http import HttpProcessingError
from multidict import MultiMapping
from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import to_jsonable_python

from server.access import Staff
from server.db import FOR_STAFF
from server.errors import BadInput, ForeignOrigin, NotAllowed, NotFound, NotSignedIn
from server.people.sign_in import staff_of
from server.privacy.note_look import look_of, note_look
from server.web.api import Endpoint, Handler, Page, Reply
from server.web.call import OFFICE, Call, Office
from server.web.language import Language, choose
from server.web.problems import UnsupportedBody, from_validation
from server.web.session import client_key, cookie_name

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"


class Declared(Protocol):
    """What endpoints and pages have in common."""

    @property
    def handler(self) -> Handler: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def path(self) -> str: ...


def language_of(request: web.Request) -> Language:
    """From ?lang=, the cookie, or the browser; an unknown one is passed over."""
    accepted = request.headers.get("Accept-Language", "")
    return choose(request.query.get("lang"), request.cookies.get("lang"), accepted)


def api_handler(endpoint: Endpoint) -> Any:
    """Wraps an endpoint: access first, then input, then the feature, then JSON."""

    async def handle(request: web.Request) -> web.StreamResponse:
        call = await _open_call(request, endpoint)
        if call.staff and endpoint.roles and request.method not in SAFE:
            _check_csrf(call.staff, request.headers.get(CSRF_HEADER, ""))
        call.query = _read_query(request, endpoint.query)
        if endpoint.body is not None:
            call.body = await _read_json(request, endpoint.body)
        reply = await endpoint.handler(call)
        return _as_json(reply) if isinstance(reply, Reply) else reply

    return handle


def page_handler(page: Page) -> Any:
    """Wraps a page. Forms of staff carry the session's CSRF token as a field `csrf`."""

    async def handle(request: web.Request) -> web.StreamResponse:
        call = await _open_call(request, page)
        if request.method not in SAFE and not page.streams:
            form = await _read_form(request)
            if call.staff and page.roles:
                _check_csrf(call.staff, str(form.get("csrf", "")))
        reply = await page.handler(call)
        return _as_json(reply) if isinstance(reply, Reply) else reply

    return handle


async def _open_call(request: web.Request, declared: Declared) -> Call:
    office = request.app[OFFICE]
    now = office.clock.now()
    _check_text(request)
    FOR_STAFF.set(bool(declared.roles))  # also set back: one connection's requests share their context
    if request.method not in SAFE:
        _check_origin(request, office)
    call = Call(request, office, language_of(request), now)
    call.client = client_key(request, office.settings, now)
    cookie = request.cookies.get(cookie_name(office.settings))
    if cookie and cookie.isascii() and (declared.roles or request.path.startswith("/office")):
        call.staff = await staff_of(
            office.db, cookie, timedelta(minutes=office.settings.session_idle_minutes), now
        )
    if declared.roles:
        if call.staff is None:
            raise NotSignedIn
        if not declared.roles & call.staff.roles:
            raise NotAllowed
        if (look := look_of(declared.path)) is not None:
            await note_look(office.db, call.staff, request.match_info[look.name], look.what, now)
    return call


def _check_text(request: web.Request) -> None:
    """Addresses with NUL or broken UTF-8 lead nowhere, on every database."""
    for value in (*request.match_info.values(), *request.query.keys(), *request.query.values()):
        if not _is_sound(value):
            raise NotFound


def _is_sound(text: str) -> bool:
    """No database takes a NUL, and half a surrogate pair is no text."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _check_origin(request: web.Request, office: Office) -> None:
    """Browsers say where a request comes from; a foreign site gets nothing done here (CSRF)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForeignOrigin
    origin = request.headers.get("Origin")
    if origin is None or origin == office.settings.origin:
        return
    if site != "same-origin" and not (office.settings.demo and origin.partition("://")[2] == request.host):
        raise ForeignOrigin


def _check_csrf(staff: Staff, token: str) -> None:
    if not hmac.compare_digest(token.encode("utf-8", "replace"), staff.csrf.encode()):
        raise ForeignOrigin("Die Sitzung passt nicht mehr zu dieser Seite. Bitte laden Sie sie neu.")


async def _read_form(request: web.Request) -> MultiMapping[Any]:
    """The form of a page, kept for its handler. What is no form, or says it is in no known alphabet, is refused."""
    try:
        form = await request.post()
    except (ValueError, LookupError, AssertionError, HttpProcessingError, web.RequestPayloadError):
        raise BadInput from None
    if not all(_is_sound(value) for value in form.values() if isinstance(value, str)):
        raise BadInput
    return form


async def _read_json(request: web.Request, model: type[BaseModel]) -> BaseModel:
    if request.content_type != "application/json":
        raise UnsupportedBody
    try:
        raw = await request.read()
    except web.RequestPayloadError:  # says it is compressed and is not
        raise BadInput from None
    if b"\0" in raw or b"\\u0000" in raw:
        raise BadInput
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise from_validation(error) from None


def _read_query(request: web.Request, model: type[BaseModel] | None) -> BaseModel | None:
    if model is None:
        return None
    values: dict[str, Any] = {}
    for name in request.query:
        field = model.model_fields.get(name) or _by_alias(model, name)
        values[name] = request.query.getall(name) if _is_list(field) else request.query[name]
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise from_validation(error) from None


def _by_alias(model: type[BaseModel], name: str) -> Any:
    return next((field for field in model.model_fields.values() if field.alias == name), None)


def _is_list(field: Any) -> bool:
    if field is None:
        return False
    kinds = [field.annotation]
    if isinstance(field.annotation, types.UnionType):
        kinds = list(typing.get_args(field.annotation))
    return any(typing.get_origin(kind) in (list, tuple) for kind in kinds)


def _as_json(reply: Reply) -> web.Response:
    headers = {"Cache-Control": "no-store", **reply.headers}
    if reply.body is None:
        return web.Response(status=reply.status, headers=headers)
    if isinstance(reply.body, BaseModel) and not isinstance(reply.body, RootModel):
        text = reply.body.model_dump_json(exclude_none=True, by_alias=True)
    else:
        plain = to_jsonable_python(reply.body, exclude_none=True, by_alias=True)
        text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return web.Response(status=reply.status, text=text, content_type="application/json", headers=headers)
