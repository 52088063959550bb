"""Incidents by the API: a meeting that was ended at once, who is kept out by it, and the list of them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from recordings_policy.classes import INCIDENT
from server.errors import NotVideo
from server.rooms.close import close_room
from server.rooms.finish import finish
from server.rooms.hand_over import HandedOver, come_in
from server.rooms.report_incident import AlreadyReported, Incident, Report, incidents, lift, report
from server.rooms.shapes import readable
from server.web.api import Endpoint, Int, Model, Reply
from server.web.call import Call

CLERK = frozenset({"clerk"})
READERS = frozenset({"clerk", "admin", "dpo"})
LIFTERS = frozenset({"clerk", "admin"})
Kind = Literal["insult", "threat", "indecent", "recording", "other"]


class IncidentBody(Model):
    kind: Kind
    note: Annotated[str, AfterValidator(readable)] = Field("", max_length=2000)
    exclude_days: Annotated[Int, Field(ge=0, le=90)] = 0


class IncidentOut(Model):
    """`name`, `number` and `note` are there for the clerk who reported it and for the administration alone."""

    id: str
    kind: Kind
    filed_at: datetime
    filed_by: str
    own: bool
    excluded_until: datetime | None = None
    deleted_on: datetime
    name: str | None = None
    number: str | None = None
    note: str | None = None


async def file_incident(call: Call) -> Reply:
    body: IncidentBody = call.body
    office = call.office
    what = Report(call.path("appointment"), body.kind, body.note, body.exclude_days)
    filed = await report(office.db, office.keyring, office.settings, call.member, what, call.now)
    await close_room(
        office.rooms.publish, office.settings, what.appointment_id, call.member.actor, "host", call.now
    )
    return Reply(_out(filed), 201)


async def end_at_once(call: Call) -> Reply:
    """Whatever the clerk's own line to signaling is like: the room is closed for everybody."""
    office = call.office
    meeting = await come_in(office.db, call.member, call.path("appointment"), call.now)
    if meeting.mode != "video":
        raise NotVideo
    await finish(office.db, meeting.id, call.now)
    await close_room(office.rooms.publish, office.settings, meeting.id, call.member.actor, "host", call.now)
    return Reply(status=204)


async def list_incidents(call: Call) -> Reply:
    kept = (await call.office.periods(call.now)).of(INCIDENT)
    found = await incidents(call.office.db, call.office.keyring, call.member, call.now, kept)
    return Reply([_out(one) for one in found])


async def lift_exclusion(call: Call) -> Reply:
    await lift(call.office.db, call.member, call.path("incident"), call.now)
    return Reply(status=204)


def _out(incident: Incident) -> IncidentOut:
    return IncidentOut.model_validate(incident, from_attributes=True)


endpoints = [
    Endpoint(
        "POST",
        "/api/v1/office/appointments/{appointment}/end",
        end_at_once,
        "Das Gespräch sofort für alle beenden",
        {204: None},
        refusals=(NotVideo, HandedOver),
        roles=CLERK,
    ),
    Endpoint(
        "POST",
        "/api/v1/office/appointments/{appointment}/incident",
        file_incident,
        "Einen Vorfall festhalten; der Raum ist danach überall zu",
        {201: IncidentOut},
        body=IncidentBody,
        refusals=(NotVideo, AlreadyReported),
        roles=CLERK,
    ),
    Endpoint(
        "GET",
        "/api/v1/office/incidents",
        list_incidents,
        "Vorfälle: die eigenen, für die Verwaltung alle",
        {200: list[IncidentOut]},
        roles=READERS,
    ),
    Endpoint(
        "DELETE",
        "/api/v1/office/incidents/{incident}/exclusion",
        lift_exclusion,
        "Den Ausschluss aufheben",
        {204: None},
        roles=LIFTERS,
    ),
]
