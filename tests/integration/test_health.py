"""Depths and lags are measured as they are, readiness says whether the database can be worked with."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from clew.clock import US
from clew.db.engine import Database, open_database
from clew.db.tables import cursor, due, held, inbox, lease, rejected, shard, tail_block, worker
from clew.live.health.measures import measures
from clew.live.health.processes import SILENT_US
from clew.live.health.ready import is_ready, unready
from clew.live.model import INBOX, SHARDS, TAIL
from tests.rows import row

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/metrics.md"
NOW = 1_000_000 * US


def figures(database: Database, store: Path) -> dict[str, float]:
    return {" ".join((one.name, *one.labels.values())): one.value for one in measures(database, store, now=NOW)}


def test_an_idle_system_has_no_lag(database: Database, tmp_path: Path) -> None:
    assert {name: value for name, value in figures(database, tmp_path).items() if value} == {}


def test_depths_and_lags_are_measured(database: Database, tmp_path: Path) -> None:
    with database.inbox.begin() as connection:
        bodies = [row(inbox, id=number, received_at=NOW - (10 - number) * US) for number in (1, 2, 3)]
        connection.execute(inbox.insert(), bodies)
    with database.write() as connection:
        connection.execute(cursor.insert(), [{"name": INBOX, "position": 1}, {"name": TAIL, "position": 20}])
        blocks = [(0, 10, 9), (10, 5, 7), (15, 5, 3)]
        tail = [row(tail_block, position=at, rows=rows, learnt_at=NOW - ago * US) for at, rows, ago in blocks]
        connection.execute(tail_block.insert(), tail)
        folded = [row(shard, number=number, position=20 if number else 12) for number in range(SHARDS)]
        connection.execute(shard.insert(), folded)
        instants = [
            row(due, kind="thread", shard=3, key=key, at=NOW - ago * US) for key, ago in (("a", 4), ("b", 1), ("c", -5))
        ]
        later = [("a", 6), ("b", -600)]  # one waits, one could not be derived and is tried again later
        instants += [row(due, kind="context", shard=3, key=key, at=NOW - ago * US) for key, ago in later]
        connection.execute(due.insert(), instants)
        connection.execute(rejected.insert(), [row(rejected, state=state) for state in ("waiting", "replayed")])
        connection.execute(held.insert(), row(held, at=NOW + US))
        holders = [("archive", NOW - 1), ("intake", NOW + US)]
        connection.execute(lease.insert(), [row(lease, name=name, until=until) for name, until in holders])
        seen = [("a", "web", NOW), ("b", "worker", NOW - 1), ("c", "worker", NOW - SILENT_US)]
        connection.execute(worker.insert(), [row(worker, id=name, role=role, seen_at=at) for name, role, at in seen])

    found = figures(database, tmp_path)

    assert {name: value for name, value in found.items() if value} == {
        "clew_inbox_bodies": 2,
        "clew_inbox_lag_seconds": 8,
        "clew_tail_rows": 20,
        "clew_fold_lag_rows": 8,
        "clew_fold_lag_seconds": 7,
        "clew_due_waiting": 2,
        "clew_due_overdue_seconds": 4,
        "clew_contexts_waiting": 1,
        "clew_contexts_waiting_seconds": 6,
        "clew_rejected_waiting": 1,
        "clew_held": 1,
        "clew_lease_held intake": 1,
        "clew_processes web": 1,
        "clew_processes worker": 1,
    }
    assert [name for name in found if f"`{name.split()[0]}`" not in PAGE.read_text("utf-8")] == []


def test_a_shard_that_never_folded_has_everything_before_it(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        connection.execute(cursor.insert(), {"name": TAIL, "position": 20})
        connection.execute(tail_block.insert(), row(tail_block, position=5, rows=15, learnt_at=NOW - 9 * US))
        connection.execute(shard.insert(), [row(shard, number=number, position=20) for number in range(SHARDS - 1)])

    found = figures(database, tmp_path)

    assert (found["clew_fold_lag_rows"], found["clew_fold_lag_seconds"]) == (20, 9)


def test_ready_means_the_database_answers_with_the_present_schema(database: Database, tmp_path: Path) -> None:
    assert is_ready(database)

    with database.write() as connection:
        connection.execute(text("UPDATE schema_main SET version_num = '0000'"))
    assert not is_ready(database)


def test_a_duty_that_fails_for_more_than_a_minute_makes_the_deployment_unready(database: Database) -> None:
    def doing(seconds: int) -> None:
        said = {"intake": {"failing": "OperationalError", "failing_since": NOW - seconds * US}}
        with database.write() as connection:
            connection.execute(worker.delete())
            connection.execute(worker.insert().values(row(worker, id="a", seen_at=NOW, doing=said)))

    doing(59)
    assert unready(database, now=NOW) == ""
    doing(240)
    assert unready(database, now=NOW) == "intake has failed for 4 minutes (OperationalError)"
    assert unready(database, now=NOW + SILENT_US) == ""  # it is silent by then, which is another matter


def test_without_a_database_nobody_is_ready(tmp_path: Path) -> None:
    new = open_database(tmp_path)
    gone = open_database(tmp_path, "postgresql://nobody@127.0.0.1:1/none")

    assert not is_ready(new)
    assert not is_ready(gone)
    new.close()
    gone.close()
