"""Deciding what somebody else has proposed: once, as a whole, and never by the proposer. What is decided is the verbs'."""

from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.errors import Conflict, NotFound
from server.privacy.model import RetentionRuleRow
from server.privacy.model_recordings import RecordingPermissionRow


class OwnProposal(Conflict):
    type = "own-proposal"
    detail = "Über den eigenen Vorschlag entscheidet jemand anderes."


class AlreadyDecided(Conflict):
    type = "already-decided"
    detail = "Über diesen Vorschlag ist schon entschieden."


async def enter_decision(
    tx: AsyncConnection,
    table: type[RetentionRuleRow] | type[RecordingPermissionRow],
    one: ColumnElement[bool],
    **decided: Any,
) -> None:
    """`NotFound` where there is no such proposal, `OwnProposal` for the proposer, `AlreadyDecided` the second time."""
    if await tx.scalar(select(table.id).where(one)) is None:
        raise NotFound
    try:
        done = await tx.execute(update(table).where(and_(one, table.decision.is_(None))).values(**decided))
    except IntegrityError as error:
        raise OwnProposal from error
    if done.rowcount != 1:
        raise AlreadyDecided
