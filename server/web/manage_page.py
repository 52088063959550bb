"""Puts the citizen's page of one appointment together from booking, documents and room. No rule is decided here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from aiohttp import web

from server.access import Appointment, Case, case_of, follow_ups, manage_token
from server.booking.model import ALIVE
from server.booking.move import may_exchange
from server.booking.pages_parts import DayView, by_day, day_views
from server.booking.routing import Slot, wish_of
from server.catalog.model import Catalogue, ChecklistItem, Mode, Site
from server.documents.checklist import items_of
from server.errors import NotFound, Refusal
from server.rooms.admit import subject_of
from server.rooms.take_back import kept_until
from server.web.call import Call
from server.web.check_words import checks_on_page, for_citizen
from server.web.documents_list import papers_of
from server.web.forms_list import shown_forms
from server.web.identity_words import identity_on_page, identity_words
from server.web.render import render
from server.web.room_state import room_state

STATES = {
    "pending": "Wartet auf Ihre Bestätigung",
    "confirmed": "Gebucht",
    "arrived": "Sie sind angekommen",
    "called": "Sie werden aufgerufen",
    "serving": "Läuft gerade",
    "done": "Erledigt",
    "missed": "Nicht wahrgenommen",
    "cancelled": "Abgesagt",
    "displaced": "Wartet auf eine neue Zeit",
}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A later appointment on the same case, and where its citizen manages it."""

    appointment: Appointment
    site: Site | None
    link: str


def base_of(call: Call) -> str:
    """The address of this citizen's appointment."""
    return f"/a/{call.path('token')}"


def place_of(catalogue: Catalogue, appointment: Appointment) -> Site | None:
    return catalogue.sites.get(appointment.site_id or "")


async def render_manage(
    call: Call,
    appointment: Appointment,
    notice: str = "",
    error: str = "",
    status: int = 200,
    wrong_item: str = "",
) -> web.Response:
    """`notice` is one of NOTICES in `booking/pages_manage.py`; `error` is what was wrong with a file, already in words, `wrong_item` for which item it was sent."""
    catalogue = await call.catalogue()
    chosen = [(catalogue.services[name], n) for name, n in appointment.services if name in catalogue.services]
    items = checklist_of(catalogue, appointment)
    case = await _case(call, appointment)
    papers = await papers_of(call, appointment, items)
    pending = appointment.state == "pending"
    lapsed = pending and (appointment.expires_at or call.now) <= call.now
    displaced = appointment.displaced_at is not None and appointment.state in ALIVE
    alive = appointment.state in ALIVE and not pending and not displaced
    identity = await identity_on_page(call, appointment)
    checked = (await checks_on_page(call, [appointment])).get(appointment.id)
    return render(
        call,
        "booking/manage.html",
        status,
        token=call.path("token"),
        base=base_of(call),
        appointment=appointment,
        state=appointment.state,
        state_text=call.language.gettext(STATES[_state(appointment, displaced=displaced, lapsed=lapsed)]),
        alive=alive,
        pending=pending and not lapsed,
        lapsed=lapsed,
        displaced=displaced,
        near=await _near(call, catalogue, appointment) if displaced else [],
        changeable=appointment.state == "confirmed" and appointment.starts_at > call.now,
        contact=case.contact if case else None,
        site=place_of(catalogue, appointment),
        chosen=chosen,
        minutes=(appointment.ends_at - appointment.starts_at) // timedelta(minutes=1),
        fee=sum(service.fee_cents * n for service, n in chosen),
        bring=[item for item in items if item.when == "bring"],
        ahead=[item for item in items if item.when == "ahead"],
        stations=[station for service, _ in chosen for station in service.stations],
        papers=papers,
        may_send=alive and appointment.ends_at > call.now,
        upload_endpoint=f"/api/v1/appointments/{call.path('token')}/documents",
        upload_limit_mb=call.office.settings.upload_limit_mb,
        error=error,
        wrong_item=wrong_item if any(item.again and item.key == wrong_item for item in papers.items) else "",
        here=base_of(call) if error else call.request.path_qs,
        notice=notice,
        exchangeable=exchangeable(call, appointment) and appointment.starts_at <= call.now,
        checked=for_citizen(checked, call.language, call.now) if checked else "",
        room=room_state(call, appointment),
        onsite=await _follow_ups(call, catalogue, appointment),
        forms=await shown_forms(call, case),
        recorded_until=await _recorded_until(call, appointment),
        identity=identity,
        identity_words=identity_words(call, identity) if identity else "",
    )


def exchangeable(call: Call, appointment: Appointment) -> bool:
    """Whether the video appointment can become a visit on site, also now that it may have begun."""
    return may_exchange(appointment, call.office.settings, call.now)


def checklist_of(catalogue: Catalogue, appointment: Appointment) -> list[ChecklistItem]:
    """The checklists of all the appointment's services, each item once."""
    return items_of(catalogue, appointment.services)


def _state(appointment: Appointment, *, displaced: bool, lapsed: bool) -> str:
    if displaced:
        return "displaced"
    return "cancelled" if lapsed else appointment.state


async def _near(call: Call, catalogue: Catalogue, appointment: Appointment) -> list[DayView]:
    """Free times near the old one, to be chosen with one press."""
    try:
        wish = wish_of(catalogue, appointment.services, language=appointment.spoken)
    except Refusal:
        return []
    old = Slot(
        appointment.starts_at, appointment.ends_at, cast("Mode", appointment.mode), appointment.site_id
    )
    slots = await call.office.calendar.alternatives(wish, old, call.now)
    return day_views(by_day(slots), catalogue, call)


async def _follow_ups(call: Call, catalogue: Catalogue, appointment: Appointment) -> list[FollowUp]:
    """What was booked on site out of this meeting, with the link to each one's own page."""
    async with call.office.db.read() as tx:
        found = await follow_ups(tx, appointment)
    return [
        FollowUp(one, place_of(catalogue, one), f"/a/{manage_token(call.office.secret, one.id)}")
        for one in found
        if one.state != "cancelled"
    ]


async def _recorded_until(call: Call, appointment: Appointment) -> datetime | None:
    async with call.office.db.read() as tx:
        return await kept_until(tx, appointment, subject_of(appointment, "citizen", call.office.settings))


async def _case(call: Call, appointment: Appointment) -> Case | None:
    """None once the case's key is gone: then there is nothing personal left to show."""
    try:
        async with call.office.db.read() as tx:
            return await case_of(tx, appointment, call.office.keyring)
    except NotFound:
        return None
