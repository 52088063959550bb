"""Booking by staff for others (telephone, counter, door) and the plans by which capacity is released to them."""

from aiohttp import web

from server.booking.release import PlanRefused
from server.booking.routes import KEY, free_times, hold_for
from server.booking.set_release import places, set_release
from server.booking.shapes import (
    AvailabilityOut,
    HoldOut,
    OfficeHoldBody,
    OfficeQuery,
    PartBody,
    PlanBody,
    PlanOut,
)
from server.catalog.model import ReleasePart
from server.errors import NotAllowed, ServicesExclude, SlotTaken
from server.web.api import Endpoint, Reply
from server.web.call import Call

SCHEDULER = frozenset({"scheduler", "admin"})
WHO = {"phone": {"hotline"}, "onsite": {"clerk"}, "walk-in": {"clerk", "gate"}}
BOOKERS = frozenset({"clerk", "gate", "hotline"})


def _check_channel(call: Call, channel: str) -> str:
    """The telephone is the hotline's, the counter the clerks', the door the gate's and the clerks'."""
    if not WHO[channel] & call.member.roles:
        raise NotAllowed
    return channel


async def availability(call: Call) -> web.Response:
    return await free_times(call, _check_channel(call, call.query.channel))


async def create_hold(call: Call) -> Reply:
    return await hold_for(call, _check_channel(call, call.body.channel), "")


async def plans(call: Call) -> Reply:
    catalogue = await call.catalogue()
    scopes = ["*", *places(catalogue)]
    return Reply([_out(scope, catalogue.release.get(scope, ())) for scope in scopes])


async def change_plan(call: Call) -> Reply:
    body: PlanBody = call.body
    plan = tuple(ReleasePart(part.share, part.channel, part.days, part.late) for part in body.parts)
    scope, office = call.path("scope"), call.office
    await set_release(office.db, office.calendar, call.member, scope, plan, call.now)
    return Reply(_out(scope, plan))


def _out(scope: str, plan: tuple[ReleasePart, ...]) -> PlanOut:
    parts = [
        PartBody.model_validate(
            {"share": part.share, "channel": part.channel, "days": part.days, "late": part.late}
        )
        for part in plan
    ]
    return PlanOut(scope=scope, parts=parts)


BASE = "/api/v1/office"
endpoints = [
    Endpoint(
        "GET",
        f"{BASE}/availability",
        availability,
        "Freie Zeiten für Telefon, Schalter und Eingang",
        {200: AvailabilityOut},
        query=OfficeQuery,
        refusals=(ServicesExclude,),
        roles=BOOKERS,
    ),
    Endpoint(
        "POST",
        f"{BASE}/holds",
        create_hold,
        "Eine Zeit für jemand anderen reservieren",
        {201: HoldOut},
        body=OfficeHoldBody,
        headers=(KEY,),
        refusals=(SlotTaken,),
        roles=BOOKERS,
    ),
    Endpoint("GET", f"{BASE}/release", plans, "Freigabepläne", {200: list[PlanOut]}, roles=SCHEDULER),
    Endpoint(
        "PUT",
        f"{BASE}/release/{{scope}}",
        change_plan,
        "Den Freigabeplan eines Ortes ändern",
        {200: PlanOut},
        body=PlanBody,
        refusals=(PlanRefused,),
        roles=SCHEDULER,
    ),
]
