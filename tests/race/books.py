"""What must be true of the books at any instant, read from the database beside the server."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from server.booking.model import ALIVE, AppointmentRow, ClaimRow, DutyRow
from server.clock import tick_of
from tests.office.city import City


async def faults(city: City, acknowledged: Iterable[str] = ()) -> list[str]:
    """A sentence for each thing that is wrong; `acknowledged` are numbers that citizens hold in their hands."""
    async with city.office.db.read() as tx:
        duties = {row.id: row for row in await tx.execute(select(DutyRow.__table__))}
        claims = list(await tx.execute(select(ClaimRow.__table__)))
        appointments = {row.id: row for row in await tx.execute(select(AppointmentRow.__table__))}
    found = list(_of_appointments(appointments, claims, city.now))
    found += _of_duties(duties, claims, appointments)
    kept = {row.number for row in appointments.values() if row.state != "cancelled" or row.displaced_at}
    found += [f"{number} was acknowledged and is gone" for number in set(acknowledged) - kept]
    return sorted(found)


def _of_appointments(appointments: dict[str, Any], claims: list[Any], now: datetime) -> Iterator[str]:
    """Who is alive owns a row of ticks on its own duty that covers its time; who waits for a new time owns none."""
    owned: dict[str, list[Any]] = defaultdict(list)
    for claim in claims:
        if claim.appointment_id is not None:
            owned[claim.appointment_id].append(claim)
    for one in appointments.values():
        own = sorted(owned.get(one.id, []), key=lambda claim: claim.tick)
        expired = one.expires_at is not None and one.expires_at <= now
        if one.state == "cancelled" or one.displaced_at is not None:
            if own:
                yield f"{one.number} ({one.state}) still owns ticks"
        elif one.state in ALIVE or (one.state == "held" and not expired):
            yield from _of_one(one, own)


def _of_one(one: Any, own: list[Any]) -> Iterator[str]:
    if {claim.duty_id for claim in own} != {one.duty_id}:
        yield f"{one.number} owns ticks of another duty than its own"
    ticks = [claim.tick for claim in own]
    if any(after - before != 1 for before, after in pairwise(ticks)) or len(ticks) != one.ticks:
        yield f"{one.number} owns {ticks} instead of {one.ticks} in a row"
    if not set(range(tick_of(one.starts_at), tick_of(one.ends_at))) <= set(ticks):
        yield f"{one.number} does not own all of its time"
    if {claim.expires_at for claim in own} != {one.expires_at}:
        yield f"{one.number} and its ticks expire at different times"


def _of_duties(duties: dict[int, Any], claims: list[Any], appointments: dict[str, Any]) -> Iterator[str]:
    """Nobody is promised a time outside a duty, and a duty is never promised twice."""
    spans: dict[int, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for one in appointments.values():
        if one.state in ALIVE and one.displaced_at is None:
            spans[one.duty_id].append((one.starts_at, one.ends_at, one.number))
    for duty_id, taken in spans.items():
        for (_, end, first), (start, _, second) in pairwise(sorted(taken)):
            if start < end:
                yield f"{first} and {second} overlap on duty {duty_id}"
    used: dict[int, int] = defaultdict(int)
    for claim in claims:
        duty = duties[claim.duty_id]
        if claim.appointment_id is not None:
            used[claim.duty_id] += 1
            if not tick_of(duty.starts_at) <= claim.tick < tick_of(duty.ends_at):
                yield f"tick {claim.tick} lies outside of duty {duty.id}"
    for duty_id, count in used.items():
        duty = duties[duty_id]
        if count > tick_of(duty.ends_at) - tick_of(duty.starts_at):
            yield f"duty {duty_id} has more ticks taken than it is long"
