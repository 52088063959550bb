"""Fills the demo city Kempten: catalogue, staff and duties for the coming eight weeks. Safe and quick to repeat."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.model import DutyRow, TrainingRow
from server.catalog.hours import days, is_closed
from server.catalog.load_file import read_catalogue, store_catalogue
from server.catalog.model import Catalogue, ServiceRow
from server.catalog.services import load_catalogue
from server.clock import berlin
from server.db import Database
from server.demo.crew import CREW, JETZT, Member, duties_now, duties_of
from server.people.model import StaffRow
from server.people.sign_in import HASHER
from server.planning.duties import Duty, add_duties
from server.settings import Settings

PASSWORD = "sprechzeit-demo"
DAYS_AHEAD = 56
DAYS_AT_ONCE = 63
KEMPTEN = Path(__file__).with_name("kempten.yaml")


async def seed(db: Database, settings: Settings, now: datetime) -> None:
    """Adds what is missing: the catalogue if there is none, staff, duties up to 56 days from today.

    A city that stood still for weeks gets duties from today on. All in one transaction.
    """
    today = berlin(now).date()
    async with db.read() as tx:
        seeded = await _last_day(tx)
        if seeded and seeded >= today + timedelta(days=DAYS_AHEAD):
            return
    last = today + timedelta(days=DAYS_AT_ONCE)
    async with db.write() as tx:
        if not await tx.scalar(select(func.count()).select_from(ServiceRow)):
            await store_catalogue(tx, read_catalogue(KEMPTEN), now)
        catalogue = await load_catalogue(tx)
        staff = await _staff(tx, catalogue)
        seeded = await _last_day(tx)
        first = max(today, seeded + timedelta(days=1)) if seeded else today
        planned = _plan(catalogue, staff, first, last, settings.assumption_day)
        await add_duties(tx, [*planned, *await _missing_now(tx, staff[JETZT.login], today, last)], now)


async def _missing_now(tx: AsyncConnection, staff_id: int, today: date, last: date) -> list[Duty]:
    """The rows of the duty "jetzt" that are not there yet."""
    there = set(await tx.scalars(select(DutyRow.starts_at).where(DutyRow.demo)))
    return [duty for duty in duties_now(staff_id, today, last) if duty.starts_at not in there]


async def _last_day(tx: AsyncConnection) -> date | None:
    """The last day on which somebody works."""
    starts_at = await tx.scalar(select(func.max(DutyRow.starts_at)).where(DutyRow.demo.is_(False)))
    return berlin(starts_at).date() if starts_at else None


async def _staff(tx: AsyncConnection, catalogue: Catalogue) -> dict[str, int]:
    """Ids of the demo's staff by login; who is missing is added with their trainings."""
    ids = await _ids(tx)
    missing = [member for member in CREW if member.login not in ids]
    if not missing:
        return ids
    hashed = HASHER.hash(PASSWORD)
    await tx.execute(insert(StaffRow), [_account(member, hashed) for member in missing])
    ids = await _ids(tx)
    trainings = [
        {"staff_id": ids[member.login], "service_id": service_id}
        for member in missing
        for service_id in trained_for(member, catalogue)
    ]
    if trainings:
        await tx.execute(insert(TrainingRow), trainings)
    return ids


async def _ids(tx: AsyncConnection) -> dict[str, int]:
    logins = [member.login for member in CREW]
    rows = await tx.execute(select(StaffRow.login, StaffRow.id).where(StaffRow.login.in_(logins)))
    return {row.login: row.id for row in rows}


def _account(member: Member, hashed: str) -> dict[str, object]:
    return {
        "login": member.login,
        "display": member.display,
        "password_hash": hashed,
        "roles": list(member.roles),
        "languages": list(member.languages),
        "active": True,
    }


def trained_for(member: Member, catalogue: Catalogue) -> list[str]:
    """The services of the member's units; for the duty "jetzt" all that can be done by video."""
    if member is JETZT:
        return [service.id for service in catalogue.services.values() if "video" in service.modes]
    return [service.id for service in catalogue.services.values() if service.unit in member.units]


def _plan(
    catalogue: Catalogue, staff: Mapping[str, int], first: date, last: date, assumption_day: bool
) -> Iterator[Duty]:
    """All duties from the first day to the last but "jetzt"; nobody works where the day is closed."""
    for day in days(first, last):
        for member in CREW:
            for duty in duties_of(member, staff[member.login], day):
                known = duty.site_id is None or duty.site_id in catalogue.sites
                if known and not is_closed(duty.site_id, day, catalogue.closures, assumption_day):
                    yield duty


def demo_words(settings: Settings) -> str:
    """What `make run` prints: where to click as citizen, clerk and scheduler."""
    home = settings.public_url.rstrip("/")
    return f"""
Sprechzeit läuft: die Vorführstadt Kempten (Allgäu)

  Termin buchen          {home}/
                         „Bauberatung“ suchen, Video wählen: in wenigen Minuten ist immer eine Zeit frei.
  Sachbearbeitung        {home}/office/sign-in    clerk1      {PASSWORD}
                         Der Tag von clerk1 zeigt den Termin; von dort in den Raum.
  Einsatzplanung         {home}/office/sign-in    scheduler   {PASSWORD}
                         Dienstleistungen für Video ein- und ausschalten.
  Mails                  {settings.data_dir / "outbox"}
  Weitere Anmeldungen    clerk2 … clerk12, hotline, gate, dpo, admin (gleiches Passwort, nur in der Vorführung)

Beenden mit Strg+C. Die Daten bleiben für den nächsten Start.
"""
