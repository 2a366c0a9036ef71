"""Bring a catalogue to the newest schema. Migrations run from the first version on; each is one transaction."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

HEAD = "0007"  # the newest revision; a test holds it equal to Alembic's own head


def migrate(engine: sa.Engine) -> None:
    """Upgrade to HEAD. Alembic (half a second of imports) is loaded only when there is something to do."""
    if _revision(engine) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        # Python's driver begins no transaction for a CREATE or ALTER of its own: a kill in between would leave half a
        # schema that no later start could mend.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
