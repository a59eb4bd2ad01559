"""The inbox: what was acknowledged is there, in the order of commits, whatever else goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from clew.db.engine import Database, open_database
from clew.db.tables import inbox
from clew.ingest.arriving.actions import forget
from clew.ingest.arriving.inbox import Inbox
from clew.ingest.arriving.model import Arriving, CannotStore, Overloaded, Waiting
from clew.ingest.arriving.queries import waiting

ONE = Arriving("crm", "segment", "batch", 1_700_000_000_000_000, b'{"batch":[]}')


def read(database: Database, after: int = 0, **most: int) -> list[Waiting]:
    with database.inbox.connect().execution_options(reads_only=True) as connection:
        return list(waiting(connection, after, **most))


def append(database: Database, *given: Arriving) -> list[int]:
    opened = Inbox(database)
    ids = [future.result() for future in [opened.append(one) for one in given]]
    opened.close()
    return ids


def test_what_was_appended_is_read_back_as_it_was(database: Database) -> None:
    binary = replace(ONE, kind="binary", headers={"ce-id": "1", "ce-type": "a%20b"}, body=b"\x00\xff", quiet=True)

    ids = append(database, ONE, binary)

    assert read(database) == [Waiting(ids[0], ONE), Waiting(ids[1], binary)]


def test_ids_rise_in_the_order_in_which_bodies_were_handed_over(database: Database) -> None:
    given = [replace(ONE, body=str(number).encode()) for number in range(300)]

    ids = append(database, *given)

    assert ids == sorted(set(ids))
    assert [one.arriving for one in read(database)] == given


def test_a_reader_never_misses_a_lower_id_while_several_processes_append(database: Database, tmp_path: Path) -> None:
    url = database.main.url.render_as_string(hide_password=False) if database.is_postgres else None
    others = [open_database(tmp_path / ".clew", url) for _ in range(3)]  # as if they were processes of their own
    seen: list[int] = []
    is_done = threading.Event()

    def follow() -> None:
        while True:
            is_last = is_done.is_set()
            found = read(database, seen[-1] if seen else 0)
            seen.extend(one.id for one in found)
            if is_last and not found:
                return

    follower = threading.Thread(target=follow)
    follower.start()
    writers = [threading.Thread(target=append, args=(other, *[ONE] * 200)) for other in others]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    is_done.set()
    follower.join()

    assert len(seen) == 600
    for other in others:
        other.close()


def test_reading_stops_at_the_limits_and_goes_on_behind_them(database: Database) -> None:
    ids = append(database, *[replace(ONE, body=b"x" * 100)] * 5)

    assert [one.id for one in read(database, most=2)] == ids[:2]
    assert [one.id for one in read(database, most_bytes=250)] == ids[:2]
    assert [one.id for one in read(database, most_bytes=1)] == ids[:1]
    assert [one.id for one in read(database, ids[1])] == ids[2:]


def test_forgetting_keeps_what_lies_behind(database: Database) -> None:
    ids = append(database, *[ONE] * 200)

    assert forget(database, ids[149]) == 150

    assert [one.id for one in read(database)] == ids[150:]


def test_ids_are_never_given_twice_even_after_everything_was_forgotten(database: Database) -> None:
    before = append(database, ONE, ONE)
    forget(database, before[-1])

    assert append(database, ONE)[0] > before[-1]


def hold_lock(database: Database) -> Callable[[], None]:
    """Keep writers of the inbox waiting; return what lets them go on."""
    holder = database.inbox.connect()
    begun = holder.begin()
    if database.is_postgres:
        holder.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))

    def release() -> None:
        begun.rollback()
        holder.close()

    return release


def test_more_than_may_wait_is_turned_away_at_once_and_the_rest_is_kept(database: Database) -> None:
    release = hold_lock(database)
    opened = Inbox(database, most_waiting_bytes=1_000)
    large = replace(ONE, body=b"x" * 400)

    kept = [opened.append(large), opened.append(large)]
    with pytest.raises(Overloaded):
        opened.append(large)
    release()

    assert [future.result() for future in kept] == [one.id for one in read(database)]
    opened.append(large).result()
    opened.close()


def test_a_body_larger_than_all_that_may_wait_still_gets_through_alone(database: Database) -> None:
    opened = Inbox(database, most_waiting_bytes=10)

    assert opened.append(replace(ONE, body=b"x" * 100)).result()
    opened.close()


def test_closing_writes_what_was_handed_over_and_takes_no_more(database: Database) -> None:
    release = hold_lock(database)
    opened = Inbox(database)
    futures: list[Future[int]] = [opened.append(ONE) for _ in range(10)]
    release()

    opened.close()

    assert [future.result() for future in futures] == [one.id for one in read(database)]
    with pytest.raises(Overloaded):
        opened.append(ONE)


def test_what_cannot_be_written_is_not_acknowledged_and_the_next_is(database: Database) -> None:
    with database.inbox.begin() as connection:
        connection.execute(text("ALTER TABLE inbox RENAME TO away"))
    opened = Inbox(database)

    with pytest.raises(CannotStore):
        opened.append(ONE).result()
    with database.inbox.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO inbox"))

    assert opened.append(ONE).result()
    opened.close()


def test_a_full_disk_is_told_and_nothing_of_the_group_is_kept(tmp_path: Path, migrated_sqlite: Path) -> None:
    import shutil

    shutil.copytree(migrated_sqlite, tmp_path / ".clew")
    database = open_database(tmp_path / ".clew")
    opened = Inbox(database)
    opened.append(ONE).result()
    opened._connection.driver_connection.execute("PRAGMA max_page_count = 20")  # as a disk that has no more pages

    with pytest.raises(CannotStore) as refused:
        opened.append(replace(ONE, body=b"x" * 1_000_000)).result()

    assert "full" in str(refused.value.__cause__)
    opened.append(ONE).result()
    with database.inbox.connect() as connection:
        assert connection.execute(select(func.count()).select_from(inbox)).scalar() == 2
    opened.close()
    database.close()
