"""Who can be put on duty and where: names from forms and files turned into rows. Planning itself is in the verbs."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.model import DutyRow
from server.catalog.hours import Closures
from server.catalog.model import ClosureRow, SiteRow
from server.people.model import StaffRow
from server.planning.duties import Duty, DutyRefused


@dataclass(frozen=True, slots=True)
class Clerk:
    """Somebody who can serve."""

    id: int
    login: str
    display: str


async def clerks(tx: AsyncConnection) -> list[Clerk]:
    """Everybody who still works here and sees citizens, by name."""
    columns = (StaffRow.id, StaffRow.login, StaffRow.display, StaffRow.roles)
    rows = await tx.execute(select(*columns).where(StaffRow.active).order_by(StaffRow.display, StaffRow.id))
    return [Clerk(row.id, row.login, row.display) for row in rows if "clerk" in row.roles]


async def clerk_of(tx: AsyncConnection, login: str) -> Clerk:
    """The clerk of this sign-in name; raises `DutyRefused` for anybody else."""
    for clerk in await clerks(tx):
        if clerk.login == login:
            return clerk
    detail = "„{login}“ kann keinen Dienst übernehmen."
    raise DutyRefused(detail, params={"login": login[:64]})


async def site_names(tx: AsyncConnection) -> dict[str, str]:
    """Site ► its name, in the catalogue's order."""
    rows = await tx.execute(select(SiteRow.id, SiteRow.name).order_by(SiteRow.position, SiteRow.id))
    return {row.id: row.name for row in rows}


async def refuse_unknown_site(tx: AsyncConnection, site_id: str | None) -> None:
    if site_id is not None and site_id not in await site_names(tx):
        raise DutyRefused("Den Standort „{site}“ gibt es nicht.", params={"site": site_id[:64]})


async def closures(tx: AsyncConnection) -> Closures:
    """Closing days of sites and of the whole city."""
    rows = await tx.execute(select(ClosureRow.site_id, ClosureRow.day))
    found: set[tuple[str | None, date]] = {(row.site_id, row.day) for row in rows}
    return frozenset(found)


async def doubly_used(tx: AsyncConnection, duties: list[Duty]) -> list[Duty]:
    """Those of the duties whose desk somebody else has at the same time: a warning, no obstacle."""
    desks = [duty for duty in duties if duty.desk]
    if not desks:
        return []
    columns = (DutyRow.staff_id, DutyRow.site_id, DutyRow.desk, DutyRow.starts_at, DutyRow.ends_at)
    rows = await tx.execute(
        select(*columns)
        .where(DutyRow.desk.in_({duty.desk for duty in desks}))
        .where(DutyRow.ends_at > min(duty.starts_at for duty in desks))
        .where(DutyRow.starts_at < max(duty.ends_at for duty in desks))
    )
    others = rows.all()
    return [
        duty
        for duty in desks
        if any(
            (row.site_id, row.desk) == (duty.site_id, duty.desk)
            and row.staff_id != duty.staff_id
            and row.starts_at < duty.ends_at
            and duty.starts_at < row.ends_at
            for row in others
        )
    ]
