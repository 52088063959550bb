"""Documents: in both directions, arriving in parts, scanned, decided about with a reason."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("direction", sa.String(4), nullable=False, server_default="in"),
        sa.Column("received", sa.Integer, nullable=False, server_default="0"),
        sa.Column("pages", sa.Integer, nullable=True),
        sa.Column("reason_key", sa.String(40), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary, nullable=True),
        sa.Column("scanned_at", UtcDateTime, nullable=True),
        sa.Column("scanned_with", sa.String(80), nullable=True),
        sa.Column("decided_at", UtcDateTime, nullable=True),
        sa.Column("decided_by", sa.String(64), nullable=True),
        sa.Column("expires_at", UtcDateTime, nullable=True),
    )


def upgrade() -> None:
    with op.batch_alter_table("document") as table:
        for column in columns():
            table.add_column(column)
        table.create_index("ix_document_expires_at", ["expires_at"])
    op.execute("UPDATE document SET received = size")


def downgrade() -> None:
    """What has not arrived whole, or goes to the citizen, is unknown to the older release: it goes."""
    op.execute("DELETE FROM document WHERE direction = 'out' OR state IN ('receiving', 'quarantine')")
    with op.batch_alter_table("document") as table:
        table.drop_index("ix_document_expires_at")
        for column in reversed(columns()):
            table.drop_column(column.name)
