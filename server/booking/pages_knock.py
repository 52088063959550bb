"""Knocking on pages: what is open now, getting in line, the waiting page; without script up to the room. Rules are elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.booking.knock import KnockClosed, TooManyKnocks, leave, look, opens_at, outlook_of
from server.booking.knock_rules import Outlook
from server.booking.knock_take import take
from server.booking.pages_hold import CHECKS, LONGEST_NAME, WORDS
from server.booking.routes_knock import knock_of, room_of
from server.catalog.model import Service
from server.errors import BadInput
from server.web.api import Page
from server.web.call import Call
from server.web.language import own_name
from server.web.render import render, said, see_other

CLERK = frozenset({"clerk"})


@dataclass(frozen=True, slots=True)
class Door:
    """A concern on the list: whether one may knock for it now."""

    service: Service
    now: Outlook
    opens_at: datetime | None


async def doors_page(call: Call) -> web.Response:
    return await _doors(call, {"service": call.request.query.get("service", "")}, {})


async def _doors(
    call: Call, typed: dict[str, str], errors: dict[str, str], status: int = 200, closed: bool = False
) -> web.Response:
    catalogue = await call.catalogue()
    doors = []
    for service in catalogue.services.values():
        if service.hidden or "video" not in service.offered_modes:
            continue
        now = await outlook_of(call.office.db, call.office.calendar, service.id, None, call.now)
        opens = None if now.open else await opens_at(call.office.calendar, service.id, None, call.now)
        doors.append(Door(service, now, opens))
    snapshot = await call.office.calendar.snapshot(call.now)
    spoken = sorted({code for crew in snapshot.crews for code in crew.languages} - {"de"})
    return render(
        call,
        "booking/knock.html",
        status,
        doors=[door for door in doors if door.now.open],
        shut=[door for door in doors if not door.now.open],
        languages_spoken=[(code, own_name(code)) for code in spoken],
        values=typed,
        errors=errors,
        closed=closed,
        here="/knock",
    )


async def submit(call: Call) -> web.Response:
    form = await call.request.post()
    typed = {name: str(form.get(name, ""))[:300].strip() for name in ("service", "name", "spoken")}
    catalogue = await call.catalogue()
    errors = {}
    try:
        CHECKS["name"].validate_python(typed["name"])
    except ValueError:
        errors["name"] = said(call.language, WORDS["name"], {"most": LONGEST_NAME})
    if typed["service"] not in catalogue.services:
        errors["service"] = call.language.gettext("Bitte wählen Sie ein Anliegen.")
    if errors:
        return await _doors(call, typed, errors, 422)
    try:
        token = await knock_of(call, typed["service"], typed["name"], typed["spoken"])
    except KnockClosed as refusal:
        return await _doors(call, typed, {}, refusal.status, closed=True)
    except (BadInput, TooManyKnocks) as refusal:
        words = said(call.language, refusal.message, refusal.params)
        return await _doors(call, typed, {"service": words}, refusal.status)
    return see_other(f"/k/{token}")


async def place(call: Call) -> web.Response:
    token = call.path("knock")
    place = await look(call.office.db, call.office.calendar, token, call.now)
    catalogue = await call.catalogue()
    return render(
        call,
        "booking/knocked.html",
        place=place,
        service=catalogue.services.get(place.knock.service_id),
        room=room_of(call, place.knock.id) if place.state == "called" else "",
        base=f"/k/{token}",
        api=f"/api/v1/knock/{token}",
    )


async def leave_submit(call: Call) -> web.Response:
    await leave(call.office.db, call.path("knock"), call.now)
    return see_other(f"/k/{call.path('knock')}")


async def take_submit(call: Call) -> web.Response:
    office = call.office
    taken = await take(office.db, office.calendar, office.settings, call.member, call.path("knock"), call.now)
    return see_other(f"/office/appointments/{taken}/room")


pages = [
    Page("GET", "/knock", doors_page),
    Page("POST", "/knock", submit),
    Page("GET", "/k/{knock}", place),
    Page("POST", "/k/{knock}/leave", leave_submit),
    Page("POST", "/office/knocks/{knock}/take", take_submit, CLERK),
]
