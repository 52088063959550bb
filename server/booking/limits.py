"""How many appointments one contact may have: bots hoard, families book for four. Client addresses are limited in `hold.py`.

The unique pair (contact_key, contact_nr) of `appointment` is what holds under a rush; nobody counts first and hopes.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, time
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.model import AppointmentRow
from server.clock import BERLIN, berlin
from server.db import Database
from server.errors import TooManyAppointments, VideoExcluded
from server.rooms.model_incident import excluded
from server.sealing import contact_key, letter_box
from server.settings import Settings

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class ContactPlace:
    """A contact and one of the places it has; both None where no limit applies."""

    key: str | None = None
    nr: int | None = None


NOWHERE = ContactPlace()


async def check_video(
    tx: AsyncConnection, settings: Settings, mode: str, keys: Collection[str], now: datetime
) -> None:
    """`VideoExcluded` while whoever has one of these keys is kept out of video rooms; on site everybody may come."""
    if mode == "video" and await excluded(tx, keys, now):
        raise VideoExcluded(settings.phone)


async def with_place(
    db: Database,
    settings: Settings,
    email: str | None,
    phone: str | None,
    now: datetime,
    book: Callable[[ContactPlace], Awaitable[Done]],
) -> Done:
    """Books with a place of this contact; `TooManyAppointments` when none is left.

    `book` writes the place in its own transaction. Where another request took the place in the same moment, the
    next one is tried.
    """
    key = contact_key(settings.secret.get_secret_value(), email, phone)
    if email and letter_box(email) in settings.uncapped:
        key = None
    return await with_place_of(db, settings, key, now, book)


async def with_place_of(
    db: Database,
    settings: Settings,
    key: str | None,
    now: datetime,
    book: Callable[[ContactPlace], Awaitable[Done]],
) -> Done:
    """The same for a contact whose key is known already."""
    if key is None:
        return await book(NOWHERE)
    for _ in range(settings.max_per_contact + 1):
        async with db.read() as tx:
            place = await free_place(tx, settings, key, now)
        try:
            return await book(place)
        except PlaceTaken:
            continue
    raise TooManyAppointments


class PlaceTaken(Exception):
    """Another appointment of the same contact took this place first."""


async def free_place(tx: AsyncConnection, settings: Settings, key: str, now: datetime) -> ContactPlace:
    """The lowest place that looks free; the unique constraint has the last word."""
    own = AppointmentRow.contact_key == key
    midnight = datetime.combine(berlin(now).date(), time(), BERLIN)
    today = select(func.count()).where(own, AppointmentRow.confirmed_at >= midnight)
    if (await tx.scalar(today) or 0) >= settings.max_per_contact_day:
        raise TooManyAppointments
    taken = set(await tx.scalars(select(AppointmentRow.contact_nr).where(own)))
    left = set(range(1, settings.max_per_contact + 1)) - taken
    if not left:
        raise TooManyAppointments
    return ContactPlace(key, min(left))


def of_a_place(error: IntegrityError) -> bool:
    """Whether it was this constraint that said no, on either database."""
    return "contact_key" in str(error.orig)
