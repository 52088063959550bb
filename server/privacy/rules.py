"""How long what is kept: which periods are in force, who proposes a change, and who decides it. Four eyes, by constraint."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from recordings_policy.classes import BY_KEY
from recordings_policy.data_class import DataClass
from recordings_policy.retention import Periods, Verdict, Version, periods_at
from server.access import Staff
from server.audit import record
from server.db import Database
from server.errors import BadInput, Conflict, NotFound
from server.people.model import StaffRow
from server.privacy.four_eyes import enter_decision
from server.privacy.model import RetentionRuleRow

PROPOSERS = frozenset({"scheduler", "admin"})
DECIDERS = frozenset({"dpo"})
HOUR = timedelta(hours=1)


class TooLong(BadInput):
    type = "too-long"
    detail = "Diese Frist ist länger, als für diese Daten erlaubt ist."


class SameAsNow(BadInput):
    type = "same-as-now"
    detail = "Diese Frist gilt schon."


class ProposalOpen(Conflict):
    type = "proposal-open"
    detail = "Zu diesen Daten gibt es schon einen offenen Vorschlag. Erst wird über ihn entschieden."


@dataclass(frozen=True, slots=True)
class Rule:
    """A version with the names of those who proposed and decided it, for people to read."""

    id: str
    version: int
    period: timedelta
    why: str
    proposed_by: str
    proposed_at: datetime
    verdict: Verdict | None
    words: str | None
    decided_by: str | None
    decided_at: datetime | None


async def periods_in_force(db: Database, now: datetime) -> Periods:
    """What the verbs that delete are handed."""
    columns = (RetentionRuleRow.class_key, RetentionRuleRow.version, RetentionRuleRow.hours)
    decided = (RetentionRuleRow.decision, RetentionRuleRow.decided_at)
    async with db.read() as tx:
        rows = (await tx.execute(select(*columns, *decided))).all()
    versions = [
        Version(row.class_key, row.version, row.hours * HOUR, row.decision, row.decided_at) for row in rows
    ]
    return periods_at(versions, now)


async def shortest_approved(tx: AsyncConnection, data_class: DataClass) -> timedelta:
    """The shortest period that ever was in force: what was deleted by it is nothing to wonder at."""
    least = select(func.min(RetentionRuleRow.hours)).where(RetentionRuleRow.decision == "approved")
    hours = await tx.scalar(least.where(RetentionRuleRow.class_key == data_class.key))
    return data_class.period if hours is None else min(data_class.period, hours * HOUR)


async def history(tx: AsyncConnection, data_class: DataClass | None = None) -> dict[str, list[Rule]]:
    """The versions of one class or of all, the newest first."""
    proposer, decider = aliased(StaffRow), aliased(StaffRow)
    query = (
        select(RetentionRuleRow, proposer.display.label("proposer"), decider.display.label("decider"))
        .join(proposer, proposer.id == RetentionRuleRow.proposed_by)
        .outerjoin(decider, decider.id == RetentionRuleRow.decided_by)
        .order_by(RetentionRuleRow.class_key, RetentionRuleRow.version.desc())
    )
    if data_class:
        query = query.where(RetentionRuleRow.class_key == data_class.key)
    found: dict[str, list[Rule]] = {}
    for row in await tx.execute(query):
        names = (row.proposer, row.proposed_at, row.decision, row.words, row.decider, row.decided_at)
        rule = Rule(row.id, row.version, row.hours * HOUR, row.why, *names)
        found.setdefault(row.class_key, []).append(rule)
    return found


def class_of(key: str) -> DataClass:
    """`NotFound` for a kind of data that does not exist."""
    if key not in BY_KEY:
        raise NotFound
    return BY_KEY[key]


def check(data_class: DataClass, period: timedelta, current: timedelta) -> None:
    """`TooLong` beyond what the class allows, `SameAsNow` where it would change nothing."""
    if period > data_class.longest:
        raise TooLong
    if period == current:
        raise SameAsNow


async def propose(
    db: Database, staff: Staff, data_class: DataClass, period: timedelta, why: str, now: datetime
) -> str:
    """A new version that changes nothing yet; `ProposalOpen` while another waits for its decision."""
    check(data_class, period, (await periods_in_force(db, now)).of(data_class))
    rule_id = secrets.token_hex(16)
    last = select(func.coalesce(func.max(RetentionRuleRow.version), 0))
    async with db.write() as tx:
        version = 1 + (await tx.scalar(last.where(RetentionRuleRow.class_key == data_class.key)) or 0)
        row = {"id": rule_id, "class_key": data_class.key, "version": version, "hours": period // HOUR}
        try:
            await tx.execute(
                insert(RetentionRuleRow).values(**row, why=why, proposed_by=staff.id, proposed_at=now)
            )
        except IntegrityError as error:
            raise ProposalOpen from error
        await record(
            tx, now, staff.actor, "rule.proposed", rule_id, kind=data_class.key, hours=period // HOUR
        )
    return rule_id


async def decide(
    db: Database,
    staff: Staff,
    data_class: DataClass,
    rule_id: str,
    verdict: Verdict,
    words: str,
    now: datetime,
) -> None:
    """Approved, it is in force from this instant on; rejected, nothing changes. `OwnProposal` for the proposer."""
    one = and_(RetentionRuleRow.id == rule_id, RetentionRuleRow.class_key == data_class.key)
    decided = {"decision": verdict, "words": words, "decided_by": staff.id, "decided_at": now}
    async with db.write() as tx:
        await enter_decision(tx, RetentionRuleRow, one, **decided)
        await record(tx, now, staff.actor, f"rule.{verdict}", rule_id, kind=data_class.key)
