"""What a superuser of the database could do to the record."""

from config.database import as_owner


def behind_the_triggers(statement: str) -> None:
    """What a superuser of the database could do."""
    with as_owner() as owned, owned.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
