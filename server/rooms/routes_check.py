"""The check of the technique by the API: what the page needs for it, and its result. The check itself runs in the browser."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StrictBool

from server.access import Appointment, appointment_by_token
from server.errors import NotVideo, TooLate
from server.rooms.admit import check_ice
from server.rooms.check import Device, Heard, Outcome, Path, Verdict, check_possible, checks_of, keep_check
from server.web.api import Endpoint, Int, Model, Reply
from server.web.call import Call

PATH = "/api/v1/appointments/{token}/check"


class CheckBody(Model):
    """What the page found. `turn` null: the city has no relay; `upload_kbit` null: not measured."""

    camera: Device
    microphone: Device
    loudspeaker: Heard
    signaling: StrictBool
    media: Path
    turn: StrictBool | None
    upload_kbit: Annotated[Int, Field(ge=0, le=10_000_000)] | None


class VerdictOut(Model):
    verdict: Verdict


class LastCheck(Model):
    verdict: Verdict
    checked_at: datetime


class CheckSetupOut(Model):
    """`ice` is the list of ICE servers with credentials for a few minutes, null where there are none."""

    ice: list[dict[str, Any]] | None = None
    last: LastCheck | None = None


async def _own(call: Call) -> Appointment:
    async with call.office.db.read() as tx:
        return await appointment_by_token(tx, call.path("token"))


async def prepare(call: Call) -> Reply:
    appointment = await _own(call)
    check_possible(appointment, call.now)
    async with call.office.db.read() as tx:
        kept = (await checks_of(tx, [appointment.id])).get(appointment.id)
    last = LastCheck(verdict=kept.verdict, checked_at=kept.checked_at) if kept else None
    return Reply(CheckSetupOut(ice=check_ice(appointment, call.office.settings, call.now) or None, last=last))


async def report(call: Call) -> Reply:
    body: CheckBody = call.body
    outcome = Outcome(**body.model_dump())
    verdict = await keep_check(call.office.db, await _own(call), outcome, call.now)
    return Reply(VerdictOut(verdict=verdict), 201)


endpoints = [
    Endpoint(
        "GET",
        PATH,
        prepare,
        "Was die Technikprüfung braucht",
        {200: CheckSetupOut},
        refusals=(NotVideo, TooLate),
    ),
    Endpoint(
        "POST",
        PATH,
        report,
        "Das Ergebnis der Technikprüfung",
        {201: VerdictOut},
        body=CheckBody,
        refusals=(NotVideo, TooLate),
    ),
]
