"""The recurring work of the house: each job, how often, what it does. When and by whom it is run is `jobs.py`."""

import asyncio
from datetime import datetime, timedelta

from server.booking.knock import tidy_knocks
from server.booking.offer import offer_times
from server.booking.tidy import tidy
from server.documents import delete as documents_delete
from server.documents.resume import finish_arrived
from server.jobs import Job
from server.notices.remind import remind
from server.people.sign_in import tidy_sessions
from server.planning import routes_absence
from server.planning.absence import look_after
from server.planning.series import extend_all
from server.privacy.anchor_chain import anchor, extend, note_deletions
from server.privacy.shorten_chain import KEPT, shorten
from server.rooms.close import close_cancelled
from server.rooms.feedback import forget_feedback
from server.rooms.report_incident import forget_incidents
from server.signing.seal import seal_signed
from server.web.call import Office
from server.zms.tidy import forget


def jobs_of(office: Office) -> list[Job]:
    """The recurring work of the house."""

    async def tidy_booking(now: datetime) -> None:
        await forget(office.db, now)
        await tidy(office.db, now)

    async def plan_ahead(now: datetime) -> None:
        if await extend_all(office.db, now, office.settings.assumption_day):
            office.calendar.touch()

    async def remind_citizens(now: datetime) -> None:
        if await remind(office.db, office.settings.remind_hours, now):
            office.bell.ring()

    async def sweep_documents(now: datetime) -> None:
        await finish_arrived(office.door, office.keyring, now)
        await documents_delete.sweep(office.db, office.store, now)

    async def tidy_store(_now: object) -> None:
        await documents_delete.tidy_store(office.db, office.store, await asyncio.to_thread(office.store.now))

    async def seal_forms(now: datetime) -> None:
        if await seal_signed(office.signing, now):
            office.bell.ring()

    return [
        *_audit_jobs(office),
        Job(
            "waiting-offers",
            timedelta(seconds=5),
            lambda now: offer_times(office.db, office.calendar, office.settings, now),
        ),
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
        Job("incidents-forget", timedelta(hours=1), lambda now: forget_incidents(office.db, now)),
        Job("forms-seal", timedelta(seconds=3), seal_forms, at_most=timedelta(seconds=20)),
        Job("knocks-tidy", timedelta(seconds=30), lambda now: tidy_knocks(office.db, now)),
        Job("feedback-forget", timedelta(hours=24), lambda now: forget_feedback(office.db, now)),
        Job("roster-ahead", timedelta(hours=6), plan_ahead),
        Job("absences", timedelta(seconds=10), lambda now: look_after(routes_absence.desk(office), now)),
        Job("sessions-tidy", timedelta(minutes=10), lambda now: tidy_sessions(office.db, now)),
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
        Job("audit-shorten", timedelta(days=7), lambda now: shorten(office.db, KEPT, now)),
    ]
