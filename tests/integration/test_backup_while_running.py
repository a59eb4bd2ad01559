"""A backup made while events arrive, are taken in and archived holds each acknowledged one, and each once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, update

from clew.archive.draft import sweep
from clew.archive.folders import Folder
from clew.archive.manifest import publish_manifest, read_manifest
from clew.db.engine import Database, open_database
from clew.db.snapshots import _fix
from clew.db.tables import cursor, inbox, tail_block
from clew.live.backups.making import make_backup
from clew.live.backups.restoring import restore_backup
from tests.rows import row

BACKUPS = 6


@dataclass
class Running:
    """The path of events in small: numbers are acknowledged, taken into the tail, archived; what is not needed goes."""

    database: Database
    store: Path
    acknowledged: list[int] = field(default_factory=list)
    generations: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    fault: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.acknowledge(3)
                self.take_in()
                self.acknowledge(2)
                self.archive()
                self.forget()
        except BaseException as fault:
            self.fault = fault

    def acknowledge(self, count: int) -> None:
        first = len(self.acknowledged)
        with self.database.inbox.begin() as connection:
            for number in range(first, first + count):
                connection.execute(inbox.insert().values(row(inbox, body=str(number).encode())))
        self.acknowledged += range(first, first + count)

    def take_in(self) -> None:
        with self.database.write() as connection:
            places = {one.name: one.position for one in connection.execute(select(cursor))}
            with self.database.inbox.connect().execution_options(reads_only=True) as other, other.begin():
                waiting = select(inbox.c.id, inbox.c.body).where(inbox.c.id > places["inbox"]).order_by(inbox.c.id)
                bodies = other.execute(waiting).all()
            for place, body in enumerate(bodies, places["tail"]):
                told = row(tail_block, position=place, rows=1, body=body.body)
                connection.execute(tail_block.insert().values(told))
            moved = {"inbox": bodies[-1].id, "tail": places["tail"] + len(bodies)}
            for name, position in moved.items():
                connection.execute(update(cursor).where(cursor.c.name == name).values(position=position))

    def archive(self) -> None:
        former = read_manifest(self.store)
        path = f"g{former.generation + 1:06d}/links"
        known = archived(self.store)
        with self.database.read() as connection:
            rows = select(tail_block.c.position, tail_block.c.body).where(tail_block.c.position >= former.tail)
            fresh = connection.execute(rows.order_by(tail_block.c.position)).all()
        (self.store / path).mkdir(parents=True)
        numbers = known + [int(one.body) for one in fresh]
        (self.store / path / "numbers").write_text(" ".join(map(str, numbers)))
        end = fresh[-1].position + 1 if fresh else former.tail
        new = replace(former, generation=former.generation + 1, tail=end, links=Folder(path, len(numbers)))
        publish_manifest(self.store, new)
        sweep(self.store, new)
        self.generations += 1

    def forget(self) -> None:
        with self.database.write() as connection:
            end = read_manifest(self.store).tail
            connection.execute(delete(tail_block).where(tail_block.c.position < end))
            taken = connection.execute(select(cursor.c.position).where(cursor.c.name == "inbox")).scalar_one()
        with self.database.inbox.begin() as connection:
            connection.execute(delete(inbox).where(inbox.c.id <= taken))


def archived(store: Path) -> list[int]:
    folder = read_manifest(store).links.path
    return [int(number) for number in (store / folder / "numbers").read_text().split()] if folder else []


def known_numbers(folder: Path) -> list[int]:
    """Every number that a workspace still knows: in the archive, in the tail behind it, in the inbox behind that."""
    database = open_database(folder / ".clew")
    found = archived(folder / ".clew")
    with database.read() as connection:
        places = {one.name: one.position for one in connection.execute(select(cursor))}
        end = read_manifest(folder / ".clew").tail
        tail = select(tail_block.c.body).where(tail_block.c.position >= end)
        found += [int(body) for body in connection.execute(tail).scalars()]
        assert end <= places["tail"]  # or positions would be given twice
    with database.inbox.begin() as connection:
        waiting = select(inbox.c.body).where(inbox.c.id > places["inbox"])
        found += [int(body) for body in connection.execute(waiting).scalars()]
        new = connection.execute(inbox.insert().values(row(inbox)).returning(inbox.c.id)).scalar_one()
        assert new > places["inbox"]  # or it would be taken for one that was taken in
    database.close()
    return found


def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(database: Database, tmp_path: Path) -> None:
    (tmp_path / "clew.yaml").write_text("firm: Shop\n")
    store = tmp_path / ".clew"
    store.mkdir(exist_ok=True)
    with database.write() as connection:
        connection.execute(cursor.insert(), [{"name": "inbox", "position": 0}, {"name": "tail", "position": 0}])
    running = Running(database, store)
    thread = threading.Thread(target=running.run)
    thread.start()
    begun: list[int] = []
    try:
        for number in range(BACKUPS):
            begun.append(len(running.acknowledged))
            make_backup(tmp_path, database, tmp_path / f"{number}.tar.gz", now=number)
    finally:
        running.stop.set()
        thread.join()
    if running.fault:
        raise running.fault

    assert running.generations > BACKUPS
    for number, acknowledged in enumerate(begun):
        restore_backup(tmp_path / f"{number}.tar.gz", tmp_path / str(number))
        found = known_numbers(tmp_path / str(number))
        assert len(found) == len(set(found))
        assert set(range(acknowledged)) <= set(found) <= set(running.acknowledged)


@pytest.mark.parametrize("reached", [1, 2], ids=["archive-and-database", "inbox-and-the-rest"])
@pytest.mark.parametrize(
    "steps", ["acknowledge", "take_in", "take_in archive", "take_in forget", "take_in archive forget", "forget"]
)
def test_what_happens_between_two_parts_does_no_harm(
    steps: str, reached: int, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moments at which the order matters, made certain."""
    (tmp_path / "clew.yaml").write_text("firm: Shop\n")
    store = tmp_path / ".clew"
    store.mkdir(exist_ok=True)
    with database.write() as connection:
        connection.execute(cursor.insert(), [{"name": "inbox", "position": 0}, {"name": "tail", "position": 0}])
    running = Running(database, store)
    running.acknowledge(2)
    running.take_in()
    running.acknowledge(2)
    passes = 0

    def interrupted(connection: Connection) -> None:
        nonlocal passes
        passes += 1
        if passes == reached:
            running.acknowledge(1)
            for step in steps.split():
                running.acknowledge(1) if step == "acknowledge" else getattr(running, step)()
        take(connection)

    take = _fix
    monkeypatch.setattr("clew.db.snapshots._fix", interrupted)
    begun = len(running.acknowledged)
    make_backup(tmp_path, database, tmp_path / "all.tar.gz", now=0)

    restore_backup(tmp_path / "all.tar.gz", tmp_path / "new")

    found = sorted(known_numbers(tmp_path / "new"))
    assert found == list(range(len(found)))
    assert begun <= len(found) <= len(running.acknowledged)
