"""A small proof of work (ALTCHA), asked for only where one address books more than people do; each counts once.

The library makes and checks challenges; that a solution is not used twice is this file's row with its primary key.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from altcha.v1 import ChallengeOptions, create_challenge, extract_params, verify_solution
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.model import AppointmentRow, ProofRow
from server.errors import ProofRequired
from server.sealing import fingerprint
from server.settings import Settings

HARDEST = 30_000
"""A telephone of ten years ago needs a few seconds for so many attempts."""
VALID = timedelta(minutes=20)
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Solved:
    """A right and timely solution, not yet used."""

    signature: str
    expires_at: datetime


def fresh_challenge(settings: Settings, now: datetime) -> dict[str, Any]:
    """What the browser has to solve: find the number that was drawn, by its hash."""
    wanted = ChallengeOptions(
        algorithm="SHA-256", max_number=HARDEST, hmac_key=_key(settings), expires=now + VALID
    )
    made = create_challenge(wanted)
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "maxnumber": HARDEST,
        "salt": made.salt,
        "signature": made.signature,
    }


async def is_asked_for(tx: AsyncConnection, settings: Settings, client: str, now: datetime) -> bool:
    """Whether this address has taken so many times within an hour that a proof is wanted. Staff ("") never is."""
    if not client or not settings.altcha_after:
        return False
    recent = (AppointmentRow.client_key == client, AppointmentRow.created_at > now - WINDOW)
    return (await tx.scalar(select(func.count()).where(*recent)) or 0) > settings.altcha_after


async def use_proof(tx: AsyncConnection, settings: Settings, payload: str | None, now: datetime) -> None:
    """Counts the solution once, in the transaction of what it was solved for. `ProofRequired` with a new challenge."""
    if not payload:
        raise ProofRequired(challenge=fresh_challenge(settings, now))
    solved = check(settings, payload, now)
    row = {"signature_hash": fingerprint(solved.signature), "expires_at": solved.expires_at}
    try:
        await tx.execute(insert(ProofRow).values(row))
    except IntegrityError as error:
        raise ProofRequired(
            "Diese Prüfung wurde schon verwendet. Bitte prüfen Sie noch einmal.",
            challenge=fresh_challenge(settings, now),
        ) from error


def check(settings: Settings, payload: str, now: datetime) -> Solved:
    """The solution, if it is right, ours, and in time; else `ProofRequired` with a new challenge."""
    wrong = ProofRequired(
        "Die Prüfung stimmt nicht. Bitte prüfen Sie noch einmal.", challenge=fresh_challenge(settings, now)
    )
    try:
        told = json.loads(base64.b64decode(payload, validate=True))
        right, _ = verify_solution(told, _key(settings), check_expires=False)
        expires_at = int(extract_params(told)["expires"][0])
        signature = str(told["signature"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise wrong from None
    if not right:
        raise wrong
    if expires_at <= now.timestamp():
        raise ProofRequired(
            "Die Prüfung ist abgelaufen. Bitte prüfen Sie noch einmal.",
            challenge=fresh_challenge(settings, now),
            expired=True,
        )
    return Solved(signature, now + VALID)


def _key(settings: Settings) -> str:
    secret = settings.secret.get_secret_value().encode()
    return hmac.new(secret, b"altcha", hashlib.sha256).hexdigest()
