"""Handing a meeting over to a colleague, by the API."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from server.access import appointment_for
from server.errors import NotVideo, TooLate
from server.rooms.admit import RoomOver
from server.rooms.hand_over import (
    ColleagueThere,
    HandedOver,
    Transfer,
    TransferOpen,
    colleagues,
    hand_over,
    take_back,
)
from server.rooms.shapes import readable
from server.web.api import Endpoint, Int, Model, Reply
from server.web.call import Call

CLERK = frozenset({"clerk"})
PATH = "/api/v1/office/appointments/{appointment}"


class ColleagueOut(Model):
    id: int
    name: str
    free: bool


class TransferBody(Model):
    colleague: Annotated[Int, Field(ge=1, le=2**31 - 1)]
    note: Annotated[str, AfterValidator(readable)] | None = Field(None, max_length=1000)


class TransferOut(Model):
    """`taken`: the colleague is there, so that it can't be taken back."""

    to: str
    note: str | None = None
    since: datetime
    taken: bool


async def list_colleagues(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        meeting = await appointment_for(tx, call.member, call.path("appointment"))
        found = await colleagues(tx, call.member, meeting, call.now)
    return Reply([ColleagueOut(id=one.id, name=one.name, free=one.free) for one in found])


async def make_transfer(call: Call) -> Reply:
    body: TransferBody = call.body
    office = call.office
    made = await hand_over(
        office.db,
        office.keyring,
        office.settings,
        call.member,
        call.path("appointment"),
        body.colleague,
        body.note,
        call.now,
    )
    return Reply(_out(made))


async def undo_transfer(call: Call) -> Reply:
    await take_back(call.office.db, call.member, call.path("appointment"), call.now)
    return Reply(status=204)


def _out(made: Transfer) -> TransferOut:
    return TransferOut(to=made.to_name, note=made.note, since=made.since, taken=made.taken_at is not None)


endpoints = [
    Endpoint(
        "GET",
        f"{PATH}/colleagues",
        list_colleagues,
        "Wer dieses Gespräch übernehmen kann",
        {200: list[ColleagueOut]},
        roles=CLERK,
    ),
    Endpoint(
        "POST",
        f"{PATH}/transfer",
        make_transfer,
        "Das Gespräch an eine Kollegin oder einen Kollegen weitergeben",
        {200: TransferOut},
        body=TransferBody,
        refusals=(TransferOpen, HandedOver, NotVideo, TooLate, RoomOver),
        roles=CLERK,
    ),
    Endpoint(
        "DELETE",
        f"{PATH}/transfer",
        undo_transfer,
        "Die Weitergabe zurücknehmen, solange noch niemand da ist",
        {204: None},
        refusals=(ColleagueThere,),
        roles=CLERK,
    ),
]
