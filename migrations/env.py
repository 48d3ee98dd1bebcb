"""What alembic runs around each migration: the caller's connection, already acting as the tables' owner."""

from alembic import context

NOT_OURS = {("table", "apscheduler_jobs")}  # made for the scheduler as its library would; no model describes it
NOT_COMPARED = {("column", "epoch")}  # its default counts how often the database was restored

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["target_metadata"],
    compare_type=True,
    compare_server_default=True,
    include_name=lambda name, kind, _parents: (kind, name) not in NOT_OURS,
    include_object=lambda _object, name, kind, _reflected, _other: (kind, name) not in NOT_COMPARED,
)
with context.begin_transaction():
    context.run_migrations()
