"""Whether a database can be worked with at all, said in a sentence that holds no password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.errors import ClewError

if TYPE_CHECKING:
    from sqlalchemy.exc import SQLAlchemyError

    from clew.db.engine import Database

MEND = "see that the database runs and that CLEW_DATABASE_URL names it rightly"


class Unreachable(ClewError):
    """The database does not answer."""

    code = "no-database"


def require_answer(database: Database) -> None:
    """Connect to both parts of a database. Raises Unreachable."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        for engine in {database.main, database.inbox}:
            with engine.connect():
                pass
    except SQLAlchemyError as fault:
        mend = MEND if database.is_postgres else "run 'clew doctor'"
        raise Unreachable(f"{no_answer(fault)}; {mend}") from None


def no_answer(fault: SQLAlchemyError) -> str:
    """Say why a database does not answer, in one line of its driver."""
    cause = str(getattr(fault, "orig", None) or fault).strip().splitlines()[0]
    return f"the database does not answer: {cause}"
