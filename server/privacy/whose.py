"""Whose data a link shows: an appointment's, those of a place on the waiting list, or of somebody who knocked.

Once an entry has become an appointment, the case is shown by the appointment's own link alone: who holds the older link
does not get to the documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import appointment_by_token, knock_by_token, waiting_by_token

Link = Literal["token", "entry", "knock"]


@dataclass(frozen=True, slots=True)
class Subject:
    """`roots`: the rows that everything of theirs hangs on, by table. `booked`: the case belongs to an appointment by now.

    `case_id` is None where nothing of the case may be shown. `over`: nothing is left to be erased.
    """

    id: str
    case_id: str | None
    roots: Mapping[str, str | None]
    number: str | None = None
    booked: bool = False
    over: bool = False

    @property
    def only(self) -> frozenset[str] | None:
        """The tables to be looked at; None: all."""
        return frozenset({*self.roots, "audit"}) if self.booked else None


async def subject_by(tx: AsyncConnection, link: Link, token: str) -> Subject:
    """`NotFound` for a link of nobody's."""
    if link == "token":
        one = await appointment_by_token(tx, token)
        return Subject(one.id, one.case_id, {"case": one.case_id, "appointment": one.id}, one.number)
    if link == "entry":
        entry = await waiting_by_token(tx, token)
        return _place(
            "waiting", entry.id, entry.case_id, None, entry.state == "booked", entry.state == "left"
        )
    knock = await knock_by_token(tx, token)
    return _place(
        "knock", knock.id, knock.case_id, knock.number, knock.state == "called", knock.state == "gone"
    )


def _place(table: str, id_: str, case_id: str, number: str | None, booked: bool, over: bool) -> Subject:
    if booked:
        return Subject(id_, None, {table: id_}, number, booked=True)
    return Subject(id_, case_id, {"case": case_id, table: id_}, number, over=over)
