"""The fresh log beside intake and keeping: what is acknowledged and taken in can be seen, wherever it lies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from clew.archive.spelling import spell
from clew.clock import HOUR_US
from clew.db.engine import Database
from clew.live.fresh import asking
from clew.live.fresh.asking import FreshWorkspace
from clew.live.fresh.log import Fresh, open_fresh
from clew.questions.model import Query
from clew.workspace.draft import read_draft
from tests.arriving_world import NOW, Desk, event

JOURNEY = """journey: paying
title: From word to money
subject: account
stages:
  - {stage: talking, enter: {event: said}}
  - {stage: paying, enter: {event: paid}}
ends:
  silent: {silent: {events: [said, paid], for: 2 days}}
"""


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database)


def fresh_of(desk: Desk) -> Fresh:
    return open_fresh(desk.store, desk.database)


def told(fresh: Fresh, as_of: int = NOW) -> Any:
    return spell(fresh.view(as_of), learnt=False)  # type: ignore[arg-type]


def names(fresh: Fresh, thread: str) -> list[str]:
    bucket = fresh.view_of([thread], NOW).bucket
    return [fresh.standing.names["event"].text(code) for code in bucket.event.tolist()]


def test_rows_are_seen_in_the_tail_and_the_same_in_the_archive(desk: Desk) -> None:
    desk.send(event(3), event(2, "paid", value=12, properties={"plan": "gold"}), event(1, account="f2"))
    desk.take_in()
    fresh = fresh_of(desk)
    in_the_tail = told(fresh)

    desk.keep()
    in_both = told(fresh_of(desk))
    fresh.refresh()

    assert [each["event"] for each in in_the_tail["threads"]["account:f1"]] == ["said", "paid"]
    assert in_the_tail == in_both == told(fresh) == desk.log()
    assert (fresh.generation, fresh.position) == (1, 3)


def test_rows_behind_the_archive_stand_in_their_order(desk: Desk) -> None:
    desk.send(event(3), event(1, "paid"))
    desk.take_in()
    desk.keep()
    fresh = fresh_of(desk)

    desk.send(event(2, "asked"))
    desk.take_in()
    fresh.refresh()

    assert names(fresh, "account:f1") == ["said", "asked", "paid"]
    assert fresh.touched(2, 3) == ["account:f1"]
    assert fresh.touched(3, 3) == []


def test_threads_touched_by_rows_that_went_into_the_archive_are_found_in_the_tail(desk: Desk) -> None:
    desk.send(event(3), event(2, account="f2"))
    desk.take_in()
    desk.keep()
    desk.send(event(1, account="f3"))
    desk.take_in()

    fresh = fresh_of(desk)

    assert fresh.touched(0, 3) == ["account:f1", "account:f2", "account:f3"]
    assert fresh.touched(1, 2) == ["account:f2"]


def test_every_thread_counts_as_touched_where_nobody_knows_any_more(desk: Desk) -> None:
    desk.send(event(3), event(2, account="f2"))
    desk.take_in()
    desk.keep()
    with desk.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM tail_block")

    assert fresh_of(desk).touched(1, 2) == ["account:f1", "account:f2"]


def test_a_person_is_a_number_and_goes_to_the_account_it_becomes_a_member_of(desk: Desk) -> None:
    desk.send(event(3, account=None), event(2))
    desk.take_in()
    desk.keep()
    fresh = fresh_of(desk)
    alone = [thread for thread in told(fresh)["threads"] if thread.startswith("contact:")]

    desk.send({"id": "m", "contact": "ada@x.org", "account": "f1"})
    desk.take_in()
    fresh.refresh()

    assert alone == ["contact:0"]
    assert set(fresh.touched(2, fresh.position)) == {"contact:0", "account:f1"}
    assert len(fresh.view_of(["account:f1"], NOW).bucket) == 2
    assert len(fresh.view_of(["contact:0"], NOW).bucket) == 0
    assert len(fresh.view_of(["contact:0"], NOW, before=2).bucket) == 1
    assert "ada" not in repr(told(fresh))


def test_the_log_goes_on_where_a_generation_came_while_it_was_read(desk: Desk) -> None:
    desk.send(event(3))
    desk.take_in()
    fresh = fresh_of(desk)
    desk.send(event(2, "paid"))
    desk.take_in()
    desk.keep()
    with desk.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM tail_block")
    desk.send(event(1, "asked"))
    desk.take_in()

    assert fresh.refresh_here() is False
    fresh.refresh()

    assert names(fresh, "account:f1") == ["said", "paid", "asked"]


@pytest.fixture
def asked(desk: Desk) -> FreshWorkspace:
    (desk.folder / "journeys").mkdir()
    (desk.folder / "journeys" / "paying.yaml").write_text(JOURNEY)
    desk.send(event(3), event(2, account="f2"))
    desk.take_in()
    return FreshWorkspace(read_draft(desk.folder), fresh_of(desk))


def states(workspace: FreshWorkspace, **more: Any) -> dict[str, int]:
    rows = workspace.ask(Query("runs", "paying", **more)).rows
    return {str(row["state"]): int(str(row["runs"])) for row in rows if row["kind"] != "not yet" and row["runs"]}


def test_an_answer_is_complete_to_the_second(desk: Desk, asked: FreshWorkspace) -> None:
    asked.see(NOW)
    before = states(asked)

    desk.send(event(1, "paid"))
    desk.take_in()
    asked.see(NOW)

    assert before == {"talking": 2}
    assert states(asked) == {"talking": 1, "paying": 1}
    assert states(asked, as_of=NOW - 2 * HOUR_US) == {"talking": 2}
    assert states(asked, as_of=NOW - 3 * HOUR_US) == {"talking": 1}


def test_what_was_not_known_yet_is_left_out(desk: Desk, asked: FreshWorkspace) -> None:
    then = desk.now
    desk.later()
    desk.send(event(1, "paid"))
    desk.take_in()
    asked.see(desk.now)

    assert states(asked) == {"talking": 1, "paying": 1}
    assert states(asked, known_at=then) == {"talking": 2}


def test_threads_that_ask_at_once_each_get_an_answer(desk: Desk, asked: FreshWorkspace) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(asked.answer, Query("runs", "paying"), now=NOW + each) for each in range(8)]

    assert {answer.result().n for answer in answers} == {2}


def test_time_alone_ends_a_run(desk: Desk, asked: FreshWorkspace) -> None:
    desk.keep()
    asked.see(NOW)
    standing = states(asked)

    asked.see(NOW + 46 * HOUR_US - 1)
    shortly = states(asked)
    asked.see(NOW + 46 * HOUR_US)

    assert standing == {"talking": 2}
    assert shortly == {"talking": 1, "silent": 1}
    assert states(asked) == {"silent": 2}


def test_answers_stay_right_while_another_generation_is_prepared(
    desk: Desk, asked: FreshWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "WORTH_KEEPING", 0)
    asked.see(NOW)
    states(asked)
    desk.keep()
    desk.send(event(1, "paid"))
    desk.take_in()

    asked.see(NOW)
    meanwhile, former = states(asked), asked.fresh.generation
    coming = asked._coming
    assert coming is not None
    coming.result()
    desk.send(event(0, "paid", account="f2"))
    desk.take_in()
    asked.see(NOW)

    assert meanwhile == {"talking": 1, "paying": 1}
    assert states(asked) == {"paying": 2}
    assert (former, asked.fresh.generation) == (0, 1)
