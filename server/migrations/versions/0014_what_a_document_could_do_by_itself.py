"""What a document could do by itself is kept for the clerk who looks at it."""

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("document", sa.Column("active", sa.String(120), nullable=True))


def downgrade() -> None:
    op.drop_column("document", "active")
