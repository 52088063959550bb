"""A citizen wants everything erased (Art. 17 GDPR): noted, carried out at once, and finished when the last mail is out.

Each step is a transaction of its own and safe to repeat: whoever dies leaves the rest to the job. A legal hold wins: then the
request waits, and is carried out when the hold is lifted. What is taken along before is `collect.py`'s.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, appointment_by_id, case_by_id
from server.audit import record
from server.booking.model import AppointmentRow, CaseRow, IdempotencyRow
from server.booking.model_knock import KnockRow
from server.booking.model_waiting import WaitingRow
from server.contact import FORGOTTEN, Contact, contact_sealed
from server.db import Database
from server.errors import Conflict, Gone, NotFound, Refusal
from server.notices import outbox
from server.notices.outbox import OutboxRow
from server.privacy.model_end import held, locked
from server.privacy.model_erasure import ErasureRow
from server.sealing import Keyring

LAST_MAIL: Final = timedelta(hours=1)
"""How long the address waits for its mail to be sent."""
AT_ONCE: Final = 50
IN_CALL: Final = ("arrived", "called", "serving")
OVERRUN: Final = timedelta(hours=2)
EVENT: Final = "erased"

ERASED: Final = frozenset(
    {
        "case", "document", "device_check", "call_back", "identity_check", "form", "invitation", "transfer",
        "outbox", "idempotency", "recording", "recording_consent",
    }
)  # fmt: skip
"""Tables of which nothing personal of the case is left."""
STAYS: Final = frozenset(
    {
        "appointment", "claim", "waiting", "knock", "incident", "exclusion", "fate", "audit", "legal_hold",
        "erasure",
    }
)  # fmt: skip
"""Numbers and times without a name, which end by their own rules; incidents, for which Art. 17(3) makes an exception."""


class Running(Conflict):
    type = "running"
    title = "Ihr Termin läuft gerade"
    detail = "Solange Ihr Termin läuft, können wir nichts löschen. Bitte versuchen Sie es danach noch einmal."


class NothingLeft(Gone):
    type = "nothing-left"
    title = "Hier ist nichts mehr zu löschen"
    detail = "Ihre Angaben und Unterlagen sind schon gelöscht."


@dataclass(frozen=True, slots=True)
class Erasing:
    """`cancel` gives an appointment back, `close` destroys a case's key with all beside it: verbs of booking and documents."""

    db: Database
    keyring: Keyring
    cancel: Callable[[str, datetime], Awaitable[object]]
    close: Callable[[AsyncConnection, Sequence[str], datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Erasure:
    """Where a request stands."""

    asked_at: datetime
    emptied_at: datetime | None
    done_at: datetime | None


async def erasure_of(tx: AsyncConnection, appointment: Appointment) -> Erasure | None:
    """The newest request about the appointment's case."""
    columns = (ErasureRow.asked_at, ErasureRow.emptied_at, ErasureRow.done_at)
    query = select(*columns).where(ErasureRow.case_id == appointment.case_id)
    row = (await tx.execute(query.order_by(ErasureRow.asked_at.desc()).limit(1))).first()
    return Erasure(*row) if row else None


async def is_held(tx: AsyncConnection, appointment: Appointment) -> bool:
    """Whether a legal hold keeps the case."""
    return bool(await tx.scalar(select(held(appointment.case_id))))


async def what_hinders(tx: AsyncConnection, appointment: Appointment, now: datetime) -> Refusal | None:
    """`Running` while somebody is in the conversation, `NothingLeft` once the case's key is gone."""
    key = select(CaseRow.wrapped_key).where(CaseRow.id == appointment.case_id)
    if appointment.case_id is None or await tx.scalar(key) is None:
        return NothingLeft()
    return Running() if await tx.scalar(select(_running(appointment.case_id, now))) else None


async def ask(erasing: Erasing, appointment: Appointment, now: datetime) -> Erasure:
    """Notes the request and carries it out, unless a hold is on the case. Asking twice changes nothing."""
    async with erasing.db.read() as tx:
        known = await erasure_of(tx, appointment)
    if known is None:
        await _note(erasing.db, appointment, now)
    await carry_on(erasing, str(appointment.case_id), now)
    async with erasing.db.read() as tx:
        asked = await erasure_of(tx, appointment)
    if asked is None:
        raise NotFound
    return asked


async def _note(db: Database, appointment: Appointment, now: datetime) -> None:
    row = {"id": secrets.token_hex(16), "case_id": appointment.case_id, "appointment_id": appointment.id}
    try:
        async with db.write() as tx:
            if refusal := await what_hinders(tx, appointment, now):
                raise refusal
            await tx.execute(insert(ErasureRow).values(**row, asked_at=now))
            await record(tx, now, "citizen", "erasure.asked", appointment.id)
    except IntegrityError:
        pass  # the other click was quicker


async def carry_on(erasing: Erasing, case_id: str, now: datetime) -> None:
    """Gives back what is still to come, then empties the case, if nothing holds it."""
    still = (AppointmentRow.state.in_(("pending", "confirmed")), AppointmentRow.starts_at > now)
    to_come = select(AppointmentRow.id).where(AppointmentRow.case_id == case_id, *still)
    async with erasing.db.read() as tx:
        ids = list(await tx.scalars(to_come.where(AppointmentRow.token_hash.is_not(None))))
    for appointment_id in ids:
        await erasing.cancel(appointment_id, now)
    async with erasing.db.write() as tx:
        emptied = await _empty(erasing, tx, case_id, now)
    if emptied:
        await erasing.db.settle()


async def _empty(erasing: Erasing, tx: AsyncConnection, case_id: str, now: datetime) -> bool:
    """The old key is destroyed; what is left is the address under a fresh one, until the mail is sent."""
    await lock(tx, case_id)
    open_one = (ErasureRow.case_id == case_id, ErasureRow.emptied_at.is_(None))
    asked = (await tx.execute(select(ErasureRow.id, ErasureRow.appointment_id).where(*open_one))).first()
    if asked is None or await tx.scalar(select(or_(held(case_id), _running(case_id, now)))):
        return False
    try:
        email = (await case_by_id(tx, case_id, erasing.keyring)).contact.email
    except NotFound:  # its time came by rule meanwhile
        email = None
    await erasing.close(tx, [case_id], now)
    await _forget_beside(tx, case_id, now)
    if email:
        await _keep_for_the_mail(erasing, tx, case_id, email)
        appointment = await appointment_by_id(tx, asked.appointment_id)
        await outbox.post(tx, EVENT, appointment.id, outbox.facts_of(appointment), now)
    done = {"emptied_at": now, "done_at": None if email else now}
    await tx.execute(update(ErasureRow).where(*open_one).values(**done))
    await record(tx, now, "citizen", "erasure.carried-out", asked.appointment_id)
    return True


async def lock(tx: AsyncConnection, case_id: str) -> None:
    """A hold that is placed in the same moment comes before or after, never between looking and deleting."""
    await tx.execute(locked(CaseRow.id == case_id))


async def _keep_for_the_mail(erasing: Erasing, tx: AsyncConnection, case_id: str, email: str) -> None:
    key, wrapped = erasing.keyring.new_key()
    sealed = contact_sealed(key, case_id, Contact(FORGOTTEN.name, email, None, {}))
    fresh = {"wrapped_key": wrapped, "key_version": erasing.keyring.version, "contact_sealed": sealed}
    await tx.execute(update(CaseRow).where(CaseRow.id == case_id).values(**fresh))


async def _forget_beside(tx: AsyncConnection, case_id: str, now: datetime) -> None:
    """Notices, repeated requests, and check sums of addresses; whoever waits on this case waits no more."""
    belonging = select(AppointmentRow.id).where(AppointmentRow.case_id == case_id)
    waiting = select(WaitingRow.id).where(WaitingRow.case_id == case_id)
    notices = or_(OutboxRow.appointment_id.in_(belonging), OutboxRow.waiting_id.in_(waiting))
    await tx.execute(delete(OutboxRow).where(notices))
    await tx.execute(delete(IdempotencyRow).where(IdempotencyRow.appointment_id.in_(belonging)))
    nobody = {"client_key": "", "contact_key": None, "contact_nr": None, "caller_key": None, "spoken": None}
    await tx.execute(update(AppointmentRow).where(AppointmentRow.case_id == case_id).values(**nobody))
    await tx.execute(update(KnockRow).where(KnockRow.case_id == case_id).values(client_key=""))
    places = update(WaitingRow).where(WaitingRow.case_id == case_id)
    await tx.execute(places.values(client_key="", contact_key=None))
    left = places.where(WaitingRow.ended_at.is_(None)).values(state="left", ended_at=now)
    await tx.execute(left)


async def finish(erasing: Erasing, now: datetime) -> int:
    """The job: carries out what waited for a hold or a dead process, and destroys addresses whose mail is out."""
    due = and_(ErasureRow.emptied_at.is_(None), ~held(ErasureRow.case_id))
    async with erasing.db.read() as tx:
        waiting = list(await tx.scalars(select(ErasureRow.case_id).where(due).limit(AT_ONCE)))
        mailed = list(await tx.scalars(select(ErasureRow.case_id).where(*_mailed(now)).limit(AT_ONCE)))
    for case_id in waiting:
        await carry_on(erasing, case_id, now)
    for case_id in mailed:
        async with erasing.db.write() as tx:
            await erasing.close(tx, [case_id], now)
            belonging = select(AppointmentRow.id).where(AppointmentRow.case_id == case_id)
            await tx.execute(delete(OutboxRow).where(OutboxRow.appointment_id.in_(belonging)))
            one = (ErasureRow.case_id == case_id, ErasureRow.done_at.is_(None))
            await tx.execute(update(ErasureRow).where(*one).values(done_at=now))
    if mailed:
        await erasing.db.settle()
    return len(waiting) + len(mailed)


def _mailed(now: datetime) -> tuple[ColumnElement[bool], ...]:
    unsent = exists().where(
        OutboxRow.appointment_id == ErasureRow.appointment_id,
        OutboxRow.event == EVENT,
        OutboxRow.sent_at.is_(None),
    )
    out = or_(~unsent, ErasureRow.emptied_at <= now - LAST_MAIL)
    return (ErasureRow.emptied_at.is_not(None), ErasureRow.done_at.is_(None), out)


def _running(case_id: str, now: datetime) -> ColumnElement[bool]:
    """Whether a conversation of this case is going on."""
    there = AppointmentRow.state.in_(IN_CALL), AppointmentRow.ends_at > now - OVERRUN
    begun = AppointmentRow.state == "confirmed", AppointmentRow.starts_at <= now, AppointmentRow.ends_at > now
    return exists().where(AppointmentRow.case_id == case_id, or_(and_(*there), and_(*begun)))
