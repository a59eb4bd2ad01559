"""Small worlds of which a part lies in the archive and the rest in the tail behind it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clew.archive.manifest import publish_manifest, read_manifest
from clew.clock import DAY_US, to_datetime
from clew.db.engine import Database, open_database
from clew.db.tables import tail_block
from clew.ingest.staged import block_bytes
from clew.live.fresh.log import Fresh, open_fresh
from clew.sources.model import AttributeSpec, EventSpec, Source
from clew.sources.read import read_blocks
from tests.properties.small_worlds import World
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

    def archived(self) -> None:
        """Say that the archive holds the whole tail."""
        store = self.folder / ".clew"
        publish_manifest(store, replace(read_manifest(store), tail=self.position))

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


@dataclass(frozen=True)
class Exported:
    """A world as rows of exports, each with the source that reads it."""

    rows: list[tuple[str, dict[str, str]]]

    def batch(self, folder: Path, name: str, chosen: Sequence[int]) -> None:
        """Write some rows into the exports of a folder."""
        for source in SOURCES:
            cells = [self.rows[number][1] for number in chosen if self.rows[number][0] == source]
            with (folder / f"{source}-{name}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS)
                writer.writeheader()
                writer.writerows(cells)


def exported(world: World) -> Exported:
    """Tell a world as exports."""
    rows = [_told(number, *event) for number, event in enumerate(world.events)]
    rows += [_attribute(number, *attribute) for number, attribute in enumerate(world.attributes)]
    for number, (left, right, words) in enumerate(world.links):
        linked = {"id": f"l{number}", "account": left, "lead": right.partition(":")[2], "linked_at": iso(words["at"])}
        rows.append(("accounts", linked))
    return Exported(rows)


def _told(number: int, account: str, at: int | str, event: str, words: dict[str, Any]) -> tuple[str, dict[str, str]]:
    kept: dict[str, str] = {name: str(words[name]) for name in ("v", "nps", "ticket") if name in words}
    shown = at if isinstance(at, str) else iso(at)
    return _of(account, {"id": f"e{number}", "event": event, "at": shown, **kept})


def _attribute(number: int, account: str, name: str, value: str, words: dict[str, Any]) -> tuple[str, dict[str, str]]:
    kept = {"ticket": words["ticket"], f"ticket {name}": value} if "ticket" in words else {name: value}
    return _of(account, {"id": f"a{number}", "held_at": iso(words["at"]) if "at" in words else "", **kept})


def _of(account: str, cells: dict[str, str]) -> tuple[str, dict[str, str]]:
    _, colon, name = account.partition(":")
    return ("leads", cells | {"account": name}) if colon else ("accounts", cells | {"account": account})


def iso(at: int) -> str:
    return to_datetime(at).replace(tzinfo=None).isoformat(" ")


COLUMNS = (
    *("id", "account", "lead", "linked_at", "event", "at", "v", "nps", "ticket", "held_at"),
    *("tier", "renewal", "ticket tier", "ticket renewal"),
)


def _source(name: str, kind: str) -> Source:
    told: list[tuple[str, str, str | None]] = [(each, each, None) for each in ("tier", "renewal")]
    told += [(each, f"ticket {each}", "ticket") for each in ("tier", "renewal")]
    return Source(
        name=name,
        rank=0,
        version="000000000001",
        path=Path(f"sources/{name}.yaml"),
        files=(f"exports/{name}-*.csv",),
        id=("id",),
        account=(kind, "account"),
        links=((("account", "account"), ("lead", "lead")),) if kind == "account" else (),
        linked_at="linked_at",
        subjects={"ticket": "ticket"},
        events=(EventSpec("{event}", "at"),),
        attributes=tuple(AttributeSpec(each, column, "held_at", of) for each, column, of in told),
        properties=("v", "nps"),
    )


SOURCES = {"accounts": _source("accounts", "account"), "leads": _source("leads", "lead")}
