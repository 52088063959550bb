"""Waiting list, release plans, recurring duties, roster files, absences; limits, reminders and buffers of appointments."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = ("fate", "absence", "proof", "release_plan", "freed", "waiting", "roster_import", "duty_series")
FALSE = sa.false()


def upgrade() -> None:
    _services()
    _roster()
    _waiting()
    _release()
    _absences()
    _appointments()
    _claims()
    _outbox()


def downgrade() -> None:
    """What the older program can't hold goes: mails to the waiting list, blocked and resting ticks."""
    op.execute("DELETE FROM outbox WHERE appointment_id IS NULL OR channel <> 'mail'")
    op.execute("DELETE FROM claim WHERE appointment_id IS NULL")
    with op.batch_alter_table("outbox") as table:
        table.drop_index("ix_outbox_waiting_id")
        table.drop_constraint("fk_outbox_waiting_id_waiting", type_="foreignkey")
        table.drop_column("waiting_id")
        table.drop_column("channel")
        table.alter_column("appointment_id", existing_type=sa.String(32), nullable=False)
    with op.batch_alter_table("claim") as table:
        table.alter_column("appointment_id", existing_type=sa.String(32), nullable=False)
    with op.batch_alter_table("appointment") as table:
        table.drop_index("ix_appointment_client")
        table.drop_index("ix_appointment_waiting_id")
        table.drop_constraint("uq_appointment_contact_key", type_="unique")
        table.drop_constraint("fk_appointment_waiting_id_waiting", type_="foreignkey")
        for column in (
            "ticks",
            "contact_key",
            "contact_nr",
            "remind",
            "waiting_id",
            "reminded_at",
            "displaced_at",
        ):
            table.drop_column(column)
    with op.batch_alter_table("duty") as table:
        for column, other in (("series_id", "duty_series"), ("import_id", "roster_import")):
            table.drop_index(f"ix_duty_{column}")
            table.drop_constraint(f"fk_duty_{column}_{other}", type_="foreignkey")
            table.drop_column(column)
    with op.batch_alter_table("service") as table:
        for column in ("activation", "prep_minutes", "buffer_minutes", "identity", "signature"):
            table.drop_column(column)
    for name in TABLES:
        op.drop_table(name)


def _services() -> None:
    with op.batch_alter_table("service") as table:
        table.add_column(sa.Column("activation", sa.Boolean(), nullable=False, server_default=FALSE))
        table.add_column(sa.Column("prep_minutes", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("buffer_minutes", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("identity", sa.String(12), nullable=False, server_default="none"))
        table.add_column(sa.Column("signature", sa.String(12), nullable=False, server_default="none"))


def _roster() -> None:
    op.create_table(
        "duty_series",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(8), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=True),
        sa.Column("desk", sa.String(40), nullable=True),
        sa.Column("takes_video", sa.Boolean(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_duty_series_staff_id_staff"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_duty_series_site_id_site"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_series"),
    )
    op.create_table(
        "roster_import",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_roster_import_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_roster_import"),
    )
    op.create_index("ix_roster_import_created_at", "roster_import", ["created_at"])
    with op.batch_alter_table("duty") as table:
        table.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("import_id", sa.String(32), nullable=True))
        table.create_foreign_key("fk_duty_series_id_duty_series", "duty_series", ["series_id"], ["id"])
        table.create_foreign_key("fk_duty_import_id_roster_import", "roster_import", ["import_id"], ["id"])
        table.create_index("ix_duty_series_id", ["series_id"])
        table.create_index("ix_duty_import_id", ["import_id"])


def _waiting() -> None:
    op.create_table(
        "waiting",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("site_id", sa.String(64), nullable=True),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("spoken", sa.String(12), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("client_key", sa.String(64), nullable=False),
        sa.Column("contact_key", sa.String(64), nullable=True),
        sa.Column("offered_id", sa.String(32), nullable=True),
        sa.Column("offer_until", UtcDateTime(), nullable=True),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_waiting_site_id_site"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_waiting_case_id_case"),
        sa.PrimaryKeyConstraint("id", name="pk_waiting"),
        sa.UniqueConstraint("token_hash", name="uq_waiting_token_hash"),
    )
    op.create_index("ix_waiting_state", "waiting", ["state", "created_at"])
    op.create_index("ix_waiting_case_id", "waiting", ["case_id"])
    op.create_index("ix_waiting_contact_key", "waiting", ["contact_key"])
    op.create_table(
        "freed",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("first_tick", sa.Integer(), nullable=False),
        sa.Column("ticks", sa.Integer(), nullable=False),
        sa.Column("rest_until", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name="fk_freed_duty_id_duty", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_freed"),
    )
    op.create_index("ix_freed_rest_until", "freed", ["rest_until"])


def _release() -> None:
    op.create_table(
        "release_plan",
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_release_plan"),
    )
    op.create_table(
        "proof",
        sa.Column("signature_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("signature_hash", name="pk_proof"),
    )
    op.create_index("ix_proof_expires_at", "proof", ["expires_at"])


def _absences() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_absence_staff_id_staff"),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name="fk_absence_created_by_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    op.create_index("ix_absence_staff_id", "absence", ["staff_id"])
    op.create_index("ix_absence_created_at", "absence", ["created_at"])


def _appointments() -> None:
    """An appointment of before has as many claims as it is long."""
    with op.batch_alter_table("appointment") as table:
        table.add_column(sa.Column("ticks", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("contact_key", sa.String(64), nullable=True))
        table.add_column(sa.Column("contact_nr", sa.Integer(), nullable=True))
        table.add_column(sa.Column("remind", sa.String(8), nullable=False, server_default="mail"))
        table.add_column(sa.Column("waiting_id", sa.String(32), nullable=True))
        table.add_column(sa.Column("reminded_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("displaced_at", UtcDateTime(), nullable=True))
        table.create_foreign_key("fk_appointment_waiting_id_waiting", "waiting", ["waiting_id"], ["id"])
        table.create_unique_constraint("uq_appointment_contact_key", ["contact_key", "contact_nr"])
        table.create_index("ix_appointment_client", ["client_key", "created_at"])
        table.create_index("ix_appointment_waiting_id", ["waiting_id"])
    counted = "(SELECT count(*) FROM claim WHERE claim.appointment_id = appointment.id)"
    op.execute(f"UPDATE appointment SET ticks = {counted}")  # noqa: S608  nothing from outside
    op.create_table(
        "fate",
        sa.Column("absence_id", sa.String(32), nullable=False),
        sa.Column("appointment_id", sa.String(32), nullable=False),
        sa.Column("fate", sa.String(12), nullable=False),
        sa.Column("was_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["absence_id"], ["absence.id"], name="fk_fate_absence_id_absence", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name="fk_fate_appointment_id_appointment",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("absence_id", "appointment_id", name="pk_fate"),
    )


def _claims() -> None:
    with op.batch_alter_table("claim") as table:
        table.alter_column("appointment_id", existing_type=sa.String(32), nullable=True)


def _outbox() -> None:
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("channel", sa.String(8), nullable=False, server_default="mail"))
        table.add_column(sa.Column("waiting_id", sa.String(32), nullable=True))
        table.create_foreign_key(
            "fk_outbox_waiting_id_waiting", "waiting", ["waiting_id"], ["id"], ondelete="CASCADE"
        )
        table.create_index("ix_outbox_waiting_id", ["waiting_id"])
        table.alter_column("appointment_id", existing_type=sa.String(32), nullable=True)
