"""Entering a room by the API: the citizen with the link's token, the clerk signed in; and who has arrived."""

from datetime import datetime, time, timedelta
from typing import Any

from server.access import appointment_by_token, appointment_for, case_of, day_of
from server.clock import BERLIN, berlin
from server.errors import NotVideo, TooEarly, TooLate, VideoExcluded
from server.rooms.admit import Entry, RoomOver, guest_entry, host_entry, room_of
from server.rooms.arrive import note_arrival
from server.rooms.exclude import check_welcome
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call

CLERK = frozenset({"clerk"})


class EntryOut(Model):
    """Where to go with which ticket; `ice` is an RTCConfiguration."""

    ticket: str
    signaling_url: str
    ice: dict[str, Any]


class ArrivalOut(Model):
    """A guest whom the signed-in clerk can admit. `appointment` is the id of the clerk's own pages."""

    appointment: str
    name: str
    since: datetime
    state: str


class ArrivalsOut(Model):
    arrivals: list[ArrivalOut]


async def enter(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
        case = await case_of(tx, appointment, call.office.keyring)
        await check_welcome(tx, appointment, call.office.keyring, call.office.settings, call.now)
    entry = guest_entry(appointment, case, call.office.settings, call.now)
    await note_arrival(call.office.db, appointment, call.caller, call.now)
    call.office.rooms.expect(room_of(appointment.id, call.office.settings), appointment.id)
    return _entry(entry)


async def enter_as_clerk(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, call.path("appointment"))
    entry = host_entry(appointment, call.member, call.office.settings, call.now)
    call.office.rooms.expect(room_of(appointment.id, call.office.settings), appointment.id)
    return _entry(entry)


async def arrivals(call: Call) -> Reply:
    return Reply(ArrivalsOut(arrivals=await arrivals_of(call)))


async def arrivals_of(call: Call) -> list[ArrivalOut]:
    """The guests of today's own appointments who are there now, longest waiting first."""
    midnight = datetime.combine(berlin(call.now).date(), time(), BERLIN)
    found = []
    async with call.office.db.read() as tx:
        for appointment in await day_of(tx, call.member, midnight, midnight + timedelta(days=1)):
            guest = call.office.rooms.guest_in(room_of(appointment.id, call.office.settings))
            if guest is None or appointment.mode != "video" or appointment.state == "cancelled":
                continue
            case = await case_of(tx, appointment, call.office.keyring)
            state = "admitted" if guest.joined else "waiting"
            found.append(
                ArrivalOut(appointment=appointment.id, name=case.contact.name, since=guest.since, state=state)
            )
    return sorted(found, key=lambda arrival: arrival.since)


def _entry(entry: Entry) -> Reply:
    return Reply(EntryOut(ticket=entry.ticket, signaling_url=entry.signaling_url, ice=entry.ice))


endpoints = [
    Endpoint(
        "POST",
        "/api/v1/appointments/{token}/entry",
        enter,
        "Den Videoraum betreten",
        {200: EntryOut},
        refusals=(TooEarly, NotVideo, TooLate, RoomOver, VideoExcluded),
    ),
    Endpoint(
        "POST",
        "/api/v1/office/appointments/{appointment}/entry",
        enter_as_clerk,
        "Den Videoraum als Sachbearbeitung betreten",
        {200: EntryOut},
        refusals=(NotVideo, TooLate, RoomOver),
        roles=CLERK,
    ),
    Endpoint(
        "GET", "/api/v1/office/arrivals", arrivals, "Wer gerade wartet", {200: ArrivalsOut}, roles=CLERK
    ),
]
