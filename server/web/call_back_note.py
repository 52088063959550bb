"""Who would like to be called, for the clerk's pages. The number is opened for one appointment only, and that is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.access import Appointment, Case
from server.booking.model import ALIVE
from server.errors import NotFound
from server.rooms.call_back import call_backs, show_number
from server.rooms.phone import dialled
from server.web.call import Call


@dataclass(frozen=True, slots=True)
class Number:
    """As typed, as it is dialled, and since when the citizen agrees."""

    phone: str
    href: str
    since: datetime


async def open_call_backs(call: Call, appointments: Sequence[Appointment]) -> dict[str, datetime]:
    """Appointment ► since when its citizen would like to be called, where nobody has called yet."""
    alive = [one.id for one in appointments if one.mode == "video" and one.state in ALIVE]
    async with call.office.db.read() as tx:
        found = await call_backs(tx, alive)
    return {id_: wish.since for id_, wish in found.items() if wish.called_at is None}


async def number_on_page(call: Call, appointment: Appointment, case: Case | None) -> Number | None:
    if case is None or not await open_call_backs(call, [appointment]):
        return None
    try:
        phone, since = await show_number(call.office.db, call.member, appointment, case, call.now)
    except NotFound:
        return None  # taken back in this very moment
    return Number(phone, f"tel:{dialled(phone)}", since)
