"""The clerk's decision on a document sent ahead: accept, ask for it once more, refuse. Who may see it is `access`, the mail is `tell.py`.

A decision replaces the one the clerk has seen, never one made meanwhile: whoever comes second is told, and decides again knowingly.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server import audit
from server.access import Case, Staff, appointment_for, case_of
from server.db import Database
from server.documents.model import DocumentRow, reason_bound
from server.documents.model_reasons import OWN_WORDS, WORDS
from server.documents.tell import tell_of_decision
from server.documents.upload import check_open, lock_case
from server.documents.view import SHUT
from server.errors import BadInput, Conflict, Gone, NotFound
from server.people.model import StaffRow
from server.sealing import Keyring, open_sealed, seal

Verdict = Literal["accepted", "resend", "refused"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
LONGEST_WORDS = 1_000
NO_REASON = "Bitte wählen Sie einen Grund aus."
NO_WORDS = "Bitte schreiben Sie, was der Grund ist."
TOO_LONG = "Bitte schreiben Sie höchstens 1000 Zeichen."
CONTROLS = "Im Text sind Zeichen, die niemand lesen kann."
REASON_FOR_YES = "Wer eine Unterlage annimmt, gibt keinen Grund an."
THE_CITYS = "Das ist ein Dokument der Stadt. Darüber wird nicht entschieden."


class AlreadyDecided(Conflict):
    type = "already-decided"
    title = "Schon entschieden"
    detail = "Darüber hat inzwischen schon jemand entschieden: {name}, {at}. Bitte sehen Sie sich den neuen Stand an."


class NotYetChecked(Conflict):
    type = "not-yet-checked"
    title = "Noch nicht geprüft"
    detail = "Diese Datei wird noch empfangen oder auf Schadsoftware geprüft. Bitte entscheiden Sie danach."


class TakenBack(Gone):
    type = "taken-back"
    title = "Zurückgenommen"
    detail = "Diese Datei wurde inzwischen zurückgenommen."


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason_key` is one of the templates, `words` the clerk's own; an accepted document has neither."""

    verdict: Verdict
    reason_key: str | None = None
    words: str | None = None


def checked_decision(verdict: str, reason_key: str | None, words: str | None) -> Decision:
    """`BadInput` for what is no decision, a "no" without a reason, and words nobody can read."""
    known = next((one for one in VERDICTS if one == verdict), None)
    words = (words or "").replace("\r\n", "\n").strip()
    if known is None or (reason_key and reason_key not in WORDS):
        raise BadInput
    if known == "accepted":
        if reason_key or words:
            raise BadInput(REASON_FOR_YES)
        return Decision(known)
    if not reason_key:
        raise BadInput(NO_REASON)
    if reason_key == OWN_WORDS and not words:
        raise BadInput(NO_WORDS)
    if len(words) > LONGEST_WORDS:
        raise BadInput(TOO_LONG)
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co") and char not in "\n\t" for char in words):
        raise BadInput(CONTROLS)
    return Decision(known, reason_key, words or None)


async def decide(
    db: Database,
    keyring: Keyring,
    staff: Staff,
    appointment_id: str,
    document_id: str,
    decision: Decision,
    *,
    seen: datetime | None,
    now: datetime,
) -> None:
    """`seen` is when the decision was made that this one replaces; None: there was none yet.

    `AlreadyDecided` where that is not so any more, `NotYetChecked`, `TakenBack`, `TooLate` to ask once more for an
    appointment that is over. Deciding the same once more changes nothing.
    """
    async with db.write() as tx:
        appointment = await appointment_for(tx, staff, appointment_id)
        await lock_case(tx, appointment)
        case = await case_of(tx, appointment, keyring)
        row = await _decidable(tx, case, document_id)
        if row.decided_at != seen:
            if _decided(case, row) == (decision, staff.actor):
                return
            raise await _already(tx, row)
        if decision.verdict == "resend":
            check_open(appointment)
        same = (DocumentRow.id == document_id, DocumentRow.deleted_at.is_(None))
        before = DocumentRow.decided_at == seen  # None becomes IS NULL
        made = update(DocumentRow).where(*same, before, DocumentRow.state.not_in(SHUT))
        if (await tx.execute(made.values(_as_row(case, document_id, decision, staff, now)))).rowcount != 1:
            raise Conflict
        detail = {"appointment": appointment.id, "decision": decision.verdict, "reason": decision.reason_key}
        await audit.record(tx, now, staff.actor, "document.decided", document_id, **detail)
        if decision.verdict != "accepted":
            await tell_of_decision(tx, appointment, now)


async def _decidable(tx: AsyncConnection, case: Case, document_id: str) -> Any:
    columns = (
        DocumentRow.id,
        DocumentRow.state,
        DocumentRow.direction,
        DocumentRow.deleted_at,
        DocumentRow.decided_at,
        DocumentRow.decided_by,
        DocumentRow.reason_key,
        DocumentRow.reason_sealed,
    )
    own = and_(DocumentRow.id == document_id, DocumentRow.case_id == case.id)
    row = (await tx.execute(select(*columns).where(own))).first()
    if row is None:
        raise NotFound
    if row.direction != "in":
        raise Conflict(THE_CITYS)
    if row.deleted_at is not None:
        raise TakenBack
    if row.state in SHUT:
        raise NotYetChecked
    return row


def _decided(case: Case, row: Any) -> tuple[Decision, str]:
    """What is decided, and by whom."""
    words = None
    if row.reason_sealed is not None:
        words = open_sealed(case.key, row.reason_sealed, reason_bound(case.id, row.id)).decode()
    return Decision(row.state, row.reason_key, words), row.decided_by


async def _already(tx: AsyncConnection, row: Any) -> AlreadyDecided:
    id_ = str(row.decided_by or "").removeprefix("staff/")
    name = await tx.scalar(select(StaffRow.display).where(StaffRow.id == int(id_))) if id_.isdigit() else None
    return AlreadyDecided(params={"name": name or "–", "at": row.decided_at})


def _as_row(case: Case, document_id: str, decision: Decision, staff: Staff, now: datetime) -> dict[str, Any]:
    words = None
    if decision.words:
        words = seal(case.key, decision.words.encode(), reason_bound(case.id, document_id))
    return {
        "state": decision.verdict,
        "reason_key": decision.reason_key,
        "reason_sealed": words,
        "decided_at": now,
        "decided_by": staff.actor,
    }
