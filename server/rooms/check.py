"""The check of the technique before the appointment: what its result means, and that the newest one is kept."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment
from server.booking.model import ALIVE
from server.db import Database
from server.errors import NotVideo, TooLate
from server.rooms.model_check import DeviceCheckRow

Device = Literal["ok", "denied", "none", "busy", "failed", "skipped"]
Heard = Literal["heard", "not-heard", "skipped"]
Path = Literal["direct", "relay", "none"]
Verdict = Literal["ready", "limited", "not-ready"]

VIDEO_KBIT = 700
"""What a picture with sound wants of the way up; the page says "good for video" from here on."""
AUDIO_ONLY_KBIT = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the page found out. None: not measured, or (turn) the city has no relay."""

    camera: Device
    microphone: Device
    loudspeaker: Heard
    signaling: bool
    media: Path
    turn: bool | None
    upload_kbit: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """The newest check of one appointment."""

    outcome: Outcome
    verdict: Verdict
    checked_at: datetime


def verdict_of(outcome: Outcome) -> Verdict:
    """Without the server or without a way for media nothing works; everything else leaves something that does."""
    if not outcome.signaling or outcome.media == "none":
        return "not-ready"
    slow = outcome.upload_kbit is not None and outcome.upload_kbit < VIDEO_KBIT
    whole = outcome.camera == outcome.microphone == "ok" and outcome.loudspeaker != "not-heard"
    return "ready" if whole and outcome.turn is not False and not slow else "limited"


def check_possible(appointment: Appointment, now: datetime) -> None:
    """`NotVideo` for a visit on site, `TooLate` when the appointment is over or cancelled."""
    if appointment.mode != "video":
        raise NotVideo
    if appointment.state not in ALIVE or appointment.ends_at <= now:
        raise TooLate("Der Termin ist vorbei oder abgesagt.")


async def keep_check(db: Database, appointment: Appointment, outcome: Outcome, now: datetime) -> Verdict:
    """Replaces what was kept for this appointment."""
    check_possible(appointment, now)
    verdict = verdict_of(outcome)
    values = {**asdict(outcome), "verdict": verdict, "checked_at": now}
    one = update(DeviceCheckRow).where(DeviceCheckRow.appointment_id == appointment.id)
    async with db.write() as tx:
        if (await tx.execute(one.values(**values))).rowcount:
            return verdict
    try:
        async with db.write() as tx:
            await tx.execute(insert(DeviceCheckRow).values(appointment_id=appointment.id, **values))
    except IntegrityError:  # two pages at once: the other was first, so there is something to replace
        async with db.write() as tx:
            await tx.execute(one.values(**values))
    return verdict


async def checks_of(tx: AsyncConnection, appointment_ids: Iterable[str]) -> dict[str, Check]:
    """Appointment ► its newest check, where there was one."""
    query = select(DeviceCheckRow).where(DeviceCheckRow.appointment_id.in_(list(appointment_ids)))
    found = {}
    for row in await tx.execute(query):
        outcome = Outcome(**{field.name: getattr(row, field.name) for field in fields(Outcome)})
        found[row.appointment_id] = Check(outcome, row.verdict, row.checked_at)
    return found
