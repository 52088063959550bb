"""The waiting list by the API: join, look, accept, decline, leave. The page is `pages_waiting.py`."""

from server.access import waiting_token
from server.booking.shapes import AppointmentOut
from server.booking.shapes_waiting import WaitBody, WaitOut
from server.booking.show import appointment_out
from server.booking.show_waiting import waiting_json
from server.booking.waiting_list import WaitAsk, accept, decline, join, leave, view_of
from server.clock import berlin
from server.errors import (
    AlreadyWaiting,
    OfferOver,
    ServicesExclude,
    TooManyAppointments,
    TooManyHolds,
    VideoExcluded,
)
from server.web.api import Endpoint, Reply
from server.web.call import Call


def minutes_of(text: str) -> int:
    """ "07:30" as minutes of the day; the last minute of the day is its end."""
    hours, _, minutes = text.partition(":")
    return 24 * 60 if text == "23:59" else int(hours) * 60 + int(minutes)


async def join_list(call: Call) -> Reply:
    body: WaitBody = call.body
    office = call.office
    ask = WaitAsk(
        tuple((item.id, item.count) for item in body.services),
        body.mode,
        body.site,
        body.spoken,
        body.from_ or berlin(call.now).date(),
        body.to,
        tuple(sorted(set(body.weekdays))),
        minutes_of(body.earliest),
        minutes_of(body.latest),
        body.name,
        body.email,
        body.language or call.language.code,
        call.client,
    )
    entry = await join(office.db, office.calendar, office.keyring, office.settings, ask, call.now)
    office.bell.ring()
    return await _shown(call, waiting_token(office.secret, entry.id), 201)


async def show(call: Call) -> Reply:
    return await _shown(call, call.path("entry"))


async def decline_offer(call: Call) -> Reply:
    await decline(call.office.db, call.office.calendar, call.path("entry"), call.now)
    return await _shown(call, call.path("entry"))


async def leave_list(call: Call) -> Reply:
    await leave(call.office.db, call.office.calendar, call.path("entry"), call.now)
    return Reply(status=204)


async def accept_offer(call: Call) -> Reply:
    office = call.office
    booked = await accept(office.db, office.calendar, office.settings, call.path("entry"), call.now)
    office.bell.ring()
    return Reply(await appointment_out(call, booked.appointment, booked.token), 201)


async def _shown(call: Call, token: str, status: int = 200) -> Reply:
    async with call.office.db.read() as tx:
        view = await view_of(tx, token)
    return Reply(WaitOut.model_validate(waiting_json(call, view, token), by_name=True), status)


BASE = "/api/v1/waiting-list"
endpoints = [
    Endpoint(
        "POST",
        BASE,
        join_list,
        "Auf die Warteliste",
        {201: WaitOut},
        body=WaitBody,
        refusals=(AlreadyWaiting, ServicesExclude, TooManyHolds),
    ),
    Endpoint("GET", f"{BASE}/{{entry}}", show, "Der Platz auf der Warteliste", {200: WaitOut}),
    Endpoint("DELETE", f"{BASE}/{{entry}}", leave_list, "Von der Warteliste gehen", {204: None}),
    Endpoint(
        "POST",
        f"{BASE}/{{entry}}/accept",
        accept_offer,
        "Die angebotene Zeit nehmen",
        {201: AppointmentOut},
        refusals=(OfferOver, TooManyAppointments, VideoExcluded),
    ),
    Endpoint(
        "POST",
        f"{BASE}/{{entry}}/decline",
        decline_offer,
        "Die angebotene Zeit ablehnen und weiter warten",
        {200: WaitOut},
        refusals=(OfferOver,),
    ),
]
