"""Knocking by the API: is the door open, get in line, look, leave; and the clerk's list. The pages are `pages_knock.py`."""

from dataclasses import asdict

from server.access import manage_token
from server.booking.knock import (
    KnockAsk,
    KnockClosed,
    TooManyKnocks,
    knock,
    leave,
    look,
    opens_at,
    outlook_of,
)
from server.booking.knock_take import KnockTaken, NoRoomNow, NotFirst, take
from server.booking.shapes_knock import (
    DoorOut,
    InLineOut,
    KnockBody,
    KnockedOut,
    KnockingListOut,
    KnockingOut,
    KnockQuery,
    TakenOut,
)
from server.booking.spoken import code_of
from server.errors import VideoExcluded
from server.web.api import Endpoint, Reply
from server.web.call import Call
from server.web.knocks_list import knocks_on_page

CLERK = frozenset({"clerk"})
BASE = "/api/v1/knock"
DESK = "/api/v1/office/knocks"


async def door(call: Call) -> Reply:
    query: KnockQuery = call.query
    office, spoken = call.office, code_of(query.language or "")
    now = await outlook_of(office.db, office.calendar, query.service, spoken, call.now)
    opens = None if now.open else await opens_at(office.calendar, query.service, spoken, call.now)
    return Reply(
        DoorOut(open=now.open, waiting=now.waiting, expected_minutes=now.expected_minutes, opens_at=opens)
    )


async def get_in_line(call: Call) -> Reply:
    body: KnockBody = call.body
    token = await knock_of(call, body.service, body.name, body.language or "")
    place = await look(call.office.db, call.office.calendar, token, call.now)
    out = KnockedOut(
        token=token,
        number=place.knock.number,
        position=place.position,
        expected_minutes=place.expected_minutes,
    )
    return Reply(out, 201)


async def knock_of(call: Call, service: str, name: str, spoken: str) -> str:
    """Gets in line; the token of the own place."""
    office = call.office
    ask = KnockAsk(service, name, call.language.code, code_of(spoken), call.client, call.caller)
    return await knock(office.db, office.calendar, office.keyring, office.settings, ask, call.now)


async def show(call: Call) -> Reply:
    place = await look(call.office.db, call.office.calendar, call.path("knock"), call.now)
    out = InLineOut(
        state=place.state,
        number=place.knock.number,
        position=place.position,
        expected_minutes=place.expected_minutes,
        room=room_of(call, place.knock.id) if place.state == "called" else None,
    )
    return Reply(out)


def room_of(call: Call, knock_id: str) -> str:
    """The page of the room into which whoever knocked was called."""
    return f"/a/{manage_token(call.office.secret, knock_id)}/room"


async def go(call: Call) -> Reply:
    await leave(call.office.db, call.path("knock"), call.now)
    return Reply(status=204)


async def waiting(call: Call) -> Reply:
    listed = [KnockingOut(**asdict(one)) for one in await knocks_on_page(call)]
    return Reply(KnockingListOut(knocks=listed))


async def call_in(call: Call) -> Reply:
    office = call.office
    taken = await take(office.db, office.calendar, office.settings, call.member, call.path("knock"), call.now)
    return Reply(TakenOut(appointment=taken))


endpoints = [
    Endpoint("GET", BASE, door, "Ob man ohne Termin anklopfen kann", {200: DoorOut}, query=KnockQuery),
    Endpoint(
        "POST",
        BASE,
        get_in_line,
        "Ohne Termin anklopfen",
        {201: KnockedOut},
        body=KnockBody,
        refusals=(KnockClosed, TooManyKnocks, VideoExcluded),
    ),
    Endpoint("GET", f"{BASE}/{{knock}}", show, "Der eigene Platz in der Reihe", {200: InLineOut}),
    Endpoint("DELETE", f"{BASE}/{{knock}}", go, "Nicht länger warten", {204: None}),
    Endpoint("GET", DESK, waiting, "Wer ohne Termin wartet", {200: KnockingListOut}, roles=CLERK),
    Endpoint(
        "POST",
        f"{DESK}/{{knock}}/take",
        call_in,
        "Wer geklopft hat, hereinholen",
        {200: TakenOut},
        refusals=(KnockTaken, NotFirst, NoRoomNow),
        roles=CLERK,
    ),
]
