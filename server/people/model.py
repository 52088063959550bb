"""Tables of the staff: accounts and sessions. Trainings and duties are in `booking/model.py`."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import ACCOUNT, SESSION
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime

ROLES = ("clerk", "scheduler", "hotline", "gate", "dpo", "admin")


class StaffRow(Base):
    """A member of staff. `login` is what is typed, `display` what colleagues see; citizens see neither. `left_at`: gone."""

    __tablename__ = "staff"
    __data__ = holds({ACCOUNT: "login display password_hash roles languages active left_at"}, nothing="id")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    display: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(JSON)
    languages: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffSessionRow(Base):
    """A signed-in browser. Only the SHA-256 of its cookie is kept."""

    __tablename__ = "staff_session"
    __data__ = holds({SESSION: "token_hash staff_id csrf created_at used_at expires_at"})

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
