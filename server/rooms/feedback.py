"""Feedback after the conversation: given once, kept without a way back to who gave it, read only in larger numbers."""

import random
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from recordings_policy.classes import FEEDBACK
from recordings_policy.retention import DEFAULTS, Periods
from server.access import Appointment
from server.booking.model import AppointmentRow
from server.clock import berlin
from server.db import Database
from server.errors import Conflict
from server.privacy.model_report import swept
from server.rooms.model_feedback import FeedbackRow

FEWEST = 5
"""With fewer answers somebody could be recognised: then there are no figures and no words."""
SPAN = timedelta(days=90)
OTHER = "other"


class FeedbackNotYet(Conflict):
    type = "not-yet"
    title = "Noch nicht"
    detail = "Rückmeldung geben können Sie, sobald Ihr Termin begonnen hat."


class FeedbackGiven(Conflict):
    type = "feedback-given"
    title = "Danke, wir haben Ihre Rückmeldung"
    detail = "Zu diesem Termin haben Sie schon etwas gesagt. Danke dafür."


@dataclass(frozen=True, slots=True)
class Said:
    """Answers about one service; without figures where there are too few of them."""

    service: str
    answers: int | None
    average: float | None
    scores: tuple[int, ...]
    texts: tuple[str, ...]


def check_feedback(appointment: Appointment, given: bool, now: datetime) -> None:
    """`FeedbackNotYet` before the begin (unless they met earlier) and for what never took place, `FeedbackGiven` the second time."""
    if given:
        raise FeedbackGiven
    early = appointment.starts_at > now and appointment.arrived_at is None and appointment.state != "done"
    if early or appointment.state in ("held", "pending", "cancelled"):
        raise FeedbackNotYet


async def has_given(db: Database, appointment: Appointment) -> bool:
    async with db.read() as tx:
        query = select(AppointmentRow.gave_feedback).where(AppointmentRow.id == appointment.id)
        return bool(await tx.scalar(query))


async def give_feedback(
    db: Database, appointment: Appointment, score: int, text: str | None, now: datetime
) -> None:
    """One transaction: that it was given goes to the appointment, what was said elsewhere. Nothing is audited."""
    check_feedback(appointment, await has_given(db, appointment), now)
    first = update(AppointmentRow).where(
        AppointmentRow.id == appointment.id,
        or_(AppointmentRow.gave_feedback.is_(None), AppointmentRow.gave_feedback.is_(False)),
    )
    row = {
        "id": secrets.token_hex(16),
        "service": appointment.services[0][0] if appointment.services else OTHER,
        "day": berlin(now).date(),
        "score": score,
        "text": text or None,
    }
    async with db.write() as tx:
        if (await tx.execute(first.values(gave_feedback=True))).rowcount != 1:
            raise FeedbackGiven
        await tx.execute(insert(FeedbackRow).values(**row))


async def read_feedback(db: Database, today: date) -> list[Said]:
    """By service, what was said in the last ninety days; the words in no order."""
    query = select(FeedbackRow.service, FeedbackRow.score, FeedbackRow.text)
    found: dict[str, list[tuple[int, str | None]]] = {}
    async with db.read() as tx:
        for row in await tx.execute(query.where(FeedbackRow.day > today - SPAN)):
            found.setdefault(row.service, []).append((row.score, row.text))
    return [_said(service, answers) for service, answers in sorted(found.items())]


def _said(service: str, answers: list[tuple[int, str | None]]) -> Said:
    if len(answers) < FEWEST:
        return Said(service, None, None, (), ())
    scores = [score for score, _ in answers]
    texts = [text for _, text in answers if text]
    random.SystemRandom().shuffle(texts)
    average = round(sum(scores) / len(scores), 1)
    return Said(
        service, len(scores), average, tuple(scores.count(score) for score in range(1, 6)), tuple(texts)
    )


async def forget_feedback(db: Database, now: datetime, periods: Periods = DEFAULTS) -> None:
    """In its time it has served its purpose. It knows a day alone, so it goes with the first moment of its last day."""
    last = berlin(now - periods.of(FEEDBACK)).date()
    async with db.write() as tx:
        gone = await tx.execute(delete(FeedbackRow).where(FeedbackRow.day <= last))
        await swept(tx, FEEDBACK, gone.rowcount, now)
