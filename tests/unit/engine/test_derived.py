"""A kept fold is the fold, and is only found for the same log, journey and firm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import clew.engine.derived as derived
from clew.conditions.model import Attribute, Event, Operator, Silent
from clew.conditions.model import Test as ValueTest
from clew.durations import Duration
from clew.engine.derived import fingerprint, folded_once, load_folded, store_folded
from clew.engine.fold import fold
from clew.engine.model import Folded
from clew.firm.model import Firm, Team
from clew.journeys.model import End, Journey, Stage, Subject
from clew.testing import memory_log

FIRM = Firm("a firm", "EUR", "UTC")
JOURNEY = Journey(
    "j",
    "J",
    "v1",
    Subject(),
    (Stage("s0", Event(("a",))), Stage("s1", Event(("b",)))),
    ends=(End("lapsed", Silent(("a",), Duration(3, "day"))),),
)
VIEW = memory_log([(f"firm {n % 9}", f"2026-01-{n % 28 + 1:02}T10:00", "ab"[n % 2]) for n in range(80)], buckets=4)


def equal(left: Folded, right: Folded) -> bool:
    return all(
        np.array_equal(column, getattr(getattr(theirs, table), name))
        for ours, theirs in zip(left.buckets, right.buckets, strict=True)
        for table in ("runs", "visits", "steps", "planned", "withdrawn")
        for name, column in vars(getattr(ours, table)).items()
    )


def test_a_kept_fold_comes_back_as_it_was(tmp_path: Path) -> None:
    folded = fold(VIEW, JOURNEY, FIRM)
    store_folded(tmp_path, folded, FIRM)

    kept = load_folded(tmp_path, VIEW, JOURNEY, firm=FIRM)

    assert kept is not None
    assert sum(len(part.runs) for part in kept.buckets) == 9
    assert equal(kept, folded)


def test_another_cut_version_or_firm_does_not_find_it(tmp_path: Path) -> None:
    store_folded(tmp_path, fold(VIEW, JOURNEY, FIRM), FIRM)
    gold = {"gold": Attribute("tier", ValueTest(((Operator.IS, "gold"),)))}

    assert load_folded(tmp_path, VIEW.cut(as_of="2026-01-20"), JOURNEY, firm=FIRM) is None
    assert load_folded(tmp_path, VIEW.cut(known_at="2026-01-20"), JOURNEY, firm=FIRM) is None
    assert load_folded(tmp_path, VIEW, replace(JOURNEY, version="v2"), firm=FIRM) is None
    assert load_folded(tmp_path, VIEW, JOURNEY, firm=replace(FIRM, segments=gold)) is None
    assert load_folded(tmp_path, VIEW, JOURNEY, firm=replace(FIRM, time_zone="Asia/Tokyo")) is None


def test_a_firms_name_does_not_decide_but_its_teams_calendars_do() -> None:
    assert fingerprint(replace(FIRM, name="other", currency="BRL")) == fingerprint(FIRM)
    assert fingerprint(replace(FIRM, teams={"ops": Team("ops", "Ops", "nights")})) != fingerprint(FIRM)


def test_folds_of_a_former_generation_are_removed(tmp_path: Path) -> None:
    first = store_folded(tmp_path, fold(VIEW, JOURNEY, FIRM), FIRM)
    again = store_folded(tmp_path, fold(VIEW, replace(JOURNEY, version="v2"), FIRM), FIRM)
    newer = replace(VIEW, generation=2)

    later = store_folded(tmp_path, fold(newer, JOURNEY, FIRM), FIRM)

    assert not first.exists()
    assert not again.exists()
    assert [each.name for each in tmp_path.iterdir()] == [later.name]


@pytest.mark.parametrize("damage", ["gone", "short", "torn"])
def test_a_damaged_fold_is_folded_anew(tmp_path: Path, damage: str) -> None:
    column = store_folded(tmp_path, fold(VIEW, JOURNEY, FIRM), FIRM) / "visits.enter.npy"
    if damage == "gone":
        column.unlink()
    elif damage == "short":
        np.save(column, np.zeros(1, np.int64))
    else:
        column.write_bytes(column.read_bytes()[:100])

    assert load_folded(tmp_path, VIEW, JOURNEY, firm=FIRM) is None
    assert equal(folded_once(tmp_path, VIEW, JOURNEY, firm=FIRM), fold(VIEW, JOURNEY, FIRM))


def test_only_the_fold_of_a_large_log_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folded_once(tmp_path, VIEW, JOURNEY, firm=FIRM)
    assert list(tmp_path.iterdir()) == []

    monkeypatch.setattr(derived, "WORTH_KEEPING", 80)
    folded_once(tmp_path, VIEW, JOURNEY, firm=FIRM)

    assert load_folded(tmp_path, VIEW, JOURNEY, firm=FIRM) is not None
