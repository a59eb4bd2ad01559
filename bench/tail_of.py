"""A tail behind a generated log, for measuring: blocks of further touches of accounts that the log knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from clew.archive.reader import open_archive
from clew.clock import HOUR_US, to_datetime
from clew.db.engine import Database, open_database
from clew.db.tables import tail_block
from clew.ingest.staged import block_bytes
from clew.questions.library import OpenWorkspace
from clew.sources.read import read_blocks

SOURCE = "events"


class GeneratedTail:
    """Writes blocks of touches, each later than the one before."""

    def __init__(self, workspace: OpenWorkspace, folder: Path, seed: int = 7) -> None:
        self.database: Database = open_database(folder)
        tail_block.create(self.database.main)
        self._source = workspace.sources[SOURCE]
        archive = open_archive(workspace.store)
        texts = archive.names["entity"].texts()
        self._accounts = [text.partition(":")[2] for text in texts]
        self._events = list(archive.names["event"].texts())
        self._teams = list(archive.names["team"].texts())
        self._dice = np.random.default_rng(seed)
        self.now = archive.last_event
        self.position = 0

    def learn(self, rows: int, *, accounts: int | None = None) -> None:
        """Append a block of so many touches within an hour, of so many accounts (None: of any)."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "tail.csv"
            path.write_text("\n".join(["account,at,activity,team,channel", *self._rows(rows, accounts)]) + "\n")
            self.now += HOUR_US
            for block in read_blocks(self._source, [path], now=self.now):
                self._put(len(block.rows), block_bytes(block, 0))

    def _rows(self, rows: int, accounts: int | None) -> Iterator[str]:
        among = self._dice.permutation(len(self._accounts))[:accounts]
        chosen = self._dice.choice(among, rows)
        at = self.now + np.sort(self._dice.integers(0, HOUR_US, rows))
        event, team = (self._dice.integers(0, len(names), rows) for names in (self._events, self._teams))
        for which, when, what, who in zip(chosen.tolist(), at.tolist(), event.tolist(), team.tolist(), strict=True):
            shown = to_datetime(when).replace(tzinfo=None)
            yield f"{self._accounts[which]},{shown},{self._events[what]},{self._teams[who]},email"

    def _put(self, rows: int, body: bytes) -> None:
        values = {"position": self.position, "rows": rows, "source": SOURCE, "learnt_at": self.now}
        with self.database.write() as connection:
            connection.execute(tail_block.insert().values(**values, quiet=False, body=body))
        self.position += rows
