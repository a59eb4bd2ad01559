"""How far a reader has come: one number by name, moved in the transaction that does what it stands for."""

from __future__ import annotations

from sqlalchemy import Connection, select

from clew.db.engine import insert
from clew.db.tables import cursor


def position_of(connection: Connection, name: str) -> int:
    """Return where a cursor stands; 0 before it was ever moved."""
    return connection.execute(select(cursor.c.position).where(cursor.c.name == name)).scalar_one_or_none() or 0


def move(connection: Connection, name: str, to: int) -> None:
    """Let a cursor stand there from now on."""
    moving = insert(connection, cursor).values(name=name, position=to)
    connection.execute(moving.on_conflict_do_update(index_elements=["name"], set_={"position": to}))
