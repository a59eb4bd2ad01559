"""Small worlds of which a part lies in the archive and the rest in the tail behind it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clew.clock import DAY_US
from clew.db.engine import Database, open_database
from clew.db.tables import tail_block
from clew.ingest.staged import block_bytes
from clew.live.fresh.log import Fresh, open_fresh
from clew.sources.model import Source
from clew.sources.read import read_blocks
from tests.properties.test_log_laws import BEGIN, SOURCE, Place, Row


class Living(Place):
    """A workspace folder with one source, and a tail."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.database: Database = open_database(folder / ".clew")
        tail_block.create(self.database.main)
        self.position = 0

    def learn(self, rows: Sequence[Row], source: Source = SOURCE, *, now: int = 200) -> None:
        """Put rows into the tail, as one block."""
        path = self.folder / f"block{self.position}.csv"
        self.put(f"../{path.stem}", rows)
        self.learn_file(path, source, now=BEGIN + now * DAY_US)

    def learn_file(self, path: Path, source: Source, *, now: int) -> None:
        """Put the rows of a file into the tail."""
        for block in read_blocks(source, [path], now=now):
            count = len(block.rows)
            if not count:
                continue
            values = {"position": self.position, "rows": count, "source": source.name, "learnt_at": now}
            with self.database.write() as connection:
                body = block_bytes(block, 0)
                connection.execute(tail_block.insert().values(**values, quiet=False, body=body))
            self.position += count

    def fresh(self) -> Fresh:
        return open_fresh(self.folder / ".clew", self.database)

    def close(self) -> None:
        self.database.close()


def spelt_threads(told: Any) -> set[str]:
    """Every thread of a log that was spelt out."""
    entities = {thread for pairs in told["entities"].values() for _, thread in pairs}
    return {*told["threads"], *told["attributes"], *entities}


def only(told: Any, threads: Sequence[str]) -> Any:
    """Some threads of a log that was spelt out."""
    entities = {kind: [pair for pair in pairs if pair[1] in threads] for kind, pairs in told["entities"].items()}
    attributes = {thread: rows for thread, rows in told["attributes"].items() if thread in threads}
    return {
        "threads": {thread: rows for thread, rows in told["threads"].items() if thread in threads},
        "attributes": attributes,
        "entities": {kind: pairs for kind, pairs in entities.items() if pairs},
    }
