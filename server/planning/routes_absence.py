"""Absences by the API: declaring one, its report, ticking off calls, ending it early. The pages are in `pages_absence.py`."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from server.errors import NotFound
from server.planning.absence import AbsenceRefused, Ask, declare, end_early, tick_off
from server.planning.absence_report import Head, Line, heads, report
from server.planning.reroute import Desk
from server.web.api import Endpoint, Int, Model, Reply
from server.web.call import Call, Office

SCHEDULER = frozenset({"scheduler", "admin"})


def _written(value: Any) -> Any:
    if not isinstance(value, (str, datetime)) or (isinstance(value, str) and value[4:5] != "-"):
        raise ValueError("ISO 8601 with a time zone is needed")
    return value


def _of_our_days(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2200:
        raise ValueError("out of range")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_of_our_days)]


class AbsenceBody(Model):
    """Either a clerk or a whole site."""

    staff_id: Annotated[Int, Field(ge=1, le=2_000_000_000)] | None = None
    site: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    starts_at: Instant
    ends_at: Instant


class AbsenceOut(Model):
    """How many appointments met which fate; `to_call`: still to be called. `done`: all are dealt with."""

    id: str
    staff_id: int
    starts_at: datetime
    ends_at: datetime
    done: bool
    colleague: int
    offered: int
    call: int
    to_call: int


class FateOut(Model):
    """`name` and `phone` stand here only while this citizen is to be called."""

    appointment: str
    number: str
    fate: Literal["colleague", "offered", "call"]
    now: Literal["with", "waits", "moved", "cancelled"]
    was_at: datetime
    starts_at: datetime
    mode: str
    clerk: str | None
    called_at: datetime | None
    name: str | None
    phone: str | None


class ReportOut(AbsenceOut):
    """An absence with each of its appointments."""

    appointments: list[FateOut]


def desk_of(call: Call) -> Desk:
    return desk(call.office)


def desk(office: Office) -> Desk:
    return Desk(office.db, office.calendar, office.keyring, office.settings)


async def list_absences(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        return Reply([_out(head) for head in await heads(tx)])


async def create(call: Call) -> Reply:
    body: AbsenceBody = call.body
    ask = Ask(body.staff_id, body.site, body.starts_at, body.ends_at)
    ids = await declare(desk_of(call), call.member, ask, call.now)
    call.office.bell.ring()
    async with call.office.db.read() as tx:
        return Reply([_out(head) for id_ in ids for head in await heads(tx, id_)], 201)


async def show(call: Call) -> Reply:
    head, lines = await report(desk_of(call), call.member, call.path("absence"), call.now)
    return Reply(ReportOut(**_fields(head), appointments=[_fate(line) for line in lines]))


async def called(call: Call) -> Reply:
    await tick_off(call.office.db, call.member, call.path("absence"), call.path("visit"), call.now)
    return Reply(None, 204)


async def end(call: Call) -> Reply:
    await end_early(desk_of(call), call.member, call.path("absence"), call.now)
    async with call.office.db.read() as tx:
        found = await heads(tx, call.path("absence"))
    if not found:
        raise NotFound
    return Reply(_out(found[0]))


def _out(head: Head) -> AbsenceOut:
    return AbsenceOut(**_fields(head))


def _fields(head: Head) -> dict[str, Any]:
    return {name: getattr(head, name) for name in AbsenceOut.model_fields}


def _fate(line: Line) -> FateOut:
    one = line.appointment
    return FateOut.model_validate(
        {
            "appointment": one.id,
            "number": one.number,
            "fate": line.fate,
            "now": line.now,
            "was_at": line.was_at,
            "starts_at": one.starts_at,
            "mode": one.mode,
            "clerk": line.clerk or None,
            "called_at": line.called_at,
            "name": line.contact.name if line.contact else None,
            "phone": line.contact.phone if line.contact else None,
        }
    )


BASE = "/api/v1/office/absences"
endpoints = [
    Endpoint("GET", BASE, list_absences, "Ausfälle", {200: list[AbsenceOut]}, roles=SCHEDULER),
    Endpoint(
        "POST",
        BASE,
        create,
        "Eine Person oder ein Standort fällt aus: alle Termine des Zeitraums neu verteilen",
        {201: list[AbsenceOut]},
        body=AbsenceBody,
        refusals=(AbsenceRefused,),
        roles=SCHEDULER,
    ),
    Endpoint(
        "GET", f"{BASE}/{{absence}}", show, "Was aus jedem Termin wurde", {200: ReportOut}, roles=SCHEDULER
    ),
    Endpoint(
        "POST",
        f"{BASE}/{{absence}}/called/{{visit}}",
        called,
        "Diese Person wurde angerufen",
        {204: None},
        roles=SCHEDULER,
    ),
    Endpoint(
        "DELETE",
        f"{BASE}/{{absence}}",
        end,
        "Doch da: den Ausfall vorzeitig beenden",
        {200: AbsenceOut},
        roles=SCHEDULER,
    ),
]
