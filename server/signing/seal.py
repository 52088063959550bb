"""What was signed is printed with the signature and its record, sealed by the city, and put into the case. A job; safe to repeat.

First the sealed PDF is written beside the signature, by the one update that finds none there: so there is exactly one. Then it
becomes a document of the case under the form's own item, which is looked for before.
"""

import asyncio
import base64
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server import audit
from server.access import Appointment, Case, appointment_by_id, case_by_id
from server.booking.model import AppointmentRow
from server.child import ChildFailed, in_one, run_child
from server.documents.model import DocumentRow
from server.errors import NotFound, Refusal
from server.rooms.model_identity import IdentityCheckRow
from server.sealing import open_sealed, seal
from server.signing.desk import HERE, MOST_PDF, Attached, Desk, print_pdf
from server.signing.form import Form, form_of, pdf_of
from server.signing.ink import drawn
from server.signing.model import FormRow, form_bound, item_of
from server.signing.record import record_of
from server.signing.stamp import REFUSED

log = logging.getLogger("sprechzeit.signing")

AT_ONCE: Final = 20
LEASE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(minutes=10)
PRINT_S: Final = 25.0
STAMP_S: Final = 25.0
REASON: Final = "Besiegelt mit der Unterschrift einer Bürgerin oder eines Bürgers"


@dataclass(frozen=True, slots=True)
class Work:
    """A form that waits to be sealed, or sealed to be delivered."""

    form: Form
    case: Case
    appointment: Appointment


@dataclass
class Lease:
    """Until when this process has a form in hand: renewed on the way, and lost where it ran out and another one took it."""

    desk: Desk
    form_id: str
    until: datetime

    async def renewed(self, now: datetime) -> bool:
        """Whether it is still this process's."""
        until = now + LEASE
        if not await self._set(work_until=until):
            return False
        self.until = until
        return True

    async def given_back(self, after: datetime) -> None:
        """For another try."""
        await self._set(work_until=None, work_after=after, work_tries=FormRow.work_tries + 1)

    async def _set(self, **values: Any) -> bool:
        mine = update(FormRow).where(FormRow.id == self.form_id, FormRow.work_until == self.until)
        async with self.desk.db.write() as tx:
            return (await tx.execute(mine.values(**values))).rowcount == 1


async def seal_signed(desk: Desk, now: datetime) -> int:
    """Does what waits; returns how many forms got a step further. What fails is tried again later."""
    clock = asyncio.get_running_loop().time
    begun = clock()

    def at() -> datetime:
        """The instant at which a lease begins: one form after the other takes its time."""
        return now + timedelta(seconds=clock() - begun)

    waits = FormRow.state.in_(("signed", "sealed")), FormRow.delivered_at.is_(None)
    query = select(FormRow.id).where(*waits, FormRow.work_after <= now, _free(now))
    async with desk.db.read() as tx:
        waiting = list(await tx.scalars(query.order_by(FormRow.work_after).limit(AT_ONCE)))
    done = 0
    for form_id in waiting:
        if not (lease := await _lease(desk, form_id, at())):
            continue
        try:
            done += await _advance(lease, now, at)
        except (ChildFailed, Refusal, OSError) as error:
            reason = error.reason if isinstance(error, ChildFailed) else type(error).__name__
            log.error("form %s could not be sealed yet: %s", form_id, reason)
            await _later(lease, now)
    return done


def _free(now: datetime) -> Any:
    return or_(FormRow.work_until.is_(None), FormRow.work_until < now)


async def _lease(desk: Desk, form_id: str, now: datetime) -> Lease | None:
    until = now + LEASE
    mine = update(FormRow).where(FormRow.id == form_id, FormRow.delivered_at.is_(None), _free(now))
    async with desk.db.write() as tx:
        taken = (await tx.execute(mine.values(work_until=until))).rowcount == 1
    return Lease(desk, form_id, until) if taken else None


async def _later(lease: Lease, now: datetime) -> None:
    async with lease.desk.db.read() as tx:
        tries = await tx.scalar(select(FormRow.work_tries).where(FormRow.id == lease.form_id)) or 0
    await lease.given_back(now + min(timedelta(seconds=5 * (1 << min(tries, 10))), LONGEST_PAUSE))


