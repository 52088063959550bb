"""What was asked about recording, who answered how, and what is kept until when."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("appointment_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(20), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state <> 'gone' OR key_sealed IS NULL", name=op.f("ck_recording_gone")),
        sa.CheckConstraint("expires_at > asked_at", name=op.f("ck_recording_expires")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name="fk_recording_appointment_id_appointment",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name="fk_recording_asked_by_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_recording"),
    )
    op.create_index("ix_recording_appointment_id", "recording", ["appointment_id"])
    still = sa.text("state IN ('asked', 'running')")
    op.create_index(
        "uq_recording_open",
        "recording",
        ["appointment_id"],
        unique=True,
        sqlite_where=still,
        postgresql_where=still,
    )
    op.create_table(
        "recording_consent",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("recording_id", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("part", sa.String(12), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recording.id"],
            name="fk_recording_consent_recording_id_recording",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recording_consent"),
        sa.UniqueConstraint("recording_id", "subject", name="uq_recording_consent_recording_id"),
    )


def downgrade() -> None:
    op.drop_table("recording_consent")
    op.drop_table("recording")
