"""When a member of staff has left, so that the account ends by rule."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("left_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("staff", "left_at")
