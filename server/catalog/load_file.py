"""`sprechzeit import FILE`: puts a checked catalogue into the database, whole or not at all. Checks are in `read_file`."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.audit import record
from server.booking.model import CalendarChangeRow
from server.catalog.model import ClosureRow, ServiceRow, SiteRow, UnitRow
from server.catalog.online_check import refusals
from server.catalog.read_file import CatalogueFile, CatalogueRefused, ServiceEntry, read_catalogue
from server.clock import SystemClock
from server.db import Base, Database

__all__ = [
    "CatalogueFile",
    "CatalogueRefused",
    "import_catalogue",
    "load_into",
    "read_catalogue",
    "store_catalogue",
]


async def load_into(database_url: str, path: Path) -> int:
    """The command: reads, checks and stores a file; returns how many services it names. Raises `CatalogueRefused`."""
    file = read_catalogue(path)
    db = Database(database_url)
    try:
        await import_catalogue(db, file, SystemClock().now())
    finally:
        await db.close()
    return len(file.services)


async def import_catalogue(db: Database, file: CatalogueFile, now: datetime) -> None:
    """Stores the file in one transaction. Safe to repeat.

    Services are found again by id and keep the scheduler's switch for video; services that the file no longer
    names become hidden, so that booked appointments stay whole. Closing days are replaced.
    """
    async with db.write() as tx:
        await store_catalogue(tx, file, now)


async def store_catalogue(tx: AsyncConnection, file: CatalogueFile, now: datetime) -> None:
    """The same inside a transaction that the caller holds."""
    units = [{"id": unit.id, "name": unit.name} for unit in file.units]
    sites = [
        {"id": site.id, "name": site.name, "address": site.address, "hours": _hours(site.hours)}
        for site in file.sites
    ]
    services = [_service(file, service) for service in file.services]
    await _upsert(tx, UnitRow, units)
    await _upsert(tx, SiteRow, sites)
    await _upsert(tx, ServiceRow, services, kept="online_capable")
    names = [service.id for service in file.services]
    await tx.execute(update(ServiceRow).where(ServiceRow.id.not_in(names)).values(hidden=True))
    video_gone = [service.id for service in file.services if not _may_be_online(service)]
    await tx.execute(update(ServiceRow).where(ServiceRow.id.in_(video_gone)).values(online_capable=False))
    await tx.execute(delete(ClosureRow))
    for closure in file.closures:
        values = {"site_id": closure.site, "day": closure.day, "reason": closure.reason}
        await tx.execute(insert(ClosureRow).values(values))
    await tx.execute(insert(CalendarChangeRow).values(duty_id=None, at=now))
    await record(tx, now, "system", "catalogue.import", "catalogue", services=len(names))


async def _upsert(
    tx: AsyncConnection, row: type[Base], entries: list[dict[str, Any]], kept: str | None = None
) -> None:
    table = row.__table__
    assert isinstance(table, Table)
    known = set(await tx.scalars(select(table.c.id)))
    for position, entry in enumerate(entries):
        values = {**entry, "position": position}
        if entry["id"] not in known:
            await tx.execute(insert(table).values(values))
            continue
        values.pop(kept or "", None)
        await tx.execute(update(table).where(table.c.id == entry["id"]).values(values))


def _hours(hours: dict[Any, list[str]]) -> dict[str, list[list[str]]]:
    return {day: [span.split("-") for span in spans] for day, spans in hours.items()}


def _service(file: CatalogueFile, service: ServiceEntry) -> dict[str, Any]:
    stations = {station.key: station.model_dump() for station in file.stations}
    values = service.model_dump(exclude={"unit", "stations", "why_no_video", "excludes", "online_capable"})
    return {
        **values,
        "unit_id": service.unit,
        "online_capable": service.online_capable and "video" in service.modes,
        "why_no_video": service.why_no_video or {},
        "stations": [stations[key] for key in service.stations],
        "excludes": sorted(_excluded(file, service)),
    }


def _may_be_online(service: ServiceEntry) -> bool:
    brought = [item.key for item in service.checklist if item.when == "bring" and item.required]
    return not list(refusals(service.modes, service.identity, service.signature, brought))


def _excluded(file: CatalogueFile, service: ServiceEntry) -> set[str]:
    """Ids of services that can't share an appointment with this one; who excludes is excluded."""
    return {
        other.id
        for other in file.services
        if other.id != service.id and (_names(service, other) or _names(other, service))
    }


def _names(service: ServiceEntry, other: ServiceEntry) -> bool:
    return other.id in service.excludes or other.unit in service.excludes
