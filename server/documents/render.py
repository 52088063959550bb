"""A page of a document as a picture that can do nothing: drawn anew in the child, without metadata. Who may see it is `access`."""

from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from server.access import Appointment, Staff
from server.db import Database
from server.documents.sandbox import NotDecodable, page_of
from server.documents.seal import Store
from server.documents.view import open_document
from server.errors import Gone, NotFound
from server.sealing import Keyring

WIDTH = 1_200
NOT_SHOWN = "Diese Seite lässt sich nicht anzeigen."


@dataclass(frozen=True, slots=True)
class Eyes:
    """What is needed to look at documents; `by` None is the citizen."""

    db: Database
    store: Store
    keyring: Keyring
    by: Staff | None


async def page_picture(
    eyes: Eyes, appointment: Appointment, document_id: str, number: int, now: datetime
) -> bytes:
    """Page `number` (from 0) as PNG. `NotFound` for a foreign document or no such page, `Gone` for a damaged one.

    Nothing is kept: it is drawn for each look, so no picture outlives its document. Staff's looks are recorded.
    """
    opened = await open_document(
        eyes.db,
        eyes.store,
        eyes.keyring,
        appointment,
        document_id,
        by=eyes.by,
        now=now,
        action="document.looked-at",
    )
    async with aclosing(opened.chunks) as chunks:
        try:
            return await page_of(opened.document.media_type, chunks, number, WIDTH)
        except NotDecodable as reason:
            if reason.reason == "no-such-page":
                raise NotFound from None
            raise Gone(NOT_SHOWN) from None
