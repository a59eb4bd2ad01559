"""Contexts as the whole log tells them at once, and as they are stored, to be compared."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from clew.archive.model import LogView
from clew.context.derive import derive
from clew.context.model import Context
from clew.context.standing import team_of_stage, with_standing
from clew.context.words import Words
from clew.db.engine import Database
from clew.db.tables import account, run
from clew.live.contexts.stored import unpacked


def contexts_in_bulk(database: Database, view: LogView, words: Words, now: int) -> Mapping[str, Context]:
    """Derive every account of a whole log; runs are as they are stored, which has a law of its own."""
    standing = select(run.c.thread, run.c.journey, run.c.stage).where(run.c.ended_at.is_(None))
    with database.read() as connection:
        rows = connection.execute(standing).all()
    teams = team_of_stage(words)
    return {
        thread: with_standing(context, [(row.journey, row.stage) for row in rows if row.thread == thread], teams)
        for thread, context in derive(view, words, now).items()
    }


def contexts_stored(database: Database) -> Mapping[str, Context | None]:
    """Every context that is stored."""
    with database.read() as connection:
        rows = connection.execute(select(account.c.thread, account.c.context)).all()
    return {row.thread: unpacked(row.context) for row in rows}
