"""The pages behind an invitation's link: what one is invited to, the own name, the room. Nothing is told of the citizen."""

from typing import Any

from aiohttp import web

from server.access import Appointment
from server.errors import BadInput
from server.rooms.admit import RoomOver, check_entry
from server.rooms.consent import Person
from server.rooms.invite import InvitationOver, invited, tell_name
from server.rooms.pages import WELL_AHEAD, render_room
from server.rooms.routes_invitation import WORDS
from server.rooms.routes_recording import guest_of, person_of
from server.rooms.shapes import named
from server.rooms.take_back import kept_until
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, see_other
from server.web.room_state import room_state


async def show(call: Call) -> web.Response:
    """After the meeting, and with an invitation that was taken back, what is left is the own yes to a recording."""
    try:
        return await _show(call)
    except (RoomOver, InvitationOver):
        recorded = await _recorded(call, *await guest_of(call, even_revoked=True))
        if not any(recorded.values()):
            raise
        return render(call, "rooms/invited.html", over=True, base=f"/i/{call.path('invited')}", **recorded)


async def _recorded(call: Call, meeting: Appointment, person: Person) -> dict[str, Any]:
    """Until when there is a recording that this person agreed to, and whether they have just had it deleted."""
    async with call.office.db.read() as tx:
        until = await kept_until(tx, meeting, person.subject)
    return {"recorded_until": until, "unrecorded": "unrecorded" in call.request.query}


async def _show(call: Call, error: str = "", typed: str = "", status: int = 200) -> web.Response:
    office = call.office
    async with office.db.read() as tx:
        meeting, invitation = await invited(tx, call.path("invited"), office.keyring, office.settings)
    check_entry(meeting, office.settings, call.now, early=True)
    return render(
        call,
        "rooms/invited.html",
        status,
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        room=room_state(call, meeting),
        well_ahead=WELL_AHEAD,
        as_what=call.language.gettext(WORDS[invitation.part]),
        name=invitation.name,
        base=f"/i/{call.path('invited')}",
        errors={"name": error} if error else {},
        typed=typed,
        over=False,
        **await _recorded(call, meeting, person_of(meeting, invitation, office.settings)),
    )


async def say_name(call: Call) -> web.Response:
    """On to the room; whoever has not said a name yet says it here."""
    office, token = call.office, call.path("invited")
    form = await call.request.post()
    name = str(form.get("name", "")).strip()
    async with office.db.read() as tx:
        _, invitation = await invited(tx, token, office.keyring, office.settings)
    if not invitation.name:
        try:
            if len(name) > 200:
                raise ValueError
            named(name)
        except ValueError:
            words = call.language.gettext("Bitte geben Sie Ihren Namen an.")
            return await _show(call, words, name[:200], BadInput.status)
        await tell_name(office.db, office.keyring, office.settings, token, name)
    return see_other(f"/i/{token}/room")


async def room(call: Call) -> web.Response:
    office, token = call.office, call.path("invited")
    async with office.db.read() as tx:
        meeting, invitation = await invited(tx, token, office.keyring, office.settings)
    if not invitation.name:
        return see_other(f"/i/{token}")
    state = room_state(call, meeting)
    check_entry(meeting, office.settings, call.now, early=call.now >= state.opens_at - WELL_AHEAD)
    return render_room(
        call,
        "rooms/invited_room.html",
        meeting,
        call.language.time(meeting.starts_at),
        role="guest",
        entry=f"/api/v1/invitations/{token}/entry",
        back=f"/i/{token}",
    )


pages = [
    Page("GET", "/i/{invited}", show),
    Page("POST", "/i/{invited}", say_name),
    Page("GET", "/i/{invited}/room", room),
]
