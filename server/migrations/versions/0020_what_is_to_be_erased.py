"""Requests for erasure, and the audit by what it speaks of."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("appointment_id", sa.String(32), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("emptied_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    open_ones = sa.text("done_at IS NULL")
    op.create_index(
        "uq_erasure_open",
        "erasure",
        ["case_id"],
        unique=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
    op.create_index("ix_erasure_appointment_id", "erasure", ["appointment_id"])
    op.create_index("ix_audit_object", "audit", ["object_id"])


def downgrade() -> None:
    op.drop_index("ix_audit_object", "audit")
    op.drop_table("erasure")
