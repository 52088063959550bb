"""A third and a fourth person come by links of their own: made, shown and taken back by the clerk.

A link is as long as its meeting: `admit.py` asks the appointment each time, and this file whether it was taken back.
"""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, Staff, appointment_by_id, appointment_for, case_of
from server.audit import record
from server.db import Database
from server.errors import Conflict, Gone, NotFound
from server.notices import outbox
from server.rooms.admit import check_entry, room_of
from server.rooms.model import InvitationRow, invitation_bound
from server.sealing import Keyring, fingerprint, invitation_token, open_sealed, seal
from server.settings import Settings
from signaling.contract import Notice, participant_id

CHAIRS: Final = (1, 2)
"""Clerk and citizen have the other two: a mesh of more than four asks too much of a phone."""
PARTS: Final = ("interpreter", "sign", "support", "colleague")


class TooManyInvited(Conflict):
    type = "too-many-invited"
    detail = "Es sind schon zwei Personen eingeladen. Nehmen Sie zuerst eine Einladung zurück."


class InvitationOver(Gone):
    type = "invitation-over"
    title = "Diese Einladung gilt nicht mehr"
    detail = "Die Einladung wurde zurückgenommen. Bei Fragen wenden Sie sich bitte an die Person, die Sie eingeladen hat."


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is to be invited; without a name they are asked for it, without an address nobody writes to them."""

    part: str
    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A living invitation. `name` is empty until somebody has told it."""

    id: str
    part: str
    name: str
    email: str | None
    token: str
    created_at: datetime


async def invite(
    db: Database,
    keyring: Keyring,
    settings: Settings,
    staff: Staff,
    appointment_id: str,
    guest: Guest,
    now: datetime,
) -> Invitation:
    """A link for one more person; the mail, where there is an address, follows. `TooManyInvited` beyond two."""
    for _ in CHAIRS:
        try:
            async with db.write() as tx:
                meeting = await appointment_for(tx, staff, appointment_id)
                check_entry(meeting, settings, now, early=True)
                return await _invite(tx, keyring, settings, staff, meeting, guest, now)
        except IntegrityError:
            continue  # somebody else took this chair in the same moment
    raise TooManyInvited


async def _invite(
    tx: AsyncConnection,
    keyring: Keyring,
    settings: Settings,
    staff: Staff,
    meeting: Appointment,
    guest: Guest,
    now: datetime,
) -> Invitation:
    taken = set(await tx.scalars(_living(InvitationRow.nr).where(_of(meeting))))
    left = [nr for nr in CHAIRS if nr not in taken]
    if not left:
        raise TooManyInvited
    id_ = secrets.token_hex(16)
    token = invitation_token(settings.secret.get_secret_value(), id_)
    key = (await case_of(tx, meeting, keyring)).key
    row = {
        "id": id_,
        "appointment_id": meeting.id,
        "part": guest.part,
        "nr": left[0],
        "token_hash": fingerprint(token),
        "who_sealed": _sealed(key, id_, guest.name, guest.email),
        "staff_id": staff.id,
        "created_at": now,
    }
    await tx.execute(insert(InvitationRow).values(row))
    if guest.email:
        await outbox.post(tx, "invitation", meeting.id, {**outbox.facts_of(meeting), "invitation": id_}, now)
    await record(tx, now, staff.actor, "invitation.made", meeting.id, invitation=id_, part=guest.part)
    return Invitation(id_, guest.part, guest.name, guest.email, token, now)


async def invitations_of(
    tx: AsyncConnection, meeting: Appointment, keyring: Keyring, settings: Settings
) -> list[Invitation]:
    """Those that were not taken back, for whoever may see the meeting."""
    rows = (await tx.execute(_living().where(_of(meeting)).order_by(InvitationRow.created_at))).all()
    if not rows:
        return []
    try:
        key = (await case_of(tx, meeting, keyring)).key
    except NotFound:
        return []
    return [_invitation(row, key, settings) for row in rows]


async def invited(
    tx: AsyncConnection, token: str, keyring: Keyring, settings: Settings, *, even_revoked: bool = False
) -> tuple[Appointment, Invitation]:
    """What a link invites to. `NotFound` for an unknown one, `InvitationOver` for one that was taken back.

    `even_revoked`: for what somebody may do who was invited once.
    """
    query = select(InvitationRow.__table__).where(InvitationRow.token_hash == fingerprint(token))
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound
    if row.revoked_at is not None and not even_revoked:
        raise InvitationOver
    meeting = await appointment_by_id(tx, row.appointment_id)
    try:
        key = (await case_of(tx, meeting, keyring)).key
    except NotFound:
        raise InvitationOver from None
    return meeting, _invitation(row, key, settings)


async def tell_name(db: Database, keyring: Keyring, settings: Settings, token: str, name: str) -> None:
    """Whom the clerk invited without a name says it once; a name that is known stays."""
    async with db.write() as tx:
        meeting, invitation = await invited(tx, token, keyring, settings)
        if invitation.name:
            return
        key = (await case_of(tx, meeting, keyring)).key
        sealed = _sealed(key, invitation.id, name, invitation.email)
        one = update(InvitationRow).where(
            InvitationRow.id == invitation.id, InvitationRow.revoked_at.is_(None)
        )
        await tx.execute(one.values(who_sealed=sealed))


async def revoke(
    db: Database,
    publish: Callable[[Notice], Awaitable[None]],
    settings: Settings,
    staff: Staff,
    appointment_id: str,
    invitation_id: str,
    now: datetime,
) -> None:
    """The link leads nowhere, and whoever came by it is out of the room at once."""
    async with db.write() as tx:
        meeting = await appointment_for(tx, staff, appointment_id)
        one = update(InvitationRow).where(
            InvitationRow.id == invitation_id, _of(meeting), InvitationRow.revoked_at.is_(None)
        )
        if (await tx.execute(one.values(revoked_at=now, nr=None))).rowcount != 1:
            raise NotFound
        await record(tx, now, staff.actor, "invitation.revoked", meeting.id, invitation=invitation_id)
    room = room_of(meeting.id, settings)
    subject = participant_id(settings.ticket_secret.get_secret_value(), room, who_of(invitation_id))
    await publish(Notice("removed", room, subject, "guest", int(now.timestamp())))


def who_of(invitation_id: str) -> str:
    """By what a room knows the invited person."""
    return f"invited/{invitation_id}"


def _of(meeting: Appointment) -> Any:
    return InvitationRow.appointment_id == meeting.id


def _living(*columns: Any) -> Select[*tuple[Any, ...]]:
    query = select(*columns) if columns else select(InvitationRow.__table__)
    return query.where(InvitationRow.revoked_at.is_(None))


def _sealed(key: bytes, invitation_id: str, name: str, email: str | None) -> bytes:
    plain = json.dumps([name, email], ensure_ascii=False)
    return seal(key, plain.encode(), invitation_bound(invitation_id))


def _invitation(row: Any, key: bytes, settings: Settings) -> Invitation:
    name, email = json.loads(open_sealed(key, row.who_sealed, invitation_bound(row.id)))
    token = invitation_token(settings.secret.get_secret_value(), row.id)
    return Invitation(row.id, row.part, name, email, token, row.created_at)
