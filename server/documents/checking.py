"""A file has arrived whole: what is it, can it be shown, is it clean? The one door between arriving and being looked at.

It fails closed: what nobody could vouch for stays in quarantine, where no one can open it, until somebody can.
"""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from server import audit
from server.access import Case, case_by_id
from server.db import Database
from server.documents.ahead import Ahead, Looks
from server.documents.content import Inspector
from server.documents.model import DocumentRow, name_bound
from server.documents.names import named_truly
from server.documents.sandbox import Found, NotDecodable, look_into
from server.documents.scan import Scan, Scanner, ScannerAway
from server.documents.seal import Store
from server.documents.tell import tell_of_document
from server.errors import BadInput, NotFound, Refusal, Unavailable
from server.sealing import Keyring, SealBroken, open_sealed, seal

log = logging.getLogger("sprechzeit.documents")

AT_ONCE = 50
NOT_SHOWN = {
    "password": "Die Datei ist mit einem Kennwort geschützt. Bitte senden Sie sie ohne Kennwort.",
    "too-large": "Ein Bild oder eine Seite dieser Datei ist zu groß. Bitte verkleinern Sie sie und senden Sie sie noch einmal.",
    "too-many-pages": "Die Datei hat zu viele Seiten. Bitte teilen Sie sie auf; erlaubt sind 300 Seiten.",
    "broken": "Die Datei ist beschädigt oder unvollständig. Bitte speichern Sie sie neu und senden Sie sie noch einmal.",
}
TOO_COSTLY = "Diese Datei lässt sich nicht sicher öffnen. Bitte senden Sie sie als PDF oder als Foto."
NOT_SCANNED = (
    "Diese Datei ist zu groß oder zu verschachtelt, um sie ganz auf Schadsoftware zu prüfen. "
    "Bitte teilen Sie sie auf oder senden Sie Fotos der Seiten."
)


class Infected(BadInput):
    type = "infected"
    title = "Datei nicht angenommen"
    detail = "In dieser Datei wurde Schadsoftware gefunden. Sie wurde gelöscht. Bitte prüfen Sie Ihr Gerät."


