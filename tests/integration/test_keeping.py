"""Keeping the archive: the tail goes into it once, whenever and however often that is tried."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from clew.archive.layout import EVENTS
from clew.archive.manifest import MANIFEST, read_manifest
from clew.archive.reader import open_archive
from clew.clock import DAY_US, HOUR_US, MINUTE_US
from clew.db.engine import Database
from clew.db.leases import Fenced
from clew.db.tables import shard, upload
from clew.ingest.lock import load_lock
from clew.live.keeping import tail
from clew.live.keeping.actions import keep
from clew.live.keeping.model import LEAST_ROWS, OLDEST_US, TailSize, is_due
from clew.live.model import SHARDS
from tests.arriving_world import NOW, Desk, event

ORDERS = "file: exports/orders*.csv\nid: id\naccount: {account: firm}\nevents: [{event: ordered, at: at}]\n"


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database)


def names(desk: Desk, thread: str = "account:f1") -> list[str]:
    return [told["event"] for told in desk.log()["threads"].get(thread, [])]


@pytest.mark.parametrize(
    ("rows", "age", "events", "due"),
    [
        (0, None, 0, False),
        (1, OLDEST_US - 1, 0, False),
        (1, OLDEST_US, 10**9, True),  # however large the archive: what came is in it within ten minutes
        (LEAST_ROWS - 1, 0, 0, False),
        (LEAST_ROWS, 0, 0, True),
        (LEAST_ROWS, 0, 8 * LEAST_ROWS, True),
        (LEAST_ROWS, 0, 8 * LEAST_ROWS + 8, False),  # a large archive waits for more
        (10**6, 0, 8 * 10**6, True),
    ],
)
def test_the_tail_is_due_when_it_is_large_or_old(rows: int, age: int | None, events: int, due: bool) -> None:
    learnt_at = None if age is None else NOW - age

    assert is_due(TailSize(rows, learnt_at), events=events, now=NOW) is due


def test_the_tail_goes_into_the_archive_with_its_position(desk: Desk) -> None:
    desk.send(event(2), event(1, "paid"))
    desk.take_in()

    kept = desk.keep()

    assert kept is not None
    assert (kept.rows, kept.position, kept.events) == (2, 2, 2)
    assert read_manifest(desk.store).tail == 2
    assert names(desk) == ["said", "paid"]
    assert desk.keep() is None


def test_unless_asked_for_it_happens_when_the_tail_is_old_enough(desk: Desk) -> None:
    desk.send(event(1))
    desk.take_in()

    desk.later(OLDEST_US - 1)
    assert desk.keep(at_once=False) is None
    desk.later(1)
    assert desk.keep(at_once=False) is not None


def test_only_so_many_rows_go_at_a_time(desk: Desk) -> None:
    for number in range(1, 6):
        desk.send(event(number))
        desk.take_in()

    kept = [desk.keep(most_rows=2) for _ in range(4)]

    told = [(one.rows, one.position, one.more) for one in kept if one is not None]
    assert told == [(2, 2, True), (2, 4, True), (1, 5, False)]


def test_what_is_kept_was_learnt_when_it_was_taken_in(desk: Desk) -> None:
    desk.send(event(1))
    desk.later(HOUR_US)
    desk.take_in()
    desk.later(DAY_US)
    desk.keep()

    [bucket] = [bucket for bucket in open_archive(desk.store).view().buckets() if len(bucket)]
    assert bucket.known.tolist() == [NOW + HOUR_US]
    assert read_manifest(desk.store).loaded_at == NOW + HOUR_US + DAY_US


def test_who_was_overtaken_puts_nothing_in_force(desk: Desk) -> None:
    desk.send(event(1))
    desk.take_in()
    slow = desk.lease("archive", owner="slow")
    desk.later(MINUTE_US)
    desk.lease("archive", owner="quick")

    with pytest.raises(Fenced):
        keep(desk.database, desk.workspace, slow, now=desk.now, at_once=True)

    assert not (desk.store / MANIFEST).exists()


def test_a_load_that_knows_of_no_database_is_waited_for(desk: Desk) -> None:
    desk.send(event(1))
    desk.take_in()

    with load_lock(desk.store):
        assert desk.keep() is None
    assert desk.keep() is not None


def test_a_changed_mapping_ends_nothing_that_was_taken_in_before(desk: Desk) -> None:
    desk.send(event(1))
    desk.take_in()
    desk.keep()
    desk.source("chat", 'receives: clew\nevents: [{event: "heard", at: at}]\n')
    desk.send(event(2))
    desk.take_in()
    desk.keep()

    assert sorted(names(desk)) == ["heard", "said"]
    [folder] = [bucket[EVENTS] for bucket in read_manifest(desk.store).buckets]
    assert folder.rows == 2


def test_rows_of_a_source_whose_file_is_gone_are_kept_all_the_same(desk: Desk) -> None:
    desk.source("mail", "receives: clew\nsubjects: {ticket: subjects.ticket}\n")
    desk.send(event(1, subjects={"ticket": "t1"}), source="mail")
    desk.take_in()
    (desk.folder / "sources" / "mail.yaml").unlink()
    desk.keep()

    assert names(desk) == ["said"]
    assert read_manifest(desk.store).sources["mail"].subjects == ("ticket",)


def test_a_source_that_reads_files_from_now_on_ends_nothing_that_it_received(desk: Desk) -> None:
    from clew.ingest.load import load

    desk.send(event(1))
    desk.take_in()
    desk.keep()
    desk.source("chat", ORDERS)
    (desk.folder / "exports").mkdir()
    (desk.folder / "exports" / "orders.csv").write_text("id,firm,at\n1,f1,2025-01-01\n")
    load(desk.folder, desk.workspace.sources, now=desk.now)

    assert sorted(names(desk)) == ["ordered", "said"]


def test_neighbouring_keepings_count_as_one_load(desk: Desk) -> None:
    for number in range(1, 4):
        desk.send(event(number))
        desk.take_in()
        desk.keep()
        desk.later()

    [load] = read_manifest(desk.store).loads
    assert (load.rows, load.kept, load.sources) == (3, True, ("chat",))


def test_a_manifest_of_before_holds_no_row_of_the_tail(desk: Desk) -> None:
    desk.send(event(1))
    desk.take_in()
    desk.keep()
    told = json.loads((desk.store / MANIFEST).read_text())
    del told["tail"]
    for load in told["loads"]:
        del load["kept"]
    (desk.store / MANIFEST).write_text(json.dumps(told))

    assert read_manifest(desk.store).tail == 0


class TestWhatLeavesTheTail:
    """Rows go when they are in the generation in force and the one before, folded, and no longer recent."""

    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tail, "RECENT_ROWS", 1)

    def test_a_generation_later(self, desk: Desk) -> None:
        self.fold(desk, 9)
        self.take_in(desk, 1, 2, 3)
        desk.keep()
        assert (tail.remove_old(desk.database), desk.rows()) == (0, 3)
        self.take_in(desk, 4)
        desk.keep()

        assert (tail.remove_old(desk.database), desk.rows()) == (3, 1)

    def test_not_the_most_recent_ones(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tail, "RECENT_ROWS", 3)
        self.fold(desk, 9)
        self.take_in(desk, 1, 2, 3)
        desk.keep()
        self.take_in(desk, 4)
        desk.keep()

        assert (tail.remove_old(desk.database), desk.rows()) == (1, 3)

    def test_not_what_a_shard_has_still_to_fold(self, desk: Desk) -> None:
        self.fold(desk, 9, slowest=2)
        self.take_in(desk, 1, 2, 3)
        desk.keep()
        self.take_in(desk, 4)
        desk.keep()

        assert (tail.remove_old(desk.database), desk.rows()) == (2, 2)
        with desk.database.write() as connection:
            connection.execute(update(shard).values(position=9))
        assert (tail.remove_old(desk.database), desk.rows()) == (1, 1)

    def test_nothing_while_a_shard_was_never_folded(self, desk: Desk) -> None:
        self.fold(desk, 9)
        with desk.database.write() as connection:
            connection.execute(delete(shard).where(shard.c.number == 3))
        self.take_in(desk, 1, 2, 3)
        desk.keep()
        self.take_in(desk, 4)
        desk.keep()

        assert (tail.remove_old(desk.database), desk.rows()) == (0, 4)

    def fold(self, desk: Desk, position: int, *, slowest: int | None = None) -> None:
        """Let every shard have come so far, the last of them perhaps less."""
        with desk.database.write() as connection:
            for number in range(SHARDS):
                row = {"number": number, "position": position, "loads": 0, "definition": ""}
                connection.execute(insert(shard).values(row))
            if slowest is not None:
                connection.execute(update(shard).where(shard.c.number == number).values(position=slowest))

    def take_in(self, desk: Desk, *numbers: int) -> None:
        for number in numbers:
            desk.send(event(number))
            desk.take_in()


class TestExportsThatWereSent:
    @pytest.fixture(autouse=True)
    def orders(self, desk: Desk) -> None:
        desk.source("orders", ORDERS)

    def sent(self, desk: Desk, text: str, source: str = "orders") -> Path:
        folder = desk.store / "uploads" / source
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{len(list(folder.iterdir()))}-sent.csv"
        path.write_text(text)
        row = {"source": source, "file": path.relative_to(desk.folder).as_posix()}
        with desk.database.write() as connection:
            connection.execute(insert(upload).values(**row, received_at=desk.now, state="waiting"))
        return path

    def states(self, desk: Desk) -> list[tuple[str, dict[str, object]]]:
        with desk.database.read() as connection:
            return [(row.state, row.report) for row in connection.execute(select(upload).order_by(upload.c.id))]

    def test_are_loaded_like_any_export_and_then_removed(self, desk: Desk) -> None:
        path = self.sent(desk, "id,firm,at\n1,f1,2025-01-01\n2,f1,2025-01-02\n3,f1,soon\n")
        self.sent(desk, "id,firm,at\n2,f1,2025-01-02\n4,f1,2025-01-04\n")

        kept = desk.keep()

        assert kept is not None
        assert kept.uploads == 2
        assert names(desk) == ["ordered"] * 3
        (state, report), (_, second) = self.states(desk)
        assert (state, report["accepted"], report["rejected"]) == ("loaded", 2, 1)
        assert (second["accepted"], second["duplicate"]) == (1, 1)
        assert not path.exists()

    def test_what_cannot_be_read_says_why_and_stays(self, desk: Desk) -> None:
        path = self.sent(desk, "number,firm\n1,f1\n")
        self.sent(desk, "id,firm,at\n1,f1,2025-01-01\n", source="gone")
        self.sent(desk, "id,firm,at\n1,f1,2025-01-01\n", source="chat")

        assert desk.keep() is None

        states = self.states(desk)
        assert [state for state, _ in states] == ["failed"] * 3
        assert "id" in str(states[0][1]["says"])
        assert "'gone'" in str(states[1][1]["says"])
        assert "receives" in str(states[2][1]["says"])
        assert path.exists()

    def test_go_in_with_all_exports_of_the_source_when_its_file_has_changed(self, desk: Desk) -> None:
        (desk.folder / "exports").mkdir()
        (desk.folder / "exports" / "orders.csv").write_text("id,firm,at\n1,f1,2025-01-01\n")
        from clew.ingest.load import load

        load(desk.folder, desk.workspace.sources, now=desk.now)
        desk.source("orders", ORDERS.replace("ordered", "bought"))
        self.sent(desk, "id,firm,at\n2,f1,2025-01-02\n")
        desk.keep()

        assert names(desk) == ["bought", "bought"]

    def test_interrupted_after_they_are_in_the_log_change_nothing(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from clew.live import failpoints

        def reach(name: str) -> None:
            if name == "uploads.loaded":
                raise KeyboardInterrupt

        self.sent(desk, "id,firm,at\n1,f1,2025-01-01\n")
        with monkeypatch.context() as dying:
            dying.setattr(failpoints, "reach", reach)
            with pytest.raises(KeyboardInterrupt):
                desk.keep()
        desk.keep()

        assert names(desk) == ["ordered"]
        assert [state for state, _ in self.states(desk)] == ["loaded"]
