"""Stored runs follow what happens: events, silence, corrections, loads, other definitions, each for its own cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from clew.clock import DAY_US, HOUR_US
from clew.db.engine import Database
from clew.db.leases import Fenced
from clew.db.tables import due, parked, rejected, shard
from clew.errors import BadRequest, BrokenStore
from clew.live.state import definitions, poison
from tests.arriving_world import NOW, Desk, event
from tests.live_desk import LiveDesk


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> LiveDesk:
    return LiveDesk(Desk(tmp_path, database))


def test_an_event_starts_a_run_that_waits_for_its_limit(desk: LiveDesk) -> None:
    desk.happens(won(1))

    [stored] = desk.runs()
    assert (stored.journey, stored.thread, stored.subject) == ("onboarding", "account:f1", "account:f1")
    assert (stored.stage, stored.started_at, stored.limit_at) == (
        "handed-over",
        NOW - HOUR_US,
        NOW + 2 * DAY_US - HOUR_US + DAY_US,
    )
    assert desk.steps() == [(None, "handed-over", None, "event", False, False)]
    assert desk.waits() == {"account:f1": stored.limit_at}


def test_silence_ends_a_run_at_its_instant(desk: LiveDesk) -> None:
    desk.happens(won(1))
    desk.forget_steps()

    desk.later(40 * DAY_US)
    desk.round()

    [stored] = desk.runs()
    assert (stored.outcome, stored.ended_at) == ("lapsed", NOW - HOUR_US + 30 * DAY_US)
    assert desk.steps() == [("handed-over", "handed-over", "lapsed", "time", False, False)]
    assert desk.waits() == {}


def test_a_limit_that_is_reached_changes_nothing_but_wakes_the_thread(desk: LiveDesk) -> None:
    desk.happens(won(1))
    before = desk.runs()
    desk.forget_steps()

    desk.later(4 * DAY_US)
    done = desk.round()

    assert (done.woken, desk.runs(), desk.steps()) == (1, before, [])
    assert desk.waits() == {"account:f1": NOW - HOUR_US + 30 * DAY_US}


def test_a_late_event_corrects_the_path_and_says_so(desk: LiveDesk) -> None:
    desk.happens(won(9), event(2, "trained"))
    desk.forget_steps()

    desk.happens(event(5, "kickoff held"))

    assert desk.steps() == [
        ("handed-over", "training", None, "late", False, True),
        ("handed-over", "set-up", None, "late", False, False),
        ("set-up", "training", None, "late", False, False),
    ]
    assert [stored.stage for stored in desk.runs()] == ["training"]


def test_an_end_that_an_event_reopens_is_withdrawn_by_that_event(desk: LiveDesk) -> None:
    desk.happens(won(9), event(8, "went live"))
    desk.forget_steps()

    desk.happens(event(7, "kickoff held"))

    assert desk.steps() == [
        ("handed-over", "handed-over", "live", "event", False, True),
        ("handed-over", "set-up", None, "event", False, False),
    ]


def test_backfill_is_marked_quiet_and_what_time_does_later_is_not(desk: LiveDesk) -> None:
    desk.happens(won(1), quiet=True)

    assert desk.steps() == [(None, "handed-over", None, "event", True, False)]

    desk.later(40 * DAY_US)
    desk.round()

    assert desk.steps()[1:] == [("handed-over", "handed-over", "lapsed", "time", False, False)]


def test_backfill_and_events_of_one_round_keep_apart(desk: LiveDesk) -> None:
    desk.desk.send(won(9), quiet=True)
    desk.desk.send(event(8, "kickoff held"))
    desk.desk.send(event(7, "trained"), quiet=True)
    desk.desk.take_in()

    desk.round()

    assert [(went, quiet) for _, went, _, _, quiet, _ in desk.steps()] == [
        ("handed-over", True), ("set-up", False), ("training", True)
    ]  # fmt: skip


def test_a_link_brings_two_threads_together(desk: LiveDesk) -> None:
    desk.happens(won(9, account="f2"), event(8, "kickoff held", account="f1"))
    assert [stored.thread for stored in desk.runs()] == ["account:f2"]

    desk.happens(*({"id": f"l{firm}", "account": firm, "links": {"crm": "c1"}} for firm in ("f1", "f2")))

    assert [(stored.thread, stored.stage) for stored in desk.runs()] == [("account:f1", "set-up")]
    assert list(desk.waits()) == ["account:f1"]


def test_keeping_the_tail_changes_nothing(desk: LiveDesk) -> None:
    desk.happens(won(9), event(8, "kickoff held"))
    before = desk.runs()
    desk.forget_steps()

    desk.desk.keep()
    desk.rounds()
    desk.happens(event(7, "trained"))

    assert [step[:2] for step in desk.steps()] == [("set-up", "training")]
    assert [stored.stage for stored in desk.runs()] == ["training"] != [stored.stage for stored in before]


def test_a_load_is_compared_as_a_whole_and_quiet(desk: LiveDesk) -> None:
    desk.happens(won(9), won(9, account="f2", id="e9-2"))
    desk.desk.keep()
    desk.forget_steps()

    desk.load_exports(
        "id,account,what,at\n1,f1,kickoff held,2025-12-31T20:00:00Z\n2,f3,deal won,2025-12-31T21:00:00Z\n"
    )
    desk.rounds()

    assert desk.steps() == [
        ("handed-over", "set-up", None, "load", True, False),
        (None, "handed-over", None, "load", True, False),
    ]
    assert {stored.thread: stored.stage for stored in desk.runs()} == {
        "account:f1": "set-up", "account:f2": "handed-over", "account:f3": "handed-over"
    }  # fmt: skip


def test_an_event_in_the_midst_of_a_comparison_keeps_its_own_cause(desk: LiveDesk) -> None:
    desk.load_exports("id,account,what,at\n1,f1,deal won,2025-12-31T20:00:00Z\n")

    desk.happens(event(1, "kickoff held"))

    assert desk.steps() == [
        (None, "handed-over", None, "load", True, False),
        ("handed-over", "set-up", None, "event", False, False),
    ]


def test_other_definitions_change_runs_quietly(desk: LiveDesk) -> None:
    desk.happens(won(9), event(8, "kickoff held"))
    desk.forget_steps()

    desk.write_journey(without="set-up")
    desk.rounds()

    assert desk.steps() == [("handed-over", "set-up", None, "version", True, True)]
    assert [stored.stage for stored in desk.runs()] == ["handed-over"]


def test_files_with_mistakes_leave_runs_alone(desk: LiveDesk) -> None:
    desk.happens(won(9))
    before = desk.runs()

    (desk.desk.folder / "journeys" / "onboarding.yaml").write_text("journey: onboarding\nstages: nonsense\n")
    desk.redefine()
    desk.rounds()

    assert desk.runs() == before


def test_a_journey_that_is_gone_takes_its_runs_with_it(desk: LiveDesk) -> None:
    desk.happens(won(9))

    (desk.desk.folder / "journeys" / "onboarding.yaml").unlink()
    desk.redefine()
    desk.rounds()

    assert (desk.runs(), desk.waits()) == ([], {})


def test_time_that_goes_back_undoes_nothing(desk: LiveDesk) -> None:
    desk.happens(won(1))
    desk.later(40 * DAY_US)
    desk.round()
    ended = desk.runs()

    desk.later(-20 * DAY_US)
    desk.restart()
    desk.happens({"id": "p1", "account": "f1", "attributes": {"plan": "gold"}})

    assert desk.runs() == ended


def test_instants_are_taken_in_order_after_a_long_stop(desk: LiveDesk) -> None:
    desk.happens(*(won(number, account=f"f{number}") for number in range(1, 30)))
    desk.forget_steps()
    desk.later(60 * DAY_US)

    with desk.database.read() as connection:
        waiting = connection.execute(select(due.c.key).where(due.c.kind == "thread").order_by(due.c.at)).scalars().all()
    desk.rounds()

    assert len(waiting) == 29
    assert desk.steps("thread") == waiting


@pytest.mark.parametrize("times", [1, 3, 4])
def test_a_fault_of_the_machine_parks_nothing_and_the_round_is_done_again(
    desk: LiveDesk, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    fold, left = definitions.folded, [BrokenStore("a file was swept away")] * times

    def failing(view: Any, defined: Any) -> Any:
        if left and any(len(bucket) for bucket in view.buckets()):
            raise left.pop()
        return fold(view, defined)

    monkeypatch.setattr(poison, "folded", failing)
    desk.desk.send(won(9), won(8, account="f2"))
    desk.desk.take_in()
    while left:
        with pytest.raises(BrokenStore):
            desk.round()
    desk.rounds()

    assert [stored.thread for stored in desk.runs()] == ["account:f1", "account:f2"]
    with desk.database.read() as connection:
        assert connection.execute(select(parked)).all() == []


def test_who_was_overtaken_writes_nothing(desk: LiveDesk) -> None:
    other = desk.another("other")
    desk.desk.send(won(1))
    desk.desk.take_in()
    other.take_all_shards()

    with pytest.raises(Fenced):
        desk.round()
    assert desk.runs() == []

    other.rounds()
    assert len(desk.runs()) == 1


def test_a_row_that_makes_the_fold_fail_is_parked_and_all_else_goes_on(
    desk: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold = definitions.folded

    def failing(view: Any, defined: Any) -> Any:
        code = view.names["event"].code("poison")
        if any((bucket.event == code).any() for bucket in view.buckets()):
            raise ZeroDivisionError("a mistake of ours")
        return fold(view, defined)

    monkeypatch.setattr(poison, "folded", failing)
    desk.happens(won(9), event(8, "poison"), event(7, "kickoff held"), won(6, account="f2"))

    assert {stored.thread: stored.stage for stored in desk.runs()} == {
        "account:f1": "set-up", "account:f2": "handed-over"
    }  # fmt: skip
    with desk.database.read() as connection:
        [row] = connection.execute(select(parked)).all()
        [shown] = connection.execute(select(rejected)).all()
    assert (row.thread, row.journey, row.position, row.rejected_id) == ("account:f1", "onboarding", 1, shown.id)
    assert (shown.reason, shown.state) == ("crashed", "waiting")
    assert "ZeroDivisionError" in shown.detail
    assert b"poison" in bytes(shown.event)

    desk.happens(event(5, "trained"))
    assert [stored.stage for stored in desk.runs() if stored.thread == "account:f1"] == ["training"]

    monkeypatch.setattr(poison, "folded", fold)
    desk.write_journey(without="training")
    desk.rounds()
    with desk.database.read() as connection:
        assert connection.execute(select(parked)).all() == []
        assert connection.execute(select(rejected.c.state)).scalars().all() == ["replayed"]


def test_a_thread_that_fails_for_no_row_is_tried_again_later(desk: LiveDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.load_exports("id,account,what,at\n1,f1,deal won,2025-12-31T20:00:00Z\n2,f2,deal won,2025-12-31T20:00:00Z\n")
    fold = definitions.folded

    def failing(view: Any, defined: Any) -> Any:
        code = view.names["entity"].code("account:f1")
        if any((bucket.thread == code).any() for bucket in view.buckets()):
            raise ZeroDivisionError("a mistake of ours")
        return fold(view, defined)

    monkeypatch.setattr(poison, "folded", failing)
    desk.rounds()

    assert [stored.thread for stored in desk.runs()] == ["account:f2"]
    with desk.database.read() as connection:
        [row] = connection.execute(select(due).where(due.c.error.is_not(None))).all()
    assert (row.key, row.tries) == ("account:f1", 1)

    monkeypatch.setattr(poison, "folded", fold)
    desk.later(HOUR_US)
    desk.rounds()
    assert sorted(stored.thread for stored in desk.runs()) == ["account:f1", "account:f2"]


def test_a_journey_that_cannot_be_walked_keeps_no_other_from_it(
    desk: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold = definitions.folded

    def refusing(view: Any, defined: Any) -> Any:
        if defined.journey.name == "onboarding":
            raise BadRequest("it cannot be walked")
        return fold(view, defined)

    monkeypatch.setattr(poison, "folded", refusing)
    desk.restart()
    desk.happens(won(1))

    assert (desk.runs(), list(desk.state.failed)) == ([], ["onboarding"])
    with desk.database.read() as connection:
        assert set(connection.execute(select(shard.c.position)).scalars()) == {1}


def test_an_attribute_of_the_future_wakes_its_thread(desk: LiveDesk) -> None:
    desk.load_exports("id,account,what,at\n1,f1,deal won,2025-12-31T20:00:00Z\n", renewals="f1,2026-01-20\n")
    desk.rounds()

    assert [stored.journey for stored in desk.runs()] == ["onboarding"]
    desk.later(30 * DAY_US)
    desk.rounds()

    assert sorted(stored.journey for stored in desk.runs()) == ["onboarding", "renewal"]


def test_ids_that_no_database_takes_as_keys_block_nothing(desk: LiveDesk) -> None:
    odd = ["a\0b", "long" * 1_000, "".join(chr(0x4E00 + n) for n in range(900)), 'it\'s \\ "fine" {ü}']

    desk.happens(*(won(number, account=account) for number, account in enumerate(odd)), won(9))

    assert [stored.subject for stored in desk.runs()] == ["account:f1", f"account:{odd[3]}"]
    desk.write_journey(without="set-up")
    desk.rounds()
    assert len(desk.runs()) == 2


def won(number: int, **more: Any) -> dict[str, Any]:
    told = event(number, "deal won", **more)
    return {**told, "id": more.get("id", f"{told['account'][:9]}-{number}")}
