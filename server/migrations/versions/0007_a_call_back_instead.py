"""The wish to be called instead of a video call."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "call_back",
        sa.Column("appointment_id", sa.String(32), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name="fk_call_back_appointment_id_appointment",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("appointment_id", name="pk_call_back"),
    )


def downgrade() -> None:
    op.drop_table("call_back")
