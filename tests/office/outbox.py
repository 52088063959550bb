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
    files = sorted(folder.glob("*.eml"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


async def _waiting(city: City) -> bool:
    due = (OutboxRow.sent_at.is_(None), OutboxRow.due_at <= city.now)
    async with city.office.db.read() as tx:
        return bool(await tx.scalar(select(func.count()).where(*due)))
