"""The pages on which a video room opens, for citizen and clerk, and the check of camera and sound before it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiohttp import web

from server.access import Appointment, appointment_by_token, appointment_for
from server.catalog.model import in_language
from server.documents.checklist import items_of
from server.errors import NotVideo, TooLate
from server.rooms.admit import check_entry, socket_of
from server.rooms.exclude import check_welcome
from server.rooms.hand_over import HandedOver
from server.web.api import Page
from server.web.call import Call
from server.web.check_words import checks_on_page, for_citizen
from server.web.render import render
from server.web.rescue import rescue_of
from server.web.room_people import room_people

CLERK = frozenset({"clerk"})
WELL_AHEAD = timedelta(minutes=30)


async def _own(call: Call) -> Appointment:
    async with call.office.db.read() as tx:
        return await appointment_by_token(tx, call.path("token"))


async def check(call: Call) -> web.Response:
    appointment = await _own(call)
    if appointment.mode != "video":
        raise NotVideo()
    kept = (await checks_on_page(call, [appointment])).get(appointment.id)
    return render(
        call,
        "rooms/check.html",
        base=f"/a/{call.path('token')}",
        result=f"/api/v1/appointments/{call.path('token')}/check",
        socket=call.office.settings.room_url,
        checked=for_citizen(kept, call.language, call.now) if kept else "",
        rescue=replace(await rescue_of(call, appointment), check=None),
    )


async def guest_room(call: Call) -> web.Response:
    """The waiting room. A little early is fine: the page itself waits until the room opens."""
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
        await check_welcome(tx, appointment, call.office.keyring, call.office.settings, call.now)
    soon = appointment.starts_at - timedelta(minutes=call.office.settings.room_opens_minutes) - WELL_AHEAD
    check_entry(appointment, call.office.settings, call.now, early=call.now >= soon)
    token = call.path("token")
    rescue = await rescue_of(call, appointment)
    api = f"/api/v1/appointments/{token}"
    case = await _case(call, appointment, api)
    more = {"rescue": rescue, "forms": api, "case": case}
    return await _room(call, appointment, "guest", f"{api}/entry", f"/a/{token}", **more)


async def host_room(call: Call) -> web.Response:
    async with call.office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, call.path("appointment"))
    if appointment.state == "cancelled":
        raise TooLate("Dieser Termin wurde abgesagt.")
    check_entry(appointment, call.office.settings, call.now, early=True)
    people = await room_people(call, appointment)
    handed = people.handed
    mine = handed is not None and handed.to_id == call.member.id
    if handed is not None and handed.taken_at is not None and not mine:
        raise HandedOver(params={"name": handed.to_name})
    entry = f"/api/v1/office/appointments/{appointment.id}/entry"
    back = f"/office/appointments/{appointment.id}"
    case = await _case(call, appointment, f"/api/v1{back}", desk=f"{back}/documents/")
    return await _room(call, appointment, "host", entry, back, handed=handed, mine=mine, case=case)


async def _case(call: Call, appointment: Appointment, base: str, desk: str | None = None) -> dict[str, Any]:
    """What the room's script asks for documents with: the case's address, and the names of its checklist."""
    items = items_of(await call.catalogue(), appointment.services)
    names = [(item.key, in_language(item.name, call.language.code)) for item in items if item.when == "ahead"]
    return {"base": base, "desk": desk, "items": names, "limit_mb": call.office.settings.upload_limit_mb}


async def _room(
    call: Call, appointment: Appointment, role: str, entry: str, back: str, **more: Any
) -> web.Response:
    catalogue = await call.catalogue()
    names = [
        in_language(catalogue.services[name].name, call.language.code)
        for name, _ in appointment.services
        if name in catalogue.services
    ]
    subtitle = f"{', '.join(names)} · {call.language.time(appointment.starts_at)}"
    template = "rooms/host_room.html" if role == "host" else "rooms/room.html"
    return render_room(call, template, appointment, subtitle, role=role, entry=entry, back=back, **more)


def render_room(
    call: Call, template: str, appointment: Appointment, subtitle: str, **more: Any
) -> web.Response:
    """The page with a room on it. `more`: `role`, `entry` (where tickets are fetched), `back`, and what the template wants."""
    recorded = f"{more['entry'].removesuffix('/entry')}/recording" if call.office.settings.recorder else None
    more |= {"appointment": appointment, "starts": appointment.starts_at, "subtitle": subtitle}
    more |= {"recording": recorded, "socket": socket_of(appointment.id, call.office.settings)}
    return render(call, template, **more)


pages = [
    Page("GET", "/a/{token}/check", check),
    Page("GET", "/a/{token}/room", guest_room),
    Page("GET", "/office/appointments/{appointment}/room", host_room, CLERK),
]
