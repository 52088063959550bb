"""The recurring work of the house: each job, how often, what it does. When and by whom it is run is `jobs.py`."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from recordings_policy.classes import AUDIT
from recordings_policy.retention import Periods
from server.booking.end_waiting import end_entries
from server.booking.knock import tidy_knocks
from server.booking.offer import offer_times
from server.booking.tidy import tidy
from server.clock import SystemClock
from server.db import Database
from server.documents import delete as documents_delete
from server.documents.bucket import open_store
from server.documents.resume import finish_arrived
from server.documents.seal import Store
from server.jobs import Job
from server.notices.remind import remind
from server.people.sign_in import tidy_sessions
from server.planning import routes_absence
from server.planning.absence import look_after
from server.planning.series import extend_all
from server.privacy import erase
from server.privacy import sweep as privacy_sweep
from server.privacy.anchor_chain import anchor, extend, note_deletions
from server.privacy.report_sweeps import Figures, due_now, swept_at
from server.privacy.rules import periods_in_force
from server.privacy.shorten_chain import shorten
from server.rooms.close import close_cancelled
from server.rooms.feedback import forget_feedback
from server.rooms.report_incident import forget_incidents
from server.rooms.tape import forget_recordings
from server.settings import Settings
from server.signing.seal import seal_signed
from server.web.call import Office
from server.zms.tidy import forget

Run = Callable[[datetime], Awaitable[object]]


def jobs_of(office: Office) -> list[Job]:
    """The recurring work of the house."""

    async def tidy_booking(now: datetime) -> None:
        await forget(office.db, now)
        await tidy(office.db, now, await office.periods(now))

    async def plan_ahead(now: datetime) -> None:
        if await extend_all(office.db, now, office.settings.assumption_day):
            office.calendar.touch()

    async def remind_citizens(now: datetime) -> None:
        if await remind(office.db, office.settings.remind_hours, now):
            office.bell.ring()

    async def sweep_documents(now: datetime) -> None:
        await finish_arrived(office.door, office.keyring, now)
        await documents_delete.sweep(office.db, office.store, now, await office.periods(now))

    async def tidy_store(_now: object) -> None:
        await documents_delete.tidy_store(office.db, office.store, await asyncio.to_thread(office.store.now))

    async def seal_forms(now: datetime) -> None:
        if await seal_signed(office.signing, now):
            office.bell.ring()

    async def offer(now: datetime) -> None:
        await offer_times(office.db, office.calendar, office.settings, now, await office.periods(now))

    return [
        *_audit_jobs(office),
        *_sweeping_jobs(office),
        Job("waiting-offers", timedelta(seconds=5), offer),
        Job("booking-tidy", timedelta(minutes=5), tidy_booking),
        Job("reminders", timedelta(minutes=1), remind_citizens),
        Job("documents-sweep", timedelta(minutes=1), sweep_documents),
        Job("store-tidy", timedelta(hours=1), tidy_store),
        Job(
            "documents-scan",
            timedelta(seconds=20),
            lambda now: office.door.scan_waiting(office.keyring, now),
            at_most=timedelta(minutes=30),
        ),
        Job(
            "rooms-close",
            timedelta(seconds=5),
            lambda now: close_cancelled(office.db, office.settings, office.rooms.publish, now),
        ),
        Job(
            "recordings-forget",
            timedelta(minutes=1),
            lambda now: forget_recordings(office.db, office.store, now),
        ),
        Job("forms-seal", timedelta(seconds=3), seal_forms, at_most=timedelta(seconds=20)),
        Job("erasures", timedelta(seconds=10), lambda now: erase.finish(office.erasing, now)),
        Job("roster-ahead", timedelta(hours=6), plan_ahead),
        Job("absences", timedelta(seconds=10), lambda now: look_after(routes_absence.desk(office), now)),
    ]


def _audit_jobs(office: Office) -> list[Job]:
    """Entries are linked, told to the outside, and end."""
    ledger = office.settings.ledger_file

    async def extend_chain(_now: object) -> None:
        await extend(office.db)
        await note_deletions(office.db, ledger)

    return [
        Job("audit-chain", timedelta(seconds=10), extend_chain),
        Job("audit-anchor", timedelta(hours=1), lambda now: anchor(office.db, ledger, now)),
    ]


def _sweeping_jobs(office: Office) -> list[Job]:
    """What ends by rule, by the periods in force at that moment."""

    def by_rule(forget_some: Callable[[Database, datetime, Periods], Awaitable[object]]) -> Run:
        async def run(now: datetime) -> None:
            await forget_some(office.db, now, await office.periods(now))

        return run

    return [
        Job("incidents-forget", timedelta(hours=1), by_rule(forget_incidents)),
        Job("knocks-tidy", timedelta(seconds=30), by_rule(tidy_knocks)),
        Job("feedback-forget", timedelta(hours=24), by_rule(forget_feedback)),
        Job("sessions-tidy", timedelta(minutes=10), by_rule(tidy_sessions)),
        Job("audit-shorten", timedelta(hours=24), by_rule(_shorten_audit)),
        Job("privacy-sweep", timedelta(hours=1), by_rule(privacy_sweep.sweep)),
    ]


async def _shorten_audit(db: Database, now: datetime, periods: Periods) -> int:
    return await shorten(db, periods.of(AUDIT), now)


async def sweep_all(db: Database, store: Store, now: datetime) -> None:
    """Everything that ends by rule, once through: `sprechzeit sweep`."""
    periods = await periods_in_force(db, now)
    await forget(db, now)
    for some in (tidy, end_entries, tidy_knocks, forget_incidents, forget_feedback, tidy_sessions):
        await some(db, now, periods)
    await documents_delete.sweep(db, store, now, periods)
    await forget_recordings(db, store, now)
    await privacy_sweep.sweep(db, now, periods)
    await _shorten_audit(db, now, periods)


async def sweep_once(settings: Settings, *, dry_run: bool) -> Figures:
    """By hand: what was deleted, or with `dry_run` what would be."""
    db, now = Database(settings.database_url), SystemClock().now()
    try:
        if dry_run:
            return await due_now(db, now)
        await sweep_all(db, open_store(settings), now)
        return await swept_at(db, now)
    finally:
        await db.close()
