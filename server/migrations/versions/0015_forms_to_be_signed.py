"""Forms that are read together, signed by the citizen and sealed by the city."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "form",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("appointment_id", sa.String(32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("blank", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_hash", sa.String(64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("code_nonce", sa.String(32), nullable=True),
        sa.Column("code_until", UtcDateTime(), nullable=True),
        sa.Column("code_sent_at", UtcDateTime(), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("codes_sent", sa.Integer(), nullable=False),
        sa.Column("signature_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("signed_at", UtcDateTime(), nullable=True),
        sa.Column("sealed_pdf", sa.LargeBinary(), nullable=True),
        sa.Column("work_after", UtcDateTime(), nullable=True),
        sa.Column("work_until", UtcDateTime(), nullable=True),
        sa.Column("work_tries", sa.Integer(), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=True),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_form_case_id_case"),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name="fk_form_appointment_id_appointment",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_form_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_form"),
    )
    op.create_index("ix_form_case_id", "form", ["case_id"])
    op.create_index("ix_form_appointment_id", "form", ["appointment_id"])
    op.create_index("ix_form_state", "form", ["state"])


def downgrade() -> None:
    op.drop_table("form")
