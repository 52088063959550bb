"""Invitations by the API: the clerk makes, lists and takes back; the invited person enters."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from server.access import appointment_for
from server.errors import NotVideo, TooEarly, TooLate
from server.rooms.admit import RoomOver, check_entry, invited_entry, room_of
from server.rooms.invite import (
    Guest,
    Invitation,
    InvitationOver,
    TooManyInvited,
    invitations_of,
    invite,
    invited,
    revoke,
    who_of,
)
from server.rooms.routes import EntryOut
from server.rooms.shapes import mail_address, named
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call

CLERK = frozenset({"clerk"})
PATH = "/api/v1/office/appointments/{appointment}/invitations"
Part = Literal["interpreter", "sign", "support", "colleague"]
WORDS = {
    "interpreter": "Dolmetschen",
    "sign": "Gebärdensprache",
    "support": "Begleitung",
    "colleague": "Kollegin oder Kollege",
}


class InvitationBody(Model):
    """Without a name the person is asked for it; with `email` they are written to."""

    part: Part
    name: Annotated[str, AfterValidator(named)] | None = Field(None, min_length=1, max_length=200)
    email: Annotated[str, AfterValidator(mail_address)] | None = Field(None, min_length=3, max_length=254)


class InvitationOut(Model):
    """`url` is the person's own link; `mailed`: it was also sent by mail."""

    id: str
    part: Part
    name: str
    url: str
    mailed: bool


async def make(call: Call) -> Reply:
    body: InvitationBody = call.body
    office = call.office
    guest = Guest(body.part, body.name or "", body.email)
    made = await invite(
        office.db, office.keyring, office.settings, call.member, call.path("appointment"), guest, call.now
    )
    office.bell.ring()
    return Reply(_out(call, made), 201)


async def list_all(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        meeting = await appointment_for(tx, call.member, call.path("appointment"))
        found = await invitations_of(tx, meeting, call.office.keyring, call.office.settings)
    return Reply([_out(call, one) for one in found])


async def take_back(call: Call) -> Reply:
    office = call.office
    where = (call.path("appointment"), call.path("invitation"))
    await revoke(office.db, office.rooms.publish, office.settings, call.member, *where, call.now)
    return Reply(status=204)


async def enter(call: Call) -> Reply:
    office = call.office
    async with office.db.read() as tx:
        meeting, invitation = await invited(tx, call.path("invited"), office.keyring, office.settings)
    check_entry(meeting, office.settings, call.now)
    name = invitation.name or call.language.gettext(WORDS[invitation.part])
    who = who_of(invitation.id)
    entry = invited_entry(meeting, invitation.part, who, name, office.settings, call.now)
    office.rooms.expect(room_of(meeting.id, office.settings), meeting.id)
    return Reply(EntryOut(ticket=entry.ticket, signaling_url=entry.signaling_url, ice=entry.ice))


def _out(call: Call, one: Invitation) -> InvitationOut:
    url = f"{call.office.settings.public_url.rstrip('/')}/i/{one.token}"
    return InvitationOut(id=one.id, part=one.part, name=one.name, url=url, mailed=bool(one.email))


endpoints = [
    Endpoint(
        "POST",
        PATH,
        make,
        "Eine dritte oder vierte Person einladen",
        {201: InvitationOut},
        body=InvitationBody,
        refusals=(TooManyInvited, NotVideo, TooLate, RoomOver),
        roles=CLERK,
    ),
    Endpoint("GET", PATH, list_all, "Wer eingeladen ist", {200: list[InvitationOut]}, roles=CLERK),
    Endpoint(
        "DELETE",
        f"{PATH}/{{invitation}}",
        take_back,
        "Eine Einladung zurücknehmen; die Person ist sofort draußen",
        {204: None},
        roles=CLERK,
    ),
    Endpoint(
        "POST",
        "/api/v1/invitations/{invited}/entry",
        enter,
        "Den Videoraum als eingeladene Person betreten",
        {200: EntryOut},
        refusals=(TooEarly, NotVideo, TooLate, RoomOver, InvitationOver),
    ),
]
