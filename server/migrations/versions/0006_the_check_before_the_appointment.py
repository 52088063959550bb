"""The newest check of camera, sound and network before an appointment."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "device_check",
        sa.Column("appointment_id", sa.String(32), nullable=False),
        sa.Column("verdict", sa.String(12), nullable=False),
        sa.Column("camera", sa.String(12), nullable=False),
        sa.Column("microphone", sa.String(12), nullable=False),
        sa.Column("loudspeaker", sa.String(12), nullable=False),
        sa.Column("signaling", sa.Boolean(), nullable=False),
        sa.Column("media", sa.String(8), nullable=False),
        sa.Column("turn", sa.Boolean(), nullable=True),
        sa.Column("upload_kbit", sa.Integer(), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name="fk_device_check_appointment_id_appointment",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("appointment_id", name="pk_device_check"),
    )


def downgrade() -> None:
    op.drop_table("device_check")
