"""Staff accounts are opened and closed from the command line. Signing in is `sign_in.py`."""

import re
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.audit import record
from server.db import Database
from server.people.model import ROLES, StaffRow, StaffSessionRow
from server.people.sign_in import HASHER

SHORTEST_PASSWORD = 12
LONGEST_DISPLAY = 120


class AccountRefused(Exception):
    """Why the account was not opened or closed, in German."""


async def add_account(
    database_url: str, login: str, display: str, password: str, roles: list[str], languages: list[str]
) -> None:
    """Opens an account; `AccountRefused` says what is wrong with it."""
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise AccountRefused(f"Unbekannte Rolle: {', '.join(unknown)}. Möglich sind {', '.join(ROLES)}.")
    if not re.fullmatch(r"[a-z0-9._-]{2,64}", login):
        raise AccountRefused(
            "Der Name besteht aus 2 bis 64 Zeichen: kleine Buchstaben, Ziffern, Punkt, Strich."
        )
    if len(password) < SHORTEST_PASSWORD:
        raise AccountRefused(f"Das Passwort braucht mindestens {SHORTEST_PASSWORD} Zeichen.")
    if not display.isprintable() or len(display) > LONGEST_DISPLAY:
        raise AccountRefused(f"Der Anzeigename hat höchstens {LONGEST_DISPLAY} Zeichen.")
    if not all(re.fullmatch(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})?", code) for code in languages):
        raise AccountRefused("Sprachen stehen als Kürzel mit Komma dazwischen, z. B. de,en.")
    db = Database(database_url)
    row = {"login": login, "display": display, "password_hash": HASHER.hash(password)}
    try:
        async with db.write() as tx:
            await tx.execute(insert(StaffRow).values(**row, roles=roles, languages=languages, active=True))
    except IntegrityError:
        raise AccountRefused(f"Das Konto {login} gibt es schon.") from None
    finally:
        await db.close()


async def close_account(database_url: str, login: str, now: datetime) -> None:
    """Nobody signs in with it any more, at once; the retention rule counts from here."""
    db = Database(database_url)
    try:
        async with db.write() as tx:
            staff_id = await tx.scalar(select(StaffRow.id).where(StaffRow.login == login, StaffRow.active))
            if staff_id is None:
                raise AccountRefused(f"Ein offenes Konto {login} gibt es nicht.")
            one = update(StaffRow).where(StaffRow.id == staff_id)
            await tx.execute(one.values(active=False, left_at=now))
            await tx.execute(delete(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id))
            await record(tx, now, "system", "account.closed", str(staff_id))
    finally:
        await db.close()
