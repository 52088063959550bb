"""Retention rules as data, with four eyes, and legal holds."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "retention_rule",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("class_key", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("decision", sa.String(8), nullable=True),
        sa.Column("words", sa.String(500), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_retention_rule_four_eyes")
        ),
        sa.CheckConstraint(
            "(decision IS NULL AND decided_by IS NULL AND decided_at IS NULL) OR (decision IN ('approved', 'rejected')"
            " AND decided_by IS NOT NULL AND decided_at IS NOT NULL)",
            name=op.f("ck_retention_rule_decided_whole"),
        ),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_retention_rule_hours")),
        sa.ForeignKeyConstraint(["proposed_by"], ["staff.id"], name="fk_retention_rule_proposed_by_staff"),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name="fk_retention_rule_decided_by_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_retention_rule"),
        sa.UniqueConstraint("class_key", "version", name="uq_retention_rule_class_key"),
    )
    undecided = sa.text("decision IS NULL")
    op.create_index(
        "uq_retention_rule_open",
        "retention_rule",
        ["class_key"],
        unique=True,
        sqlite_where=undecided,
        postgresql_where=undecided,
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["placed_by"], ["staff.id"], name="fk_legal_hold_placed_by_staff"),
        sa.ForeignKeyConstraint(["lifted_by"], ["staff.id"], name="fk_legal_hold_lifted_by_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_hold"),
    )
    held = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_legal_hold_open",
        "legal_hold",
        ["case_id"],
        unique=True,
        sqlite_where=held,
        postgresql_where=held,
    )


def downgrade() -> None:
    op.drop_table("legal_hold")
    op.drop_table("retention_rule")
