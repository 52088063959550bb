"""Gives back a catalogue as it was before an import. What somebody already uses of the import is hidden, not removed."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.model import AppointmentRow, DutyRow, DutySeriesRow
from server.booking.model_waiting import WaitingRow
from server.catalog.model import ClosureRow, ServiceRow, SiteRow, UnitRow

Dump = dict[str, dict[str, dict[str, Any]]]


async def put_back(tx: AsyncConnection, before: Dump, after: Dump, today: Dump) -> None:
    """The rows of `before`; what the import added goes, as far as no appointment, duty or waiting entry names it."""
    for row in (UnitRow, SiteRow, ServiceRow):
        table = row.__table__
        assert isinstance(table, Table)
        for key, values in before[table.name].items():
            await tx.execute(
                update(table).where(table.c.id == key).values(_with_switch(key, values, after, today))
            )
    added = [key for key in today["service"] if key not in before["service"]]
    used = await _used_services(tx, added)
    await tx.execute(update(ServiceRow).where(ServiceRow.id.in_(used)).values(hidden=True))
    await tx.execute(delete(ServiceRow).where(ServiceRow.id.in_([key for key in added if key not in used])))
    await tx.execute(delete(ClosureRow))
    for closure in before["closure"].values():
        await tx.execute(insert(ClosureRow).values({**closure, "day": date.fromisoformat(closure["day"])}))
    await _remove_unused(tx, before, [today["service"][key] for key in used])


def _with_switch(key: str, values: dict[str, Any], after: Dump, today: Dump) -> dict[str, Any]:
    """A switch that the scheduler moved since the import stays where it is."""
    imported, now = after["service"].get(key), today["service"].get(key)
    if (
        imported
        and now
        and "online_capable" in values
        and imported["online_capable"] != now["online_capable"]
    ):
        return {**values, "online_capable": now["online_capable"]}
    return values


async def _used_services(tx: AsyncConnection, added: Collection[str]) -> set[str]:
    if not added:
        return set()
    lists = [
        *await tx.scalars(select(AppointmentRow.services)),
        *await tx.scalars(select(WaitingRow.services)),
    ]
    return {str(one["id"]) for services in lists for one in services} & set(added)


async def _remove_unused(tx: AsyncConnection, before: Dump, kept: list[dict[str, Any]]) -> None:
    sites = {site for service in kept for site in service["sites"]}
    for column in (DutyRow.site_id, DutySeriesRow.site_id, AppointmentRow.site_id, WaitingRow.site_id):
        sites |= {str(site) for site in await tx.scalars(select(column).distinct()) if site is not None}
    await tx.execute(delete(SiteRow).where(SiteRow.id.not_in({*before["site"], *sites})))
    units = {service["unit_id"] for service in kept}
    await tx.execute(delete(UnitRow).where(UnitRow.id.not_in({*before["unit"], *units})))
