"""A telephone call instead of the video call, by the API. The page for browsers without script is `pages_ways.py`."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from server.access import appointment_by_token, appointment_for, case_of
from server.errors import NotVideo, TooLate
from server.rooms.call_back import ask_call_back, show_number, withdraw_call_back
from server.rooms.phone import checked_phone
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call

CLERK = frozenset({"clerk"})
PATH = "/api/v1/appointments/{token}/call-back"


class CallBackBody(Model):
    """The number to call. Sending it is the consent that the clerk of this appointment sees it."""

    phone: Annotated[str, Field(min_length=5, max_length=30), AfterValidator(checked_phone)]


class CallBackOut(Model):
    since: datetime


class NumberOut(Model):
    phone: str
    since: datetime


async def ask(call: Call) -> Reply:
    body: CallBackBody = call.body
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
        case = await case_of(tx, appointment, call.office.keyring)
    office = call.office
    await ask_call_back(office.db, appointment, case, body.phone, office.settings, call.now)
    return Reply(CallBackOut(since=call.now), 201)


async def withdraw(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
    await withdraw_call_back(call.office.db, appointment, call.now)
    return Reply(status=204)


async def number(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, call.path("appointment"))
        case = await case_of(tx, appointment, call.office.keyring)
    phone, since = await show_number(call.office.db, call.member, appointment, case, call.now)
    return Reply(NumberOut(phone=phone, since=since))


endpoints = [
    Endpoint(
        "POST",
        PATH,
        ask,
        "Um einen Rückruf bitten",
        {201: CallBackOut},
        body=CallBackBody,
        refusals=(NotVideo, TooLate),
    ),
    Endpoint("DELETE", PATH, withdraw, "Den Rückruf zurücknehmen", {204: None}),
    Endpoint(
        "GET",
        "/api/v1/office/appointments/{appointment}/call-back",
        number,
        "Die Nummer für den Rückruf",
        {200: NumberOut},
        roles=CLERK,
    ),
]