async def _advance(lease: Lease, now: datetime, at: Callable[[], datetime]) -> bool:
    """Seals and delivers. False where that took so long that another process has the form in hand."""
    desk, form_id = lease.desk, lease.form_id
    one = select(FormRow.case_id, FormRow.appointment_id, FormRow.signature_sealed, FormRow.sealed_pdf)
    async with desk.db.read() as tx:
        row = (await tx.execute(one.where(FormRow.id == form_id))).first()
        if row is None:
            raise NotFound
        case = await case_by_id(tx, row.case_id, desk.keyring)
        form = await form_of(tx, case, form_id)
        work = Work(form, case, await appointment_by_id(tx, row.appointment_id))
    if form.state == "signed":
        given = json.loads(open_sealed(case.key, row.signature_sealed, form_bound(form_id, "signature")))
        await _keep(desk, work, await _sealed(desk, work, given), now)
    if not await lease.renewed(at()):
        return False
    await _deliver(desk, work, now)
    return True


async def _sealed(desk: Desk, work: Work, given: dict[str, Any]) -> bytes:
    """The form once more, with ink and record and what was read inside, under the city's seal."""
    form = work.form
    async with desk.db.read() as tx:
        read = await pdf_of(tx, work.case, form)
        given |= {"identity": await _checked(tx, work)}
    typed = str(given["typed"] or "")
    html = desk.signed_page(form.html, typed, record_of(form, work.appointment.number, given))
    about = "Das Formular, wie es vor der Unterschrift gelesen wurde"
    attached = Attached("gelesen.pdf", about, read)
    label = f"Unterschrift: {form.sheet.signer}. Siegel: {form.sheet.city}"
    ink = drawn(given["lines"]) if given["lines"] else ""
    printed = await print_pdf(html, label, ink=ink, attach=(attached,), seconds=PRINT_S)
    return await stamped(desk, printed.pdf)


async def stamped(desk: Desk, pdf: bytes) -> bytes:
    """The PDF under the city's seal, made by a child: the key is in this process as little as the library."""
    settings, file = desk.settings, desk.settings.seal_file
    if file is None:
        raise ChildFailed("no-seal")
    key = await asyncio.to_thread(file.read_bytes)
    order = {
        "pdf": base64.b64encode(pdf).decode(),
        "p12": base64.b64encode(key).decode(),
        "password": settings.seal_password.get_secret_value(),
        "reason": REASON,
        "place": settings.city,
        "tsa": settings.seal_tsa_url,
    }
    fed = in_one(json.dumps(order).encode())
    program = HERE / "stamp.py"
    return await run_child(program, [], fed, seconds=STAMP_S, most=2 * MOST_PDF, refused=REFUSED)


async def _checked(tx: AsyncConnection, work: Work) -> tuple[str, str] | None:
    """Level and method of the newest identity check of this case."""
    meetings = select(AppointmentRow.id).where(AppointmentRow.case_id == work.case.id)
    check = IdentityCheckRow
    query = select(check.level, check.method).where(check.appointment_id.in_(meetings))
    row = (await tx.execute(query.order_by(check.checked_at.desc()).limit(1))).first()
    return None if row is None else (row.level, row.method)


async def _keep(desk: Desk, work: Work, pdf: bytes, now: datetime) -> None:
    """The one update that makes it the sealed PDF; whoever comes second has worked for nothing."""
    form, key = work.form, work.case.key
    sealed = seal(key, pdf, form_bound(form.id, "sealed"))
    values = {"state": "sealed", "sealed_at": now, "sealed_pdf": sealed, "pdf_sealed": None}
    none_yet = update(FormRow).where(FormRow.id == form.id, FormRow.state == "signed")
    async with desk.db.write() as tx:
        if (await tx.execute(none_yet.values(**values, signature_sealed=None))).rowcount:
            await audit.record(tx, now, "system", "form.sealed", form.id)


async def _deliver(desk: Desk, work: Work, now: datetime) -> None:
    form, case, item = work.form, work.case, item_of(work.form.id)
    there = (DocumentRow.case_id == case.id, DocumentRow.item == item, DocumentRow.deleted_at.is_(None))
    async with desk.db.read() as tx:
        sealed = await tx.scalar(select(FormRow.sealed_pdf).where(FormRow.id == form.id))
        document_id = await tx.scalar(select(DocumentRow.id).where(*there))
    if document_id is None and sealed is not None:
        pdf = open_sealed(case.key, sealed, form_bound(form.id, "sealed"))
        name = f"{form.sheet.title} (unterschrieben).pdf"
        put = await desk.put_in(
            work.appointment, pdf, name=name, by="system", now=now, media_type="application/pdf", item=item
        )
        document_id = str(put.id)
    done = {"delivered_at": now, "document_id": document_id, "sealed_pdf": None, "work_until": None}
    waiting = update(FormRow).where(FormRow.id == form.id, FormRow.delivered_at.is_(None))
    async with desk.db.write() as tx:
        if (await tx.execute(waiting.values(**done))).rowcount:
            await audit.record(tx, now, "system", "form.delivered", form.id, document=document_id)
