"""Which services may be recorded: who proposes it on which legal basis, who decides it, who ends it. Four eyes, by constraint.

Switching on needs two people, switching off one.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from recordings_policy.policy_text import FINGERPRINT
from recordings_policy.retention import Verdict
from server.access import Staff
from server.audit import record
from server.catalog.model import ServiceRow
from server.db import Database
from server.errors import Conflict, NotFound
from server.people.model import StaffRow
from server.privacy.four_eyes import enter_decision
from server.privacy.model_recordings import RecordingPermissionRow
from server.privacy.rules import ProposalOpen

Row = RecordingPermissionRow


class TextChanged(Conflict):
    type = "policy-changed"
    detail = "Der Text der Richtlinie ist ein anderer geworden. Bitte lesen Sie ihn noch einmal."


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a service's permission, with names for people to read."""

    id: str
    legal_basis: str
    proposed_by: str
    proposed_at: datetime
    verdict: Verdict | None
    policy: str | None
    words: str | None
    decided_by: str | None
    decided_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None

    @property
    def in_force(self) -> bool:
        return self.verdict == "approved" and self.ended_at is None and self.policy == FINGERPRINT


async def services(tx: AsyncConnection) -> dict[str, dict[str, str]]:
    """The names of all services, in the catalogue's order."""
    query = select(ServiceRow.id, ServiceRow.name).order_by(ServiceRow.position)
    return {row.id: row.name for row in await tx.execute(query)}


async def name_of(tx: AsyncConnection, service_id: str) -> dict[str, str]:
    """`NotFound` for a service that does not exist."""
    name: dict[str, str] | None = await tx.scalar(select(ServiceRow.name).where(ServiceRow.id == service_id))
    if name is None:
        raise NotFound
    return name


async def history(tx: AsyncConnection, service_id: str | None = None) -> dict[str, list[Version]]:
    """The versions of one service or of all, the newest first."""
    proposer, decider, ender = aliased(StaffRow), aliased(StaffRow), aliased(StaffRow)
    query = (
        select(
            Row.service_id,
            *(
                Row.id,
                Row.legal_basis,
                proposer.display,
                Row.proposed_at,
                Row.decision,
                Row.policy,
                Row.words,
            ),
            *(decider.display, Row.decided_at, ender.display, Row.ended_at),
        )
        .join(proposer, proposer.id == Row.proposed_by)
        .outerjoin(decider, decider.id == Row.decided_by)
        .outerjoin(ender, ender.id == Row.ended_by)
        .order_by(Row.service_id, Row.version.desc())
    )
    if service_id:
        query = query.where(Row.service_id == service_id)
    found: dict[str, list[Version]] = {}
    for service, *values in await tx.execute(query):
        found.setdefault(service, []).append(Version(*values))
    return found


def in_force(versions: Sequence[Version]) -> Version | None:
    """The newest approved one, while nobody has ended it and the text is the one that was approved."""
    newest = next((one for one in versions if one.verdict == "approved"), None)
    return newest if newest and newest.in_force else None


async def propose(db: Database, staff: Staff, service_id: str, legal_basis: str, now: datetime) -> str:
    """A new version that changes nothing yet; `ProposalOpen` while another waits for its decision."""
    id_ = secrets.token_hex(16)
    last = select(func.coalesce(func.max(Row.version), 0)).where(Row.service_id == service_id)
    async with db.write() as tx:
        await name_of(tx, service_id)
        row = {"id": id_, "service_id": service_id, "version": 1 + (await tx.scalar(last) or 0)}
        values = {**row, "legal_basis": legal_basis, "proposed_by": staff.id, "proposed_at": now}
        try:
            await tx.execute(insert(Row).values(**values))
        except IntegrityError as error:
            raise ProposalOpen from error
        await record(tx, now, staff.actor, "recording.proposed", id_, service=service_id)
    return id_


async def decide(
    db: Database,
    staff: Staff,
    service_id: str,
    permission_id: str,
    verdict: Verdict,
    words: str,
    policy: str,
    now: datetime,
) -> None:
    """Approved, meetings confirmed from now on may be recorded with everybody's consent. `policy`: which text was read."""
    if verdict == "approved" and policy != FINGERPRINT:
        raise TextChanged
    one = and_(Row.id == permission_id, Row.service_id == service_id)
    decided = {"decision": verdict, "words": words, "decided_by": staff.id, "decided_at": now}
    signed = {"policy": FINGERPRINT} if verdict == "approved" else {}
    async with db.write() as tx:
        await enter_decision(tx, Row, one, **decided, **signed)
        await record(tx, now, staff.actor, f"recording.{verdict}", permission_id, service=service_id)


async def end(db: Database, staff: Staff, service_id: str, now: datetime) -> None:
    """From now on nothing of this service is recorded; that nothing was is fine."""
    running = (Row.service_id == service_id, Row.decision == "approved", Row.ended_at.is_(None))
    async with db.write() as tx:
        ended = await tx.execute(update(Row).where(*running).values(ended_by=staff.id, ended_at=now))
        if ended.rowcount:
            await record(tx, now, staff.actor, "recording.ended", service_id)
