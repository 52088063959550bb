"""Documents as pictures of their pages, by the API. What is drawn is `render.py`."""

from aiohttp import web

from server.access import Appointment, appointment_by_token, appointment_for
from server.documents.render import Eyes, page_picture
from server.errors import Gone, NotFound
from server.web.api import Endpoint
from server.web.call import Call

CLERK = frozenset({"clerk"})
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def own_picture(call: Call) -> web.Response:
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
    return await _picture(call, appointment)


async def office_picture(call: Call) -> web.Response:
    async with call.office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, call.path("id"))
    return await _picture(call, appointment)


async def _picture(call: Call, appointment: Appointment) -> web.Response:
    number = call.path("page")
    if not (number.isascii() and number.isdecimal() and len(number) <= 4):
        raise NotFound
    office = call.office
    eyes = Eyes(office.db, office.store, office.keyring, call.staff)
    picture = await page_picture(eyes, appointment, call.path("document"), int(number), call.now)
    return web.Response(body=picture, content_type="image/png", headers=HEADERS)


endpoints = [
    Endpoint(
        "GET",
        "/api/v1/appointments/{token}/documents/{document}/pages/{page}",
        own_picture,
        "Eine Seite einer eigenen Unterlage als Bild",
        {200: None},
        refusals=(Gone,),
        produces="image/png",
    ),
    Endpoint(
        "GET",
        "/api/v1/office/appointments/{id}/documents/{document}/pages/{page}",
        office_picture,
        "Eine Seite einer Unterlage als Bild",
        {200: None},
        refusals=(Gone,),
        roles=CLERK,
        produces="image/png",
    ),
]
