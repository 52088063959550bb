"""A document as the API tells of it, to its citizen and to the clerk."""

from datetime import datetime

from server.documents.model_reasons import words_of
from server.documents.upload import StoredDocument
from server.web.api import Int, Model
from server.web.language import Language


class DocumentOut(Model):
    """`size` in bytes; `direction`: "in" from the citizen, "out" from the city, to be fetched until `expires_at`.

    `pages`: how many there are to look at. `reason` is the template in words, `text` what the clerk wrote; `decided_at` goes
    along with the next decision.
    """

    id: str
    item: str
    name: str
    state: str
    size: Int
    media_type: str
    created_at: datetime
    pages: Int | None = None
    direction: str
    reason_key: str | None = None
    reason: str | None = None
    text: str | None = None
    decided_at: datetime | None = None
    expires_at: datetime | None = None


def document_out(document: StoredDocument, language: Language) -> DocumentOut:
    """All of it but what only the clerk's page tells."""
    return DocumentOut(
        id=document.id,
        item=document.item,
        name=document.name,
        state=document.state,
        size=document.size,
        media_type=document.media_type,
        created_at=document.created_at,
        pages=document.pages,
        direction=document.direction,
        reason_key=document.reason_key,
        reason=words_of(document.reason_key, language) or None,
        text=document.words,
        decided_at=document.decided_at,
        expires_at=document.expires_at,
    )
