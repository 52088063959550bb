"""What is kept of a room beside the appointment: how the check of the technique went. The rules are in the verbs."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from recordings_policy.classes import DEVICE_CHECK
from recordings_policy.holds import holds
from server.db import Base, UtcDateTime


class DeviceCheckRow(Base):
    """The newest check before an appointment: words of fixed lists and a rough figure, nothing of picture or sound."""

    __tablename__ = "device_check"
    __data__ = holds(
        {
            DEVICE_CHECK: (
                "appointment_id verdict camera microphone loudspeaker signaling media turn "
                "upload_kbit checked_at"
            ),
        },
    )

    appointment_id: Mapped[str] = mapped_column(
        ForeignKey("appointment.id", ondelete="CASCADE"), primary_key=True
    )
    verdict: Mapped[str] = mapped_column(String(12))
    camera: Mapped[str] = mapped_column(String(12))
    microphone: Mapped[str] = mapped_column(String(12))
    loudspeaker: Mapped[str] = mapped_column(String(12))
    signaling: Mapped[bool]
    media: Mapped[str] = mapped_column(String(8))
    turn: Mapped[bool | None]
    upload_kbit: Mapped[int | None]
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
