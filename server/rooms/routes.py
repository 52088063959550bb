"""Entering a room by the API: the citizen with the link's token, the clerk signed in; and who has arrived."""

from datetime import datetime, time, timedelta
from typing import Any, Literal

from server.access import Appointment, appointment_by_token, appointment_for, case_of, day_of
from server.booking.model import ALIVE
from server.clock import BERLIN, berlin
from server.errors import NotVideo, TooEarly, TooLate, VideoExcluded
from server.rooms.admit import Entry, RoomOver, check_entry, guest_entry, host_entry, room_of
from server.rooms.arrive import note_arrival
from server.rooms.exclude import check_welcome
from server.rooms.hand_over import HandedOver, Transfer, come_in, open_transfers, owner_of
from server.rooms.listen import Presence
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call
from server.web.call_back_note import open_call_backs

CLERK = frozenset({"clerk"})
BEYOND = timedelta(hours=3)


class EntryOut(Model):
    """Where to go with which ticket; `ice` is an RTCConfiguration."""

    ticket: str
    signaling_url: str
    ice: dict[str, Any]


class ArrivalOut(Model):
    """A guest whom the signed-in clerk can admit, or (`handover`) a meeting that a colleague hands over, with a note.

    `appointment` is the id of the clerk's own pages; `room` is where to go for somebody who would like to be called.
    """

    appointment: str
    name: str
    since: datetime
    state: Literal["waiting", "admitted", "handover", "call-back"]
    handed_by: str | None = None
    note: str | None = None
    room: str | None = None


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
    office, id_ = call.office, call.path("appointment")
    async with office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, id_)
        own = await owner_of(tx, appointment) == call.member.id
    check_entry(appointment, office.settings, call.now, early=True)
    appointment = await come_in(office.db, call.member, id_, call.now)
    entry = host_entry(appointment, call.member, office.settings, call.now, own=own)
    call.office.rooms.expect(room_of(appointment.id, call.office.settings), appointment.id)
    return _entry(entry)


def day_around(now: datetime) -> tuple[datetime, datetime]:
    """Today, and beyond its midnights as far as somebody may be in a room now."""
    midnight = datetime.combine(berlin(now).date(), time(), BERLIN)
    return min(midnight, now - BEYOND), max(midnight + timedelta(days=1), now + BEYOND)


async def arrivals(call: Call) -> Reply:
    there = [*await arrivals_of(call), *await call_backs_of(call)]
    return Reply(ArrivalsOut(arrivals=sorted(there, key=lambda arrival: arrival.since)))


async def arrivals_of(call: Call) -> list[ArrivalOut]:
    """The guests of the day's own appointments who are there now, longest waiting first."""
    found = []
    async with call.office.db.read() as tx:
        day = await day_of(tx, call.member, *day_around(call.now))
        meetings = [one for one in day if one.mode == "video" and one.state != "cancelled"]
        handed = await open_transfers(tx, meetings, call.office.keyring)
        for meeting in meetings:
            guest = call.office.rooms.guest_in(room_of(meeting.id, call.office.settings))
            arrival = _arrival(call, meeting, guest, handed.get(meeting.id))
            if arrival is not None:
                case = await case_of(tx, meeting, call.office.keyring)
                found.append(arrival.model_copy(update={"name": case.contact.name}))
    return sorted(found, key=lambda arrival: arrival.since)


def _arrival(
    call: Call, meeting: Appointment, guest: Presence | None, handed: Transfer | None
) -> ArrivalOut | None:
    """Without the name. What is handed over to me is shown until I come; what somebody has taken from me is theirs."""
    mine = handed is not None and handed.to_id == call.member.id
    if handed is not None and mine and handed.taken_at is None and meeting.state in ALIVE:
        return ArrivalOut(
            appointment=meeting.id,
            name="",
            since=handed.since,
            state="handover",
            handed_by=handed.from_name,
            note=handed.note,
        )
    if guest is None or (handed is not None and not mine and handed.taken_at is not None):
        return None
    state: Literal["waiting", "admitted"] = "admitted" if guest.joined else "waiting"
    return ArrivalOut(appointment=meeting.id, name="", since=guest.since, state=state)


async def call_backs_of(call: Call) -> list[ArrivalOut]:
    """Who of the day's own appointments would like to be called, in the room or not."""
    found = []
    async with call.office.db.read() as tx:
        today = await day_of(tx, call.member, *day_around(call.now))
    wishes = await open_call_backs(call, today)
    for appointment in today:
        if appointment.id not in wishes:
            continue
        async with call.office.db.read() as tx:
            case = await case_of(tx, appointment, call.office.keyring)
        found.append(
            ArrivalOut(
                appointment=appointment.id,
                name=case.contact.name,
                since=wishes[appointment.id],
                state="call-back",
                room=f"/office/appointments/{appointment.id}#rueckruf",
            )
        )
    return found


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
        refusals=(NotVideo, TooLate, RoomOver, HandedOver),
        roles=CLERK,
    ),
    Endpoint(
        "GET", "/api/v1/office/arrivals", arrivals, "Wer gerade wartet", {200: ArrivalsOut}, roles=CLERK
    ),
]
