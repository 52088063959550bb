"""What people said about a conversation, without any way back to it: no appointment, no time of day, no name."""

from datetime import date

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import FEEDBACK
from recordings_policy.holds import holds
from server.db import Base


class FeedbackRow(Base):
    """`score` is 1 (very bad) to 5 (very good). That an appointment's citizen has answered stands with the appointment."""

    __tablename__ = "feedback"
    __data__ = holds({FEEDBACK: "service day score text"}, nothing="id")

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    service: Mapped[str] = mapped_column(String(64))
    day: Mapped[date] = mapped_column(Date, index=True)
    score: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)
