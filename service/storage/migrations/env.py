"""How Alembic reaches the database: on the connection that `migrating` hands over, in its write."""

from alembic import context

from service.storage import messages_schema, people_schema  # noqa: F401  # with their tables
from service.storage.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite cannot change a column in place; a whole upgrade is one transaction all the same.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
