"""Alembic's entry: runs on the connection that `run.py` opened."""

from alembic import context

import server.audit
import server.booking.model
import server.booking.model_release
import server.booking.model_waiting
import server.catalog.model
import server.documents.model
import server.jobs
import server.notices.outbox
import server.people.model
import server.planning.model
import server.rooms.model
import server.rooms.model_incident  # noqa: F401
from server.db import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
