"""Tables of release: how a place's capacity is shared among channels and days before. The rules are in `release.py`."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.holds import holds
from server.db import Base, UtcDateTime


class ReleasePlanRow(Base):
    """The plan of one place: `scope` is a site, "home", or "*" for all that have none of their own.

    `parts` is [{"share": 20, "channel": "online", "days": 92}, …]; shares add up to 100.
    """

    __tablename__ = "release_plan"
    __data__ = holds(nothing="scope parts changed_at")

    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
