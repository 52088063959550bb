"""Who came without an appointment and waits for a clerk to be free."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "knock",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("service_id", sa.String(64), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("spoken", sa.String(12), nullable=True),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("client_key", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_knock_case_id_case"),
        sa.PrimaryKeyConstraint("id", name="pk_knock"),
        sa.UniqueConstraint("token_hash", name="uq_knock_token_hash"),
    )
    op.create_index("ix_knock_state", "knock", ["state", "created_at"])
    op.create_index("ix_knock_case_id", "knock", ["case_id"])


def downgrade() -> None:
    op.drop_table("knock")
