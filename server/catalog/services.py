"""The catalogue as it stands, and the scheduler's switch for video. How the catalogue gets in is in `load_file`."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Staff
from server.audit import record
from server.booking.model import CalendarChangeRow, TrainingRow
from server.booking.model_release import ReleasePlanRow
from server.catalog.model import (
    Catalogue,
    ChecklistItem,
    ClosureRow,
    ReleasePart,
    Service,
    ServiceRow,
    Site,
    SiteRow,
    Station,
    Unit,
    UnitRow,
    in_language,
)
from server.catalog.online_check import Finding, check_online
from server.catalog.search import search
from server.db import Database
from server.errors import BadInput, NotFound
from server.people.model import StaffRow

__all__ = [
    "DAYS",
    "Finding",
    "NoVideo",
    "check_online",
    "load_catalogue",
    "refuse_nonsense",
    "search",
    "set_online_capable",
    "trained_services",
]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class NoVideo(BadInput):
    """Somebody wants a service online that needs presence; `extra["reasons"]` says why in German, each reason."""

    type = "no-video"
    detail = "„{service}“ geht nicht per Video: {reason}"


def refuse_nonsense(service: Service) -> None:
    """Raises `NoVideo` with every reason why this service can't be offered by video."""
    found = [one for one in check_online(service, trained=True) if one.kind == "refused"]
    reasons = [one.text.format(**one.params) for one in found]
    if reasons:
        name = in_language(service.name, "de")
        together = " ".join(reasons)
        raise NoVideo(params={"service": name, "reason": together}, reason=together, reasons=reasons)


async def trained_services(tx: AsyncConnection) -> frozenset[str]:
    """The services that somebody who still works here can do."""
    query = select(TrainingRow.service_id).join(StaffRow, StaffRow.id == TrainingRow.staff_id)
    return frozenset(await tx.scalars(query.where(StaffRow.active).distinct()))


async def load_catalogue(tx: AsyncConnection) -> Catalogue:
    """Everything the city offers, hidden services included, in the order of the file it came from."""
    units = await tx.execute(select(UnitRow.id, UnitRow.name).order_by(UnitRow.position, UnitRow.id))
    sites = await tx.execute(
        select(SiteRow.id, SiteRow.name, SiteRow.address, SiteRow.hours).order_by(
            SiteRow.position, SiteRow.id
        )
    )
    services = await tx.execute(select(ServiceRow.__table__).order_by(ServiceRow.position, ServiceRow.id))
    closures = await tx.execute(select(ClosureRow.site_id, ClosureRow.day))
    plans = await tx.execute(select(ReleasePlanRow.scope, ReleasePlanRow.parts))
    return Catalogue(
        units={row.id: Unit(row.id, row.name) for row in units},
        sites={row.id: Site(row.id, row.name, row.address, week_of(row.hours)) for row in sites},
        services={row.id: _service(row) for row in services},
        closures=frozenset((row.site_id, row.day) for row in closures),
        release={row.scope: tuple(ReleasePart(**part) for part in row.parts) for row in plans},
    )


def week_of(hours: dict[str, list[list[str]]]) -> tuple[tuple[tuple[time, time], ...], ...]:
    """Function times as stored ({"mon": [["07:30", "17:00"]]}) as seven days of spans, Monday first."""
    return tuple(tuple(_span(pair) for pair in hours.get(day, ())) for day in DAYS)


def _span(pair: Iterable[str]) -> tuple[time, time]:
    opens, closes = pair
    return time.fromisoformat(opens), time(0) if closes == "24:00" else time.fromisoformat(closes)


def _service(row: Any) -> Service:
    return Service(
        id=row.id,
        unit=row.unit_id,
        leika=row.leika,
        name=row.name,
        description=row.description,
        synonyms=tuple(row.synonyms),
        minutes=row.minutes,
        modes=tuple(row.modes),
        online_capable=row.online_capable,
        why_no_video=row.why_no_video,
        fee_cents=row.fee_cents,
        max_count=row.max_count,
        excludes=frozenset(row.excludes),
        sites=tuple(row.sites),
        stations=tuple(Station(item["key"], item["name"], item["fee_cents"]) for item in row.stations),
        checklist=tuple(
            ChecklistItem(item["key"], item["name"], item["when"], item["required"]) for item in row.checklist
        ),
        lead_minutes=row.lead_minutes,
        hidden=row.hidden,
        activation=row.activation,
        prep_minutes=row.prep_minutes,
        buffer_minutes=row.buffer_minutes,
        identity=row.identity,
        signature=row.signature,
    )


async def set_online_capable(db: Database, staff: Staff, service_id: str, on: bool, now: datetime) -> None:
    """Offers a service by video, or stops offering it; booked appointments stay as they are.

    Raises `NotFound` for an unknown service and `NoVideo` where the rules of `online_check` speak against it.
    """
    async with db.write() as tx:
        found = await tx.execute(select(ServiceRow.__table__).where(ServiceRow.id == service_id))
        row = found.first()
        if row is None:
            raise NotFound
        if on:
            refuse_nonsense(_service(row))
        if row.online_capable == on:
            return
        await tx.execute(update(ServiceRow).where(ServiceRow.id == service_id).values(online_capable=on))
        await tx.execute(insert(CalendarChangeRow).values(duty_id=None, at=now))
        await record(tx, now, staff.actor, "service.online_capable", service_id, on=on)
