"""The citizen signs: a one-time code to the known contact, then the signature with that code. Once, for one version."""

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from server import audit
from server.access import Appointment, Case
from server.contact import Contact
from server.errors import BadInput, Conflict, Gone, TooMany
from server.notices.outbox import post
from server.sealing import one_time_code, seal
from server.signing.desk import Desk
from server.signing.form import Changed, Form
from server.signing.ink import Lines
from server.signing.model import FormRow, code_subject, form_bound

CODE_LIVES = timedelta(minutes=10)
CODE_RESTS = timedelta(seconds=30)
MOST_CODES = 5
MOST_TRIES = 5


class NoContact(Conflict):
    type = "no-contact"
    title = "Der Code kann nirgendwohin gesendet werden"
    detail = "Zu diesem Termin sind weder E-Mail-Adresse noch Mobilnummer bekannt. Bitte unterschreiben Sie vor Ort."


class TooManyCodes(TooMany):
    type = "too-many-codes"
    detail = "Wir haben gerade einen Code gesendet. Bitte warten Sie eine halbe Minute. Mehr als fünf Codes senden wir nicht."


class CodeOver(Gone):
    type = "code-over"
    title = "Der Code gilt nicht mehr"
    detail = "Der Code ist abgelaufen oder wurde zu oft falsch eingegeben. Bitte fordern Sie einen neuen an."


class WrongCode(BadInput):
    type = "wrong-code"
    title = "Der Code stimmt nicht"
    detail = "Dieser Code stimmt nicht. Bitte prüfen Sie ihn."


@dataclass(frozen=True, slots=True)
class Signature:
    """What the citizen gave: drawn lines, or the typed name; for the version with this hash."""

    version: int
    pdf_hash: str
    code: str
    lines: Lines | None = None
    typed: str = ""


def way_of(contact: Contact) -> tuple[str, str]:
    """Where a code goes, "mail" or "sms", and the address as it may be shown. `NoContact`."""
    if contact.email:
        name, _, domain = contact.email.rpartition("@")
        return "mail", f"{name[:1]}•••@{domain}"
    if contact.mobile:
        return "sms", f"{contact.mobile[:3]} ••• {contact.mobile[-3:]}"
    raise NoContact


async def send_code(
    desk: Desk, appointment: Appointment, case: Case, form: Form, version: int, now: datetime
) -> datetime:
    """A fresh code for what was read; an earlier one counts no more. Returns until when it holds.

    `Changed`, `NoContact`, `TooManyCodes`.
    """
    channel, _ = way_of(case.contact)
    nonce, until = secrets.token_hex(16), now + CODE_LIVES
    rested = or_(FormRow.code_sent_at.is_(None), FormRow.code_sent_at <= now - CODE_RESTS)
    fresh = {"code_nonce": nonce, "code_until": until, "code_sent_at": now, "code_tries": 0}
    one = update(FormRow).where(*_unsigned(form, version, now), FormRow.codes_sent < MOST_CODES, rested)
    async with desk.db.write() as tx:
        done = await tx.execute(one.values(**fresh, codes_sent=FormRow.codes_sent + 1))
        if done.rowcount != 1:
            open_still = await tx.scalar(select(FormRow.id).where(*_unsigned(form, version, now)))
            raise TooManyCodes if open_still else Changed
        facts = {"form": form.id, "nonce": nonce}
        await post(tx, "sign-code", appointment.id, facts, now, channel=channel)
        await audit.record(tx, now, "citizen", "form.code-sent", form.id, channel=channel)
    return until


async def sign(
    desk: Desk, appointment: Appointment, case: Case, form: Form, given: Signature, now: datetime
) -> None:
    """Takes the signature; of two at once one wins, the other is `Changed`. `CodeOver`, `WrongCode`.

    A try is counted before it is looked at, so that no number of hands at once gets more of them.
    """
    nonce = await _try(desk, form, given, now)
    right = one_time_code(desk.secret, code_subject(form.id, given.version, given.pdf_hash, nonce))
    if not hmac.compare_digest(right.encode(), given.code.encode()):
        raise WrongCode
    channel, shown = way_of(case.contact)
    what = {"lines": given.lines, "typed": given.typed, "channel": channel, "to": shown}
    sealed = seal(case.key, json.dumps(what, ensure_ascii=False).encode(), form_bound(form.id, "signature"))
    signed: dict[str, Any] = {"state": "signed", "signed_at": now, "signature_sealed": sealed}
    signed |= {"code_nonce": None, "code_until": None, "work_after": now}
    unsigned = (*_unsigned(form, given.version, now), FormRow.code_nonce == nonce)
    async with desk.db.write() as tx:
        if (await tx.execute(update(FormRow).where(*unsigned).values(**signed))).rowcount != 1:
            raise Changed
        detail = {"version": given.version, "hash": given.pdf_hash, "appointment": appointment.id}
        await audit.record(tx, now, "citizen", "form.signed", form.id, **detail)


async def _try(desk: Desk, form: Form, given: Signature, now: datetime) -> str:
    """Uses one try up; what the code is made from."""
    this = (*_unsigned(form, given.version, now), FormRow.pdf_hash == given.pdf_hash)
    left = (FormRow.code_until > now, FormRow.code_tries < MOST_TRIES)
    async with desk.db.write() as tx:
        taken = update(FormRow).where(*this, *left).values(code_tries=FormRow.code_tries + 1)
        if (await tx.execute(taken)).rowcount != 1:
            open_still = await tx.scalar(select(FormRow.id).where(*this))
            raise CodeOver if open_still else Changed
        return str(await tx.scalar(select(FormRow.code_nonce).where(FormRow.id == form.id)))


def _unsigned(form: Form, version: int, now: datetime) -> tuple[Any, ...]:
    return (
        FormRow.id == form.id,
        FormRow.version == version,
        FormRow.state == "open",
        FormRow.expires_at > now,
    )
