"""Invitations, hand-overs, incidents; an appointment may follow another one on the same case."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("appointment") as table:
        table.add_column(sa.Column("follows_id", sa.String(32), nullable=True))
        table.add_column(sa.Column("caller_key", sa.String(64), nullable=True))
        table.create_foreign_key(
            "fk_appointment_follows_id_appointment", "appointment", ["follows_id"], ["id"]
        )
        table.create_index("ix_appointment_follows_id", ["follows_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("appointment_id", sa.String(32), sa.ForeignKey("appointment.id"), nullable=False),
        sa.Column("part", sa.String(12), nullable=False),
        sa.Column("nr", sa.Integer, nullable=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("who_sealed", sa.LargeBinary, nullable=False),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime, nullable=True),
        sa.UniqueConstraint("appointment_id", "nr"),
    )
    op.create_table(
        "transfer",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "appointment_id", sa.String(32), sa.ForeignKey("appointment.id"), nullable=False, index=True
        ),
        sa.Column("from_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("to_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False, index=True),
        sa.Column("note_sealed", sa.LargeBinary, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("taken_at", UtcDateTime, nullable=True),
        sa.Column("ended_at", UtcDateTime, nullable=True),
    )
    op.create_index(
        "uq_transfer_open",
        "transfer",
        ["appointment_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    _incidents()


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "appointment_id", sa.String(32), sa.ForeignKey("appointment.id"), nullable=False, unique=True
        ),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("key_version", sa.Integer, nullable=False),
        sa.Column("text_sealed", sa.LargeBinary, nullable=False),
        sa.Column("filed_at", UtcDateTime, nullable=False, index=True),
        sa.Column("excluded_until", UtcDateTime, nullable=True),
    )
    op.create_table(
        "exclusion",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column(
            "incident_id",
            sa.String(32),
            sa.ForeignKey("incident.id", ondelete="CASCADE"),
            primary_key=True,
            index=True,
        ),
        sa.Column("until", UtcDateTime, nullable=False, index=True),
    )


def downgrade() -> None:
    for name in ("exclusion", "incident", "transfer", "invitation"):
        op.drop_table(name)
    with op.batch_alter_table("appointment") as table:
        table.drop_index("ix_appointment_follows_id")
        table.drop_constraint("fk_appointment_follows_id_appointment", type_="foreignkey")
        table.drop_column("follows_id")
        table.drop_column("caller_key")
