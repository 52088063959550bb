"""Feedback without a way back to the appointment, and that one was given."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
    )
    op.create_index("ix_feedback_day", "feedback", ["day"])
    with op.batch_alter_table("appointment") as table:
        table.add_column(sa.Column("gave_feedback", sa.Boolean(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("appointment") as table:
        table.drop_column("gave_feedback")
    op.drop_index("ix_feedback_day", "feedback")
    op.drop_table("feedback")
