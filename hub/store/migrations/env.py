"""Run by Alembic: migrations happen in the connection and the transaction of the caller."""

from alembic import context

import hub.store.house_schema
import hub.store.plan_schema
import hub.store.record_schema
import hub.store.recordings_schema
import hub.store.supervision_schema  # noqa: F401 - their tables belong to the same metadata
from hub.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
)
context.run_migrations()
