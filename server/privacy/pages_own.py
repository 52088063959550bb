"""The citizen's page "Meine Daten": what is stored about them, for what, until when, and the ways to take it along."""

from aiohttp import web

from server.privacy.routes_own import lines_for, own
from server.web.api import Page
from server.web.call import Call
from server.web.render import render


async def show(call: Call) -> web.Response:
    appointment, found = await own(call)
    return render(
        call,
        "privacy/own.html",
        appointment=appointment,
        found=found,
        lines=await lines_for(call),
        officer=call.office.settings.privacy_officer,
        base=f"/a/{call.path('token')}",
        api=f"/api/v1/appointments/{call.path('token')}/data",
    )


pages = [Page("GET", "/a/{token}/data", show)]
