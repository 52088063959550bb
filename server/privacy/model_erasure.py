"""The table of requests for erasure (Art. 17 GDPR). Numbers and times only; how one is carried out is in `erase.py`."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import ERASURE
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime

NOT_DONE = text("done_at IS NULL")


class ErasureRow(Base):
    """A citizen wants a case erased; one at a time for each case.

    `emptied_at`: the key is destroyed, only the address for the last mail is left, under a fresh key. `done_at`: that is gone
    too. While a legal hold is on the case, both stay empty.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        Index("uq_erasure_open", "case_id", unique=True, sqlite_where=NOT_DONE, postgresql_where=NOT_DONE),
    )
    __data__ = holds({ERASURE: "case_id appointment_id asked_at emptied_at done_at"}, nothing="id")

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(32))
    appointment_id: Mapped[str] = mapped_column(String(32), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    emptied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
