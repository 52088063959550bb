"""Taking back the yes to a recording from the own page, without script, also long after the meeting. Asking is in the room."""

from aiohttp import web

from server.rooms.routes_recording import citizen_of, guest_of
from server.rooms.take_back import take_back
from server.web.api import Page
from server.web.call import Call
from server.web.render import see_other


async def remove(call: Call) -> web.Response:
    """Pressed twice, or too late: there is none any more, and the page says so."""
    await take_back(call.office.studio, *await citizen_of(call), call.now)
    return see_other(f"/a/{call.path('token')}?unrecorded=1")


async def remove_guests(call: Call) -> web.Response:
    """As `remove`; also for somebody whose invitation was taken back meanwhile."""
    await take_back(call.office.studio, *await guest_of(call, even_revoked=True), call.now)
    return see_other(f"/i/{call.path('invited')}?unrecorded=1")


pages = [
    Page("POST", "/a/{token}/recording/delete", remove),
    Page("POST", "/i/{invited}/recording/delete", remove_guests),
]
