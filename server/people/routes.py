"""Signing in and out by the API. The pages for it are in `pages.py`."""

from aiohttp import web
from pydantic import Field

from server.errors import NotSignedIn, TooMany
from server.people.model import ROLES
from server.people.sign_in import WrongSignIn, sign_in, sign_out
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call
from server.web.session import clear_cookie, cookie_name, set_cookie

STAFF = frozenset(ROLES)


class SignInBody(Model):
    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=200)
    code: str | None = Field(None, max_length=20)


class SessionOut(Model):
    """Who is signed in. `csrf` goes into the header X-CSRF-Token of every change."""

    name: str
    roles: list[str]
    csrf: str


async def open_session(call: Call) -> web.Response:
    body: SignInBody = call.body
    office = call.office
    cookie, staff = await sign_in(office.db, office.attempts, body.name, body.password, call.client, call.now)
    out = SessionOut(name=staff.display, roles=sorted(staff.roles), csrf=staff.csrf)
    response = web.Response(
        text=out.model_dump_json(), content_type="application/json", headers={"Cache-Control": "no-store"}
    )
    set_cookie(response, office.settings, cookie)
    return response


async def whoami(call: Call) -> Reply:
    staff = call.member
    return Reply(SessionOut(name=staff.display, roles=sorted(staff.roles), csrf=staff.csrf))


async def close_session(call: Call) -> web.Response:
    cookie = call.request.cookies.get(cookie_name(call.office.settings), "")
    await sign_out(call.office.db, cookie)
    response = web.Response(status=204)
    clear_cookie(response, call.office.settings)
    return response


endpoints = [
    Endpoint(
        "POST",
        "/api/v1/session",
        open_session,
        "Anmelden",
        {200: SessionOut},
        body=SignInBody,
        refusals=(WrongSignIn, TooMany),
    ),
    Endpoint("GET", "/api/v1/session", whoami, "Wer angemeldet ist", {200: SessionOut}, roles=STAFF),
    Endpoint(
        "DELETE",
        "/api/v1/session",
        close_session,
        "Abmelden",
        {204: None},
        refusals=(NotSignedIn,),
        roles=STAFF,
    ),
]
