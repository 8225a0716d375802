"""How Alembic reaches the database: on the connection that `migrating` hands over, in its write."""

from alembic import context

from service.storage.people_schema import METADATA  # the tables of both modules

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite cannot change a column in place; a whole upgrade is one transaction all the same.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
