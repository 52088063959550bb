"""The table of documents. Their bytes are in the sealed store, their names sealed with the case key."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, case
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import CITY_DOCUMENT, UPLOAD
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime

STATES = ("receiving", "quarantine", "checking", "accepted", "resend", "refused")


class DocumentRow(Base):
    """A file of a case. Deleting is two-step: `deleted_at` first, then bytes, then the row.

    `direction`: "in" came from the citizen, "out" is the city's for the citizen. `size` is the whole size in bytes,
    `received` how much of it has come. At `expires_at` an unfinished upload dies, and a document of the city's can be
    fetched no more. `reason_key` names a template, `reason_sealed` are the clerk's own words. `scanned_with`: which
    signatures the scanner had; `pages`: how many there are to look at; `active`: what it could do by itself, as words
    of `decode.py` with spaces between.
    """

    __tablename__ = "document"
    __data__ = holds(
        {
            (UPLOAD, CITY_DOCUMENT): (
                "case_id item name_sealed media_type size state direction received pages active reason_key "
                "reason_sealed scanned_at decided_at decided_by expires_at created_at deleted_at"
            ),
        },
        nothing="id scanned_with",
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    item: Mapped[str] = mapped_column(String(64))
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    direction: Mapped[str] = mapped_column(String(4), default="in", server_default="in")
    received: Mapped[int] = mapped_column(default=0, server_default="0")
    pages: Mapped[int | None]
    reason_key: Mapped[str | None] = mapped_column(String(40))
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    active: Mapped[str | None] = mapped_column(String(120))
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scanned_with: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


SAID_NO = ("resend", "refused")
MOMENT = case((DocumentRow.state.in_(SAID_NO), DocumentRow.decided_at), else_=DocumentRow.created_at)
"""When it last mattered: only a file that came after a "please send again" answers it, not one that lay there already."""
IN_ORDER = (MOMENT, DocumentRow.created_at, DocumentRow.id)


def reason_bound(case_id: str, document_id: str) -> str:
    """What a clerk's sealed own words are bound to."""
    return f"case/{case_id}/document/{document_id}/reason"


def name_bound(case_id: str, document_id: str) -> str:
    """What the sealed name of a document is bound to."""
    return f"case/{case_id}/document/{document_id}/name"
