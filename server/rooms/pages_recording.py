"""Taking back the yes to a recording from the own page, without script, also long after the meeting. Asking is in the room."""

from aiohttp import web

from server.access import appointment_by_token
from server.rooms.admit import subject_of
from server.rooms.consent import Person
from server.rooms.routes_recording import guest_of
from server.rooms.take_back import take_back
from server.web.api import Page
from server.web.call import Call
from server.web.render import see_other


async def remove(call: Call) -> web.Response:
    """Pressed twice, or too late: there is none any more, and the page says so."""
    office = call.office
    async with office.db.read() as tx:
        meeting = await appointment_by_token(tx, call.path("token"))
    citizen = Person(subject_of(meeting, "citizen", office.settings), "citizen")
    await take_back(office.studio, meeting, citizen, call.now)
    return see_other(f"/a/{call.path('token')}?unrecorded=1")


async def remove_guests(call: Call) -> web.Response:
    """As `remove`; also for somebody whose invitation was taken back meanwhile."""
    await take_back(call.office.studio, *await guest_of(call, even_revoked=True), call.now)
    return see_other(f"/i/{call.path('invited')}?unrecorded=1")


pages = [
    Page("POST", "/a/{token}/recording/delete", remove),
    Page("POST", "/i/{invited}/recording/delete", remove_guests),
]
