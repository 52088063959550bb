"""A clerk prepares a form, changes it, takes it back; clerk and citizen read the same. Signing is `sign.py`."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server import audit
from server.access import Appointment, Case, Staff
from server.booking.model import AppointmentRow, CaseRow
from server.child import ChildFailed
from server.errors import Conflict, NotFound, TooLate, Unavailable
from server.sealing import open_sealed, seal
from server.signing.blanks import Blank, filled, paragraphs
from server.signing.desk import Desk, Printed, Sheet, print_pdf
from server.signing.model import FormRow, form_bound

LIVES = timedelta(days=7)
MOST_OPEN = 10
TAKES_FORMS = ("confirmed", "arrived", "called", "serving", "done")
Status = Literal[
    "prepared", "reading", "code-sent", "signed", "sealed", "refused", "withdrawn", "expired"
]  # fmt: skip


class NoSeal(Conflict):
    type = "no-seal"
    title = "Unterschreiben ist noch nicht eingerichtet"
    detail = (
        "Für die Unterschrift fehlt noch das Siegel der Stadt. Bitte wenden Sie sich an Ihre Administration."
    )


class Changed(Conflict):
    type = "form-changed"
    title = "Das Formular hat sich geändert"
    detail = "Das Formular wurde inzwischen geändert, unterschrieben oder zurückgezogen. Bitte sehen Sie es sich neu an."


@dataclass(frozen=True, slots=True)
class Form:
    """A form as both sides see it, opened; `values` is what was filled in, by key."""

    id: str
    blank: str
    version: int
    state: str
    sheet: Sheet
    values: dict[str, str]
    html: str
    pdf_hash: str
    pages: int
    staff_id: int
    created_at: datetime
    expires_at: datetime
    read_at: datetime | None
    code_until: datetime | None
    signed_at: datetime | None
    document_id: str | None
    delivered_at: datetime | None

    def status(self, now: datetime) -> Status:
        """Where it stands, for those who look."""
        if self.state == "sealed" and self.delivered_at is None:
            return "signed"
        if self.state != "open":
            return self.state  # type: ignore[return-value]
        if self.expires_at <= now:
            return "expired"
        if self.code_until is not None and self.code_until > now:
            return "code-sent"
        return "prepared" if self.read_at is None else "reading"


async def forms_of(tx: AsyncConnection, case: Case) -> list[Form]:
    """All forms of a case, oldest first."""
    rows = await tx.execute(_of(case).order_by(FormRow.created_at, FormRow.id))
    return [_opened(case, row) for row in rows]


async def form_of(tx: AsyncConnection, case: Case, form_id: str) -> Form:
    """One form of this case. `NotFound` for a foreign one."""
    row = (await tx.execute(_of(case).where(FormRow.id == form_id))).first()
    if row is None:
        raise NotFound
    return _opened(case, row)


async def pdf_of(tx: AsyncConnection, case: Case, form: Form) -> bytes:
    """What is read and will be signed. `NotFound` once it is over."""
    sealed = await tx.scalar(select(FormRow.pdf_sealed).where(FormRow.id == form.id))
    if sealed is None:
        raise NotFound
    return open_sealed(case.key, sealed, form_bound(form.id, f"pdf/{form.version}"))


async def note_read(desk: Desk, form: Form, now: datetime) -> Form:
    """The citizen has opened this version; said once."""
    if form.read_at is not None or form.state != "open":
        return form
    this = (FormRow.id == form.id, FormRow.version == form.version, FormRow.read_at.is_(None))
    async with desk.db.write() as tx:
        await tx.execute(update(FormRow).where(*this).values(read_at=now))
    return replace(form, read_at=now)


async def prepare(
    desk: Desk,
    staff: Staff,
    appointment: Appointment,
    case: Case,
    blank_key: str,
    typed: Mapping[str, str],
    now: datetime,
) -> Form:
    """Prints a form for the citizen to read. `BadInput` for the fields, `NoSeal`, `TooLate`, `Conflict` (too many)."""
    if desk.settings.seal_file is None:
        raise NoSeal
    blank = desk.blanks.get(blank_key)
    if blank is None:
        raise NotFound
    form_id = secrets.token_hex(16)
    values = filled(blank, typed)
    printed, content = await _printed(desk, blank, values, appointment, case)
    async with desk.db.write() as tx:
        await _refuse_unless_open(tx, appointment, case)
        row = {"id": form_id, "case_id": case.id, "appointment_id": appointment.id, "staff_id": staff.id}
        row |= {"blank": blank.key, "version": 1, "state": "open", "created_at": now}
        row |= {"code_tries": 0, "codes_sent": 0, "work_tries": 0, "expires_at": now + LIVES}
        await tx.execute(insert(FormRow).values(**row, **_sealed(case, form_id, 1, printed, content)))
        detail = {"appointment": appointment.id, "blank": blank.key, "hash": _hash(printed)}
        await audit.record(tx, now, staff.actor, "form.prepared", form_id, **detail)
        return await form_of(tx, case, form_id)


async def change(
    desk: Desk,
    staff: Staff,
    appointment: Appointment,
    case: Case,
    form: Form,
    typed: Mapping[str, str],
    now: datetime,
) -> Form:
    """A new version; what was read, and a code for it, count no more. `BadInput`, `Changed`."""
    blank = desk.blanks.get(form.blank)
    if blank is None:
        raise NotFound
    values = filled(blank, typed)
    printed, content = await _printed(desk, blank, values, appointment, case)
    version = form.version + 1
    unsigned = (FormRow.id == form.id, FormRow.state == "open", FormRow.version == form.version)
    fresh: dict[str, Any] = {"version": version, "read_at": None, "code_nonce": None, "code_until": None}
    fresh |= {"code_sent_at": None, "code_tries": 0, "codes_sent": 0, "expires_at": now + LIVES}
    fresh |= {"staff_id": staff.id, **_sealed(case, form.id, version, printed, content)}
    async with desk.db.write() as tx:
        await _refuse_unless_open(tx, appointment, case, more=0)
        if (await tx.execute(update(FormRow).where(*unsigned).values(**fresh))).rowcount != 1:
            raise Changed
        detail = {"version": version, "hash": _hash(printed)}
        await audit.record(tx, now, staff.actor, "form.changed", form.id, **detail)
        return await form_of(tx, case, form.id)


async def end(desk: Desk, by: str, form: Form, state: Literal["withdrawn", "refused"], now: datetime) -> None:
    """The clerk withdraws it, or the citizen will not sign. `Changed` once it is signed; safe to repeat."""
    if form.state == state:
        return
    gone = {"state": state, "ended_at": now, "pdf_sealed": None, "code_nonce": None, "code_until": None}
    unsigned = (FormRow.id == form.id, FormRow.state == "open")
    async with desk.db.write() as tx:
        if (await tx.execute(update(FormRow).where(*unsigned).values(**gone))).rowcount != 1:
            raise Changed
        await audit.record(tx, now, by, f"form.{state}", form.id)


async def _printed(
    desk: Desk, blank: Blank, values: dict[str, str], appointment: Appointment, case: Case
) -> tuple[Printed, dict[str, Any]]:
    """The PDF, and all that is kept to print it once more with the signature."""
    rows = tuple((field.label, values[field.key]) for field in blank.fields if values[field.key])
    city = desk.settings.city
    sentences = tuple(paragraphs(blank, values, city))
    sheet = Sheet(blank.title, rows, sentences, case.contact.name, appointment.number, city)
    html = desk.page(sheet)
    try:
        printed = await print_pdf(html, f"Unterschrift: {sheet.signer}")
    except ChildFailed:
        raise Unavailable from None
    return printed, {"sheet": asdict(sheet), "values": values, "html": html}


def _sealed(
    case: Case, form_id: str, version: int, printed: Printed, content: dict[str, Any]
) -> dict[str, Any]:
    plain = json.dumps(content, ensure_ascii=False).encode()
    return {
        "content_sealed": seal(case.key, plain, form_bound(form_id, "content")),
        "pdf_sealed": seal(case.key, printed.pdf, form_bound(form_id, f"pdf/{version}")),
        "pdf_hash": _hash(printed),
        "pages": printed.pages,
    }


def _hash(printed: Printed) -> str:
    return hashlib.sha256(printed.pdf).hexdigest()


async def _refuse_unless_open(
    tx: AsyncConnection, appointment: Appointment, case: Case, more: int = 1
) -> None:
    """Locks the case, so that two forms count after each other and closing it waits or has happened."""
    lock = select(CaseRow.wrapped_key).where(CaseRow.id == case.id).with_for_update()
    key = (await tx.execute(lock)).scalar_one_or_none()
    state = await tx.scalar(select(AppointmentRow.state).where(AppointmentRow.id == appointment.id))
    if key is None or state not in TAKES_FORMS:
        raise TooLate
    count = select(func.count()).where(FormRow.case_id == case.id, FormRow.state == "open")
    if (await tx.scalar(count) or 0) + more > MOST_OPEN:
        raise Conflict(
            "Zu diesem Vorgang liegen schon viele Formulare offen. Bitte ziehen Sie zuerst eines zurück."
        )


_COLUMNS = (
    FormRow.id, FormRow.blank, FormRow.version, FormRow.state, FormRow.content_sealed, FormRow.pdf_hash, FormRow.pages,
    FormRow.staff_id, FormRow.created_at, FormRow.expires_at, FormRow.read_at, FormRow.code_until, FormRow.signed_at,
    FormRow.document_id, FormRow.delivered_at,
)  # fmt: skip


def _of(case: Case) -> Any:
    return select(*_COLUMNS).where(FormRow.case_id == case.id)


def _opened(case: Case, row: Any) -> Form:
    values = dict(row._mapping)
    plain = open_sealed(case.key, values.pop("content_sealed"), form_bound(row.id, "content"))
    content = json.loads(plain)
    sheet = content["sheet"]
    sheet |= {"rows": tuple(map(tuple, sheet["rows"])), "sentences": tuple(sheet["sentences"])}
    return Form(sheet=Sheet(**sheet), values=content["values"], html=content["html"], **values)
