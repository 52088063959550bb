"""The clerk's day at a glance, and one appointment with all that was sent ahead. Only the clerk's own duties."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from aiohttp import web

from server.access import Appointment, appointment_for, case_of, day_of
from server.booking.model import ALIVE
from server.catalog.model import Catalogue, in_language
from server.clock import BERLIN, berlin
from server.documents.checklist import checked
from server.documents.model import SAID_NO
from server.documents.sent import items_sent
from server.errors import NotFound
from server.sealing import SealBroken
from server.web.call import Call
from server.web.call_back_note import number_on_page, open_call_backs
from server.web.check_words import Note, notes_for_clerk
from server.web.documents_list import papers_of, reasons_on_page
from server.web.forms_list import shown_forms
from server.web.identity_words import identity_on_page, identity_parts, identity_words
from server.web.knocks_list import knocks_on_page
from server.web.language import NAMES, own_name
from server.web.manage_page import STATES, checklist_of, place_of
from server.web.render import render
from server.web.room_people import handed_now, room_people
from server.web.room_state import room_state

CLERK = frozenset({"clerk"})
WANTED = ("missing", "arriving", "resend", "refused")
NOTICES = ("decided", "sent", "withdrawn")


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment as a line of the day."""

    id: str
    name: str
    start: datetime
    minutes: int
    mode: str
    place: str
    services: str
    state: str
    arrived: bool
    over: bool
    documents: int
    to_check: int
    all_checked: bool
    missing: str
    spoken: str
    checked: str
    checked_kind: str
    call_back: bool


async def show_day(call: Call) -> web.Response:
    today = berlin(call.now).date()
    day = _day(call.request.query.get("date", ""), today)
    tomorrow = day + timedelta(days=1)
    start, end = (datetime.combine(at, time(), BERLIN) for at in (day, tomorrow))
    async with call.office.db.read() as tx:
        appointments = await day_of(tx, call.member, start, end)
        came = await items_sent(tx, [a.case_id for a in appointments if a.case_id])
    names = await _names(call, appointments)
    checks = await notes_for_clerk(call, appointments)
    wishes = await open_call_backs(call, appointments)
    catalogue = await call.catalogue()
    visits = [
        _visit(
            call,
            catalogue,
            a,
            names[a.id],
            came.get(a.case_id or "", []),
            checks.get(a.id),
            call_back=a.id in wishes,
        )
        for a in appointments
    ]
    alive = [visit for visit in visits if visit.state != "cancelled"]
    return render(
        call,
        "office/day.html",
        knocks=await knocks_on_page(call),
        day=day,
        today=today,
        before=day - timedelta(days=1),
        after=tomorrow,
        visits=visits,
        video_count=sum(visit.mode == "video" for visit in alive),
        onsite_count=sum(visit.mode == "onsite" for visit in alive),
        handed=await handed_now(call, appointments),
        open_count=sum(bool(visit.missing) for visit in alive),
        check_count=sum(bool(visit.to_check) for visit in alive),
    )


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs(day - today) < timedelta(days=1000) else today


async def _names(call: Call, appointments: list[Appointment]) -> dict[str, str]:
    """Appointment ► its citizen's name, as far as it is still there."""
    names = {}
    async with call.office.db.read() as tx:
        for appointment in appointments:
            try:
                names[appointment.id] = (await case_of(tx, appointment, call.office.keyring)).contact.name
            except NotFound:
                names[appointment.id] = call.language.gettext("Angaben gelöscht")
            except SealBroken:  # one damaged case takes nobody's day away
                names[appointment.id] = call.language.gettext("Angaben beschädigt")
    return names


def _visit(
    call: Call,
    catalogue: Catalogue,
    appointment: Appointment,
    name: str,
    sent: list[tuple[str, str]],
    check: Note | None,
    *,
    call_back: bool,
) -> Visit:
    site = place_of(catalogue, appointment)
    present = room_state(call, appointment).guest_is_there
    ahead = [one for one in checked(checklist_of(catalogue, appointment), sent) if one.state != "bring"]
    missing = [one.item for one in ahead if one.item.required and one.state in WANTED]
    code = call.language.code
    return Visit(
        id=appointment.id,
        name=name,
        start=appointment.starts_at,
        minutes=(appointment.ends_at - appointment.starts_at) // timedelta(minutes=1),
        mode=appointment.mode,
        place=site.name if site else "",
        services=", ".join(service_names(catalogue, appointment, code)),
        state=appointment.state,
        arrived=present,
        over=appointment.ends_at < call.now and not present,
        documents=sum(state not in ("receiving", *SAID_NO) for _, state in sent),
        to_check=sum(state == "checking" for _, state in sent),
        all_checked=any(one.state == "accepted" for one in ahead)
        and all(one.state == "accepted" for one in ahead if one.item.required),
        missing=", ".join(in_language(item.name, code) for item in missing),
        spoken=own_name(appointment.spoken) if appointment.spoken else "",
        checked=check.words if check else "",
        checked_kind=check.kind if check else "",
        call_back=call_back,
    )


def service_names(catalogue: Catalogue, appointment: Appointment, language: str) -> list[str]:
    known = [(catalogue.services[name], n) for name, n in appointment.services if name in catalogue.services]
    return [in_language(service.name, language) + (f" × {n}" if n > 1 else "") for service, n in known]


async def show_case(call: Call) -> web.Response:
    async with call.office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, call.path("appointment"))
        try:
            case = await case_of(tx, appointment, call.office.keyring)
        except NotFound:
            case = None
    catalogue = await call.catalogue()
    items = checklist_of(catalogue, appointment)
    check = (await notes_for_clerk(call, [appointment])).get(appointment.id)
    papers = await papers_of(call, appointment, items)
    identity = await identity_on_page(call, appointment)
    chosen = [(catalogue.services[name], n) for name, n in appointment.services if name in catalogue.services]
    return render(
        call,
        "office/case.html",
        appointment=appointment,
        day=berlin(appointment.starts_at).date(),
        contact=case.contact if case else None,
        site=place_of(catalogue, appointment),
        chosen=chosen,
        state_text=call.language.gettext(STATES[appointment.state]),
        spoken=own_name(appointment.spoken) if appointment.spoken else "",
        language_name=NAMES.get(appointment.language, appointment.language),
        fee=sum(service.fee_cents * n for service, n in chosen),
        papers=papers,
        reasons=reasons_on_page(call),
        notice=next((name for name in NOTICES if name in call.request.query), ""),
        upload_limit_mb=call.office.settings.upload_limit_mb,
        bring=[item for item in items if item.when == "bring"],
        alive=appointment.state in ALIVE,
        room=room_state(call, appointment),
        call_back=await number_on_page(call, appointment, case),
        checked=check.words if check else "",
        people=await room_people(call, appointment),
        sites=catalogue.sites,
        forms=await shown_forms(call, case),
        identity=identity,
        identity_parts=identity_parts(call),
        identity_words=identity_words(call, identity) if identity else "",
    )
