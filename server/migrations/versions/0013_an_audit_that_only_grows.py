"""An audit that only grows: triggers let an entry join the chain once and refuse every other change.

Whoever rebuilds the table `audit` on SQLite (batch mode) has to make its triggers again.
"""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None

OTHERWISE = " OR ".join(
    f"{new} <> {old}"
    for new, old in (
        *((f"NEW.{name}", f"OLD.{name}") for name in ("id", "at", "actor", "action", "object_id")),
        ("CAST(NEW.detail AS TEXT)", "CAST(OLD.detail AS TEXT)"),
        ("COALESCE(NEW.once, '')", "COALESCE(OLD.once, '')"),
    )
)
JOINS_AGAIN = "OLD.position IS NOT NULL OR NEW.position IS NULL OR NEW.link IS NULL"
STANDS = "OLD.position IS NULL OR OLD.position > COALESCE((SELECT max(position) FROM audit_cut), 0)"
FOREIGN = "NOT EXISTS (SELECT 1 FROM audit WHERE position = NEW.position AND link = NEW.link)"
GUARDS = (
    ("audit_changes", "audit", "UPDATE", f"{JOINS_AGAIN} OR {OTHERWISE}"),
    ("audit_stays", "audit", "DELETE", STANDS),
    ("audit_cut_fits", "audit_cut", "INSERT", FOREIGN),
    ("audit_cut_changes", "audit_cut", "UPDATE", "1 = 1"),
    ("audit_cut_stays", "audit_cut", "DELETE", "1 = 1"),
)


def upgrade() -> None:
    op.create_table(
        "audit_cut",
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_audit_cut"),
    )
    with op.batch_alter_table("audit") as table:
        table.add_column(sa.Column("once", sa.String(100), nullable=True))
        table.create_unique_constraint("uq_audit_once", ["once"])
    looks = sa.text("action = 'case.opened'")
    for name, columns in (("ix_audit_looks", ["at"]), ("ix_audit_looks_object", ["object_id", "at"])):
        op.create_index(name, "audit", columns, sqlite_where=looks, postgresql_where=looks)
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    for one in GUARDS:
        guard(*one)


def _guard_sqlite(name: str, table: str, event: str, refused: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} "
        "BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END"
    )


def _guard_postgresql(name: str, table: str, event: str, refused: str) -> None:
    end = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION 'the audit only grows' USING ERRCODE = 'restrict_violation'; END IF; "
        f"RETURN {end}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    if event == "DELETE":
        op.execute(
            f"CREATE FUNCTION {table}_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'the audit only grows' USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_not_emptied()"
        )


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    names = [(name, table) for name, table, _, _ in GUARDS]
    if postgresql:
        names += [(f"{table}_not_emptied", table) for table in ("audit", "audit_cut")]
    for name, table in names:
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    for index in ("ix_audit_looks", "ix_audit_looks_object"):
        op.drop_index(index, "audit")
    with op.batch_alter_table("audit") as audit:
        audit.drop_constraint("uq_audit_once", type_="unique")
        audit.drop_column("once")
    op.drop_table("audit_cut")
