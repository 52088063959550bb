"""A file of the city goes into a case: for the citizen to fetch, for a time. Checked like all that comes in; taking in a citizen's is `upload.py`."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings_policy.classes import CITY_DOCUMENT
from recordings_policy.retention import PeriodsAt
from server import audit
from server.access import Appointment, Case, case_of
from server.documents.ahead import Ahead
from server.documents.checking import Door
from server.documents.content import Inspector
from server.documents.delete import kept_until
from server.documents.names import clean_name, named_truly, refuse_foreign_extension
from server.documents.upload import (
    LIVES,
    OTHER,
    StoredDocument,
    enter,
    lock_case,
    poured,
    refuse_too_many,
)
from server.errors import BadInput, TooLate, TypeNotAllowed
from server.sealing import Keyring

MEGABYTE = 1_000_000
PAST = "Bitte wählen Sie einen Zeitpunkt in der Zukunft."


@dataclass(frozen=True, slots=True)
class Sending:
    """What enters files of the city into cases; put together in `server/app.py`."""

    door: Door
    keyring: Keyring
    limit_mb: int
    periods: PeriodsAt

    async def put_in(
        self,
        appointment: Appointment,
        content: bytes | AsyncIterator[bytes],
        *,
        name: str,
        by: str,
        now: datetime,
        media_type: str | None = None,
        item: str = OTHER,
        direction: Literal["in", "out"] = "out",
        expires_at: datetime | None = None,
    ) -> StoredDocument:
        """Enters a file; `by` is who did it ("staff/7", "system"), `appointment` was handed out by `access`.

        An "out" document can be fetched until `expires_at`, at the latest until the case closes; its mail goes out once
        the scanner has passed it. `media_type` None: whatever may come in. Raises `BadInput`, `TypeNotAllowed`,
        `TooLarge`, `Conflict` (too many), `TooLate` (case closed), and what `Door.taken_in` raises.
        """
        door, limit = self.door, self.limit_mb * MEGABYTE
        name = clean_name(name)
        refuse_foreign_extension(name)
        kept = (await self.periods(now)).of(CITY_DOCUMENT)
        async with door.db.read() as tx:
            case = await case_of(tx, appointment, self.keyring)
            await refuse_too_many(tx, case.id, 0, limit, direction)
            until = await _until(tx, case, direction, expires_at, kept, now)
        id_, inspector = secrets.token_hex(16), Inspector()
        with Ahead(inspector) as ahead:
            size = await poured(door.store, case, id_, _chunks(content), ahead, limit)
            kind = inspector.media_type
            document = StoredDocument(
                id_, item, named_truly(name, kind), kind, size, "receiving", now, None, direction, until
            )
            try:
                if media_type not in (None, kind):
                    raise TypeNotAllowed
                async with door.db.write() as tx:
                    await lock_case(tx, appointment)
                    await refuse_too_many(tx, case.id, size, limit, direction)
                    await enter(tx, case, document, received=size, expires_at=until)
                    detail = {
                        "appointment": appointment.id,
                        "item": item,
                        "size": size,
                        "direction": direction,
                    }
                    await audit.record(tx, now, by, "document.put-in", id_, **detail)
            except BaseException:
                await door.store.remove(id_)
                raise
            return replace(document, state=await door.taken_in(case, id_, now, ahead))


async def _until(
    tx: AsyncConnection,
    case: Case,
    direction: str,
    wished: datetime | None,
    kept: timedelta,
    now: datetime,
) -> datetime:
    """The wished end, but never beyond the case's own."""
    if direction == "in":
        return now + LIVES
    if wished is not None and wished <= now:
        raise BadInput(PAST)
    last = await kept_until(tx, case.id, kept)
    if last is None or last <= now:
        raise TooLate
    return min(wished, last) if wished else last


async def _chunks(content: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    async for chunk in content:
        yield chunk
