"""Which faults are this machine's own, and no event's: the turn is done again later, and nothing is parked."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import SQLAlchemyError

from clew.db.leases import Fenced
from clew.errors import BrokenStore

OURS = (BrokenStore, Fenced, OSError, MemoryError, SQLAlchemyError, sqlite3.OperationalError)
