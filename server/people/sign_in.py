"""Staff sign in with name and password, and out again. Sessions live in the database; only a cookie's hash is kept."""

import asyncio
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings_policy.classes import SESSION
from recordings_policy.retention import DEFAULTS, Periods
from server.access import Staff
from server.audit import record
from server.db import Database
from server.errors import NotSignedIn, TooMany
from server.people.model import StaffRow, StaffSessionRow
from server.privacy.model_report import swept
from server.sealing import fingerprint

HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
NOBODY = HASHER.hash(secrets.token_hex(8))
LONGEST = timedelta(hours=12)
TOUCH = timedelta(minutes=1)
TRIES = 10
WINDOW = timedelta(minutes=5)


class WrongSignIn(NotSignedIn):
    type = "wrong-sign-in"
    detail = "Name oder Passwort stimmen nicht."


class Attempts:
    """Counts tries to sign in by name and client in this process; a right one clears the count."""

    def __init__(self) -> None:
        self._failed: dict[tuple[str, str], list[datetime]] = {}
        self.one_at_a_time = asyncio.Semaphore(2)

    def check(self, login: str, client: str, now: datetime) -> None:
        recent = [at for at in self._failed.get((login, client), []) if at > now - WINDOW]
        if len(self._failed) > 10_000:
            self._failed.clear()
        self._failed[login, client] = recent
        if len(recent) >= TRIES:
            raise TooMany("Zu viele Fehlversuche. Bitte warten Sie fünf Minuten.", retry_after_s=300)

    def count(self, login: str, client: str, now: datetime) -> None:
        """One more, before it is looked at: many at once are no more than one after the other. Forgets whoever has not tried for long."""
        self._failed = {
            who: tries for who, tries in self._failed.items() if tries and tries[-1] > now - WINDOW
        }
        self._failed.setdefault((login, client), []).append(now)

    def cleared(self, login: str, client: str) -> None:
        self._failed.pop((login, client), None)


async def sign_in(
    db: Database, attempts: Attempts, login: str, password: str, client: str, now: datetime
) -> tuple[str, Staff]:
    """A fresh session: (cookie, who). `WrongSignIn` doesn't tell whether the name exists; `TooMany` slows guessing."""
    login = login.strip().lower()
    attempts.check(login, client, now)
    async with db.read() as tx:
        row = (await tx.execute(select(StaffRow).where(StaffRow.login == login))).first()
    known = row.password_hash if row is not None and row.active and row.password_hash else NOBODY
    async with attempts.one_at_a_time:
        attempts.check(login, client, now)  # others may have tried meanwhile
        attempts.count(login, client, now)
        right = await asyncio.to_thread(_matches, known, password)
    if row is None or known is NOBODY or not right:
        raise WrongSignIn
    attempts.cleared(login, client)
    cookie, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    session = {"token_hash": fingerprint(cookie), "staff_id": row.id, "csrf": csrf}
    async with db.write() as tx:
        await tx.execute(
            insert(StaffSessionRow).values(**session, created_at=now, used_at=now, expires_at=now + LONGEST)
        )
        await record(tx, now, f"staff/{row.id}", "staff.signed-in", str(row.id))
    return cookie, Staff(row.id, row.login, row.display, frozenset(row.roles), csrf)


async def staff_of(db: Database, cookie: str, idle: timedelta, now: datetime) -> Staff | None:
    """Who this cookie belongs to, or None when the session is over, idle too long, or the account closed."""
    session = StaffSessionRow
    query = (
        select(StaffRow.id, StaffRow.login, StaffRow.display, StaffRow.roles, session.csrf, session.used_at)
        .join(session, session.staff_id == StaffRow.id)
        .where(session.token_hash == fingerprint(cookie), StaffRow.active)
        .where(session.expires_at > now, session.used_at > now - idle)
    )
    async with db.read() as tx:
        row = (await tx.execute(query)).first()
    if row is None:
        return None
    if now - row.used_at > TOUCH:
        async with db.write() as tx:
            await _touch(tx, cookie, now)
    return Staff(row.id, row.login, row.display, frozenset(row.roles), row.csrf)


async def sign_out(db: Database, cookie: str) -> None:
    """Ends the session; ending one that is over is fine."""
    async with db.write() as tx:
        await tx.execute(delete(StaffSessionRow).where(StaffSessionRow.token_hash == fingerprint(cookie)))


async def tidy_sessions(db: Database, now: datetime, periods: Periods = DEFAULTS) -> None:
    async with db.write() as tx:
        over = StaffSessionRow.expires_at <= now - periods.of(SESSION)
        gone = await tx.execute(delete(StaffSessionRow).where(over))
        await swept(tx, SESSION, gone.rowcount, now)


async def _touch(tx: AsyncConnection, cookie: str, now: datetime) -> None:
    one = update(StaffSessionRow).where(StaffSessionRow.token_hash == fingerprint(cookie))
    await tx.execute(one.values(used_at=now))


def _matches(known: str, password: str) -> bool:
    try:
        return HASHER.verify(known, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
