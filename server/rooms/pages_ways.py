"""The other ways when video does not work, on a page without script: call back, come on site. Taking them back, too."""

from aiohttp import web

from server.access import Appointment, Case, appointment_by_token, appointment_for, case_of
from server.booking.model import ALIVE
from server.errors import NotFound, Refusal
from server.rooms.admit import check_entry
from server.rooms.call_back import (
    ask_call_back,
    call_back_possible,
    call_backs,
    note_called,
    withdraw_call_back,
)
from server.rooms.phone import checked_phone
from server.web.api import Page
from server.web.call import Call
from server.web.manage_page import exchangeable
from server.web.render import render, see_other

CLERK = frozenset({"clerk"})


async def _own(call: Call) -> tuple[Appointment, Case | None]:
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
        try:
            return appointment, await case_of(tx, appointment, call.office.keyring)
        except NotFound:
            return appointment, None


async def ways(call: Call) -> web.Response:
    appointment, case = await _own(call)
    if appointment.mode != "video":
        return see_other(f"/a/{call.path('token')}")
    return await _page(call, appointment, case)


async def ask_submit(call: Call) -> web.Response:
    appointment, case = await _own(call)
    form = await call.request.post()
    typed = str(form.get("phone", ""))[:60]
    if case is None:
        raise NotFound
    try:
        phone = checked_phone(typed)
    except ValueError as error:
        errors = {"phone": call.language.gettext(str(error))}
        return await _page(call, appointment, case, typed, errors, 422)
    office = call.office
    await ask_call_back(office.db, appointment, case, phone, office.settings, call.now)
    return see_other(f"/a/{call.path('token')}/ways#rueckruf")


async def withdraw_submit(call: Call) -> web.Response:
    appointment, _ = await _own(call)
    await withdraw_call_back(call.office.db, appointment, call.now)
    return see_other(f"/a/{call.path('token')}/ways#rueckruf")


async def _page(
    call: Call,
    appointment: Appointment,
    case: Case | None,
    typed: str | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    async with call.office.db.read() as tx:
        asked = (await call_backs(tx, [appointment.id])).get(appointment.id)
    phone = typed if typed is not None else (case.contact.phone or "") if case else ""
    return render(
        call,
        "rooms/ways.html",
        status,
        base=f"/a/{call.path('token')}",
        here=f"/a/{call.path('token')}/ways",
        appointment=appointment,
        room_open=_room_open(call, appointment),
        call_back=case is not None and call_back_possible(appointment, call.office.settings, call.now),
        asked=asked,
        typed=phone,
        errors=errors or {},
        onsite=exchangeable(call, appointment),
        alive=appointment.state in ALIVE,
    )


def _room_open(call: Call, appointment: Appointment) -> bool:
    try:
        check_entry(appointment, call.office.settings, call.now)
    except Refusal:
        return False
    return True


async def called_submit(call: Call) -> web.Response:
    async with call.office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, call.path("appointment"))
    await note_called(call.office.db, call.member, appointment, call.now)
    return see_other(f"/office/appointments/{appointment.id}")


pages = [
    Page("GET", "/a/{token}/ways", ways),
    Page("POST", "/a/{token}/ways/call-back", ask_submit),
    Page("POST", "/a/{token}/ways/withdraw", withdraw_submit),
    Page("POST", "/office/appointments/{appointment}/called", called_submit, CLERK),
]
