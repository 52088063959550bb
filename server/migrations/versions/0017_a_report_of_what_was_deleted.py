"""A report of what was deleted by rule: how much of which kind, when."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "sweep_report",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("class_key", sa.String(24), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sweep_report"),
    )
    op.create_index("ix_sweep_report_at", "sweep_report", ["at"])


def downgrade() -> None:
    op.drop_table("sweep_report")
