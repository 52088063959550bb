"""The same request twice does its work once: Idempotency-Key, kept in the transaction of the work itself."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, appointment_by_id
from server.booking.model import IdempotencyRow
from server.db import Database
from server.errors import BadInput, KeyReused
from server.sealing import fingerprint

FIND = select(IdempotencyRow.request_hash, IdempotencyRow.appointment_id).where(
    IdempotencyRow.key_hash == bindparam("key_hash")
)
REMEMBER = insert(IdempotencyRow)


class DoneBefore(Exception):
    """Somebody else's transaction with the same key committed first; read what it did."""


class Once:
    """A key with the request it stands for. `verb` keeps the keys of different routes apart."""

    def __init__(self, verb: str, key: str, request: Any) -> None:
        if not 1 <= len(key) <= 200 or not key.isprintable():
            raise BadInput("Der Idempotency-Key muss 1 bis 200 Zeichen lang sein.")
        self.key_hash = fingerprint(f"{verb}|{key}")
        text = json.dumps(request, sort_keys=True, default=str)
        self.request_hash = hashlib.sha256(text.encode()).hexdigest()

    async def done(self, tx: AsyncConnection) -> Appointment | None:
        """The appointment or hold an earlier request with this key made; `KeyReused` when that was another request."""
        row = (await tx.execute(FIND, {"key_hash": self.key_hash})).first()
        if row is None:
            return None
        if row.request_hash != self.request_hash:
            raise KeyReused
        return await appointment_by_id(tx, row.appointment_id)

    async def done_before(self, db: Database) -> Appointment | None:
        """The same, for a request that got nothing itself: only then is it worth asking."""
        async with db.read() as tx:
            return await self.done(tx)

    async def remember(self, tx: AsyncConnection, appointment_id: str, now: datetime) -> None:
        """Writes the key; `DoneBefore` when another request with it was quicker."""
        try:
            await tx.execute(REMEMBER, self.row(appointment_id, now))
        except IntegrityError as error:
            raise DoneBefore from error

    def row(self, appointment_id: str, now: datetime) -> dict[str, Any]:
        """What is kept of the key."""
        hashes = {"key_hash": self.key_hash, "request_hash": self.request_hash}
        return {**hashes, "appointment_id": appointment_id, "created_at": now}
