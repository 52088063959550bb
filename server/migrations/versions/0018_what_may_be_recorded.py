"""Which services may be recorded: proposed, decided by somebody else, ended."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None

DECIDED = (
    "(decision IS NULL AND decided_by IS NULL AND decided_at IS NULL) OR (decision IN ('approved', 'rejected')"
    " AND decided_by IS NOT NULL AND decided_at IS NOT NULL)"
)


def upgrade() -> None:
    op.create_table(
        "recording_permission",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("service_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("legal_basis", sa.String(500), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("decision", sa.String(8), nullable=True),
        sa.Column("policy", sa.String(64), nullable=True),
        sa.Column("words", sa.String(500), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_recording_permission_four_eyes")
        ),
        sa.CheckConstraint(DECIDED, name=op.f("ck_recording_permission_decided_whole")),
        sa.CheckConstraint(
            "decision IS NULL OR decision <> 'approved' OR policy IS NOT NULL",
            name=op.f("ck_recording_permission_text_signed"),
        ),
        sa.CheckConstraint("legal_basis <> ''", name=op.f("ck_recording_permission_legal_basis")),
        *(
            sa.ForeignKeyConstraint([name], ["staff.id"], name=f"fk_recording_permission_{name}_staff")
            for name in ("proposed_by", "decided_by", "ended_by")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recording_permission"),
        sa.UniqueConstraint("service_id", "version", name="uq_recording_permission_service_id"),
    )
    undecided = sa.text("decision IS NULL")
    op.create_index(
        "uq_recording_permission_open",
        "recording_permission",
        ["service_id"],
        unique=True,
        sqlite_where=undecided,
        postgresql_where=undecided,
    )


def downgrade() -> None:
    op.drop_table("recording_permission")
