"""The audit log: whoever changes, takes out or cuts off a row is found out; writers at the same time stand in a row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from clew.access.audit import record
from clew.access.audit_check import check_audit, verify_audit
from clew.access.audit_head import Head, keep_head
from clew.access.model import Actor, Role
from clew.db.engine import Database
from clew.db.tables import audit, cursor

ANNA = Actor("user", "user:1", "Anna", Role.ADMIN, user=1)
SECRET = "s" * 40


def note(database: Database, count: int, action: str = "read") -> None:
    for number in range(count):
        with database.write() as connection:
            detail = {"number": number, "share": 0.1, "nested": {"b": [1, None], "a": "ü"}}
            record(connection, ANNA, action, object="person:12", detail=detail, now=1_000 + number, secret=SECRET)


def fail_after_recording(database: Database) -> None:
    with database.write() as connection:
        record(connection, ANNA, "change role", object="user:2", now=2, secret=SECRET)
        raise RuntimeError


def faults(database: Database, *heads: Head) -> list[str]:
    with database.read() as connection:
        return list(verify_audit(connection, secret=SECRET, heads=heads).faults)


def test_untouched_log_checks_out_and_is_numbered_without_gaps(database: Database) -> None:
    note(database, 5)

    with database.read() as connection:
        checked = verify_audit(connection, secret=SECRET)
        numbers = connection.execute(select(audit.c.id).order_by(audit.c.id)).scalars().all()

    assert (checked.rows, checked.faults, checked.head.id) == (5, (), 5)
    assert numbers == [1, 2, 3, 4, 5]


def test_empty_log_checks_out(database: Database, tmp_path: Path) -> None:
    assert check_audit(database, tmp_path, secret=SECRET).faults == ()


def test_row_is_written_only_with_the_change_it_tells_of(database: Database) -> None:
    note(database, 1)

    with pytest.raises(RuntimeError):
        fail_after_recording(database)
    note(database, 1)

    with database.read() as connection:
        assert connection.execute(select(audit.c.id).order_by(audit.c.id)).scalars().all() == [1, 2]
    assert faults(database) == []


@pytest.mark.parametrize(
    "values", [{"actor": "user:9"}, {"at": 7}, {"action": "erase"}, {"object": "person:1"}, {"detail": {}}]
)
def test_altered_row_is_found(database: Database, values: dict[str, object]) -> None:
    note(database, 4)

    with database.write() as connection:
        connection.execute(update(audit).where(audit.c.id == 2).values(**values))

    assert faults(database) == ["row 2 was altered, or written without the secret of this workspace"]


def test_removed_row_is_found(database: Database) -> None:
    note(database, 4)

    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.id == 3))

    assert faults(database) == ["row 3 is missing"]


def test_first_rows_removed_are_found(database: Database) -> None:
    note(database, 4)

    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.id < 3))

    assert faults(database) == ["rows 1 to 2 are missing"]


def test_row_forged_without_the_secret_is_found(database: Database) -> None:
    note(database, 2)

    with database.write() as connection:
        record(connection, ANNA, "read", object="person:1", now=9, secret="guessed" * 6)

    assert faults(database) == ["row 3 was altered, or written without the secret of this workspace"]


def test_end_cut_off_is_found_even_where_the_count_was_put_right(database: Database, tmp_path: Path) -> None:
    note(database, 4)
    store = tmp_path / "elsewhere"
    store.mkdir()
    keep_head(database, store, secret=SECRET)

    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.id > 2))
        connection.execute(update(cursor).where(cursor.c.name == "audit").values(position=2))

    assert faults(database) == []  # nothing inside the database tells
    assert check_audit(database, store, secret=SECRET).faults == (
        "the log ends at row 2, but row 4 was there: its end was cut off",
    )


def test_end_cut_off_and_written_anew_is_found(database: Database, tmp_path: Path) -> None:
    note(database, 4)
    noted = keep_head(database, tmp_path, secret=SECRET)

    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.id > 2))
        connection.execute(update(cursor).where(cursor.c.name == "audit").values(position=2))
    note(database, 2, "export")

    assert faults(database, noted) == ["row 4 is another one than was noted"]


@pytest.mark.parametrize("content", [None, "", "{}", '{"head": "9:00", "seal": "00"}'])
def test_head_that_is_gone_or_forged_is_told(database: Database, tmp_path: Path, content: str | None) -> None:
    note(database, 1)
    if content is not None:
        (tmp_path / "audit.head").write_text(content)

    (told,) = check_audit(database, tmp_path, secret=SECRET).faults

    assert told.endswith("whether the end of the log was cut off cannot be told")


def test_writers_at_the_same_time_stand_in_a_row(database: Database, tmp_path: Path) -> None:
    def write(number: int) -> None:
        note(database, 5, f"read {number}")
        keep_head(database, tmp_path, secret=SECRET)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))

    checked = check_audit(database, tmp_path, secret=SECRET)
    assert (checked.rows, checked.faults, checked.head.id) == (40, (), 40)
