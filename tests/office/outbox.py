"""The mails that have left the small city, read from its file outbox in the order of sending."""

import asyncio
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from sqlalchemy import func, select

from server.notices.outbox import OutboxRow
from tests.office.city import City


async def mails(city: City) -> list[EmailMessage]:
    """All mails so far, once nothing that is due waits any longer."""
    city.office.bell.ring()
    while await _waiting(city):  # noqa: ASYNC110  another task of the server sends them
        await asyncio.sleep(0.01)
    folder = city.settings.data_dir / "outbox"
    async with city.office.db.read() as tx:
        due = {row.id: row.due_at for row in await tx.execute(select(OutboxRow.id, OutboxRow.due_at))}
    # a file system may give the same instant to two that were sent one after the other: by what they were due
    order = {file: (file.stat().st_mtime_ns, due.get(file.stem, city.now)) for file in folder.glob("*.eml")}
    files = sorted(order, key=lambda file: (*order[file], file.name))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


async def _waiting(city: City) -> bool:
    due = (OutboxRow.sent_at.is_(None), OutboxRow.due_at <= city.now)
    async with city.office.db.read() as tx:
        return bool(await tx.scalar(select(func.count()).where(*due)))