@dataclass(frozen=True, slots=True)
class Door:
    """What is needed to look at an arriving file."""

    db: Database
    store: Store
    scanner: Scanner
    looks: Looks = field(default_factory=Looks)

    async def taken_in(self, case: Case, document_id: str, now: datetime, ahead: Ahead | None = None) -> str:
        """Looks at a document whose bytes are all there; returns its new state. Safe to repeat, also after a crash.
        `ahead` has seen the same bytes on their way to the store.

        Raises what the content deserves (`TypeNotAllowed`, `BadInput`, `Infected`): nothing of the file is left then.
        With the scanner away the state is "quarantine".
        """
        await self.store.complete(document_id)
        try:
            media_type, found = await self._look(case, document_id, ahead)
            scan = await self._scan(case, document_id)
        except Unavailable:  # says nothing of the file: it is looked at again
            raise
        except Refusal as refusal:
            await self.turn_away(document_id, refusal, now)
            raise
        return await self._let_in(case, document_id, media_type, found, scan, now)

    async def scan_waiting(self, keyring: Keyring, now: datetime) -> int:
        """Looks again at what is in quarantine; returns how many could be judged."""
        waiting = (DocumentRow.state == "quarantine", DocumentRow.deleted_at.is_(None))
        async with self.db.read() as tx:
            query = select(DocumentRow.id, DocumentRow.case_id).where(*waiting)
            rows = (await tx.execute(query.order_by(DocumentRow.created_at).limit(AT_ONCE))).all()
        judged = 0
        for document_id, case_id in rows:
            try:
                async with self.db.read() as tx:
                    case = await case_by_id(tx, case_id, keyring)
                if await self.taken_in(case, document_id, now) == "quarantine":
                    break
            except Unavailable:
                break
            except Refusal as refusal:
                log.info("a document left quarantine: %s", refusal.type)
            except (SealBroken, FileNotFoundError) as error:
                log.error("document %s can not be opened: %s", document_id, type(error).__name__)
            judged += 1
        return judged

    def _plain(self, case: Case, document_id: str) -> AsyncGenerator[bytes, None]:
        return self.store.read(document_id, case.key, f"case/{case.id}")

    async def _look(self, case: Case, document_id: str, ahead: Ahead | None) -> tuple[str, Found]:
        """The media type and what a look into the file told, in one reading or while it arrived."""
        inspector = Inspector()
        try:
            if ahead is not None and (told := await ahead.told()) is not None:
                return told
            async with aclosing(_inspected(self._plain(case, document_id), inspector)) as chunks:
                begin = b""
                while not inspector.media_type and (chunk := await anext(chunks, None)) is not None:
                    begin += chunk
                media_type = inspector.media_type or inspector.finish()
                found = await look_into(media_type, _with(begin, chunks))
                return inspector.finish(), found
        except NotDecodable as reason:
            log.info("a document could not be decoded: %s", reason)
            raise BadInput(NOT_SHOWN.get(reason.reason, TOO_COSTLY)) from None

    async def _scan(self, case: Case, document_id: str) -> Scan | None:
        try:
            async with aclosing(self._plain(case, document_id)) as chunks:
                scan = await self.scanner.scan(chunks)
        except ScannerAway:
            return None
        if scan.found:
            raise Infected
        if not scan.whole:
            raise BadInput(NOT_SCANNED)
        return scan

    async def _let_in(
        self, case: Case, document_id: str, media_type: str, found: Found, scan: Scan | None, now: datetime
    ) -> str:
        new: dict[str, Any] = {
            "media_type": media_type,
            "pages": found.pages,
            "active": " ".join(found.active),
        }
        if scan:
            new |= {"scanned_at": now, "scanned_with": scan.signatures}
        async with self.db.write() as tx:
            query = select(DocumentRow.name_sealed, DocumentRow.state, DocumentRow.direction)
            living = (DocumentRow.id == document_id, DocumentRow.deleted_at.is_(None))
            row = (await tx.execute(query.where(*living).with_for_update())).first()
            if row is None:
                raise NotFound
            if row.state not in ("receiving", "quarantine"):  # somebody else has looked meanwhile
                return str(row.state)
            to_citizen = row.direction == "out"
            state = ("accepted" if to_citizen else "checking") if scan else "quarantine"
            new |= {"state": state} if to_citizen else {"state": state, "expires_at": None}
            bound = name_bound(case.id, document_id)
            name = named_truly(open_sealed(case.key, row.name_sealed, bound).decode(), media_type)
            new["name_sealed"] = seal(case.key, name.encode(), bound)
            await tx.execute(update(DocumentRow).where(DocumentRow.id == document_id).values(**new))
            if row.state != state:
                detail = {"case": case.id, "state": state, "active": list(found.active)}
                await audit.record(tx, now, "system", "document.taken-in", document_id, **detail)
            if state == "accepted":
                await tell_of_document(tx, case.id, now)
        return state

    async def turn_away(self, document_id: str, refusal: Refusal, now: datetime) -> None:
        """A file that may not come in: marked first, then its bytes; its row goes with the next sweep."""
        gone = update(DocumentRow).where(DocumentRow.id == document_id, DocumentRow.deleted_at.is_(None))
        async with self.db.write() as tx:
            if (await tx.execute(gone.values(state="refused", deleted_at=now))).rowcount:
                await audit.record(tx, now, "system", "document.turned-away", document_id, why=refusal.type)
        await self.store.remove(document_id)


async def _inspected(
    chunks: AsyncGenerator[bytes, None], inspector: Inspector
) -> AsyncGenerator[bytes, None]:
    async with aclosing(chunks):
        async for chunk in chunks:
            inspector.feed(chunk)
            yield chunk


async def _with(begin: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    yield begin
    async for chunk in rest:
        yield chunk
