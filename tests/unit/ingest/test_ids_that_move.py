"""Rows of one id under several accounts, in a source whose rows supersede: table of cases, one story each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clew.clock import NEVER
from clew.ingest.classify import classify
from clew.ingest.verdicts import Found, Rules, Seen, Unusable

NOW = 50
NAMES = "ADSC"  # accepted, duplicate, superseding, conflict


def rows(kind: Any, told: list[str]) -> Any:
    """Rows as "account content known file", all of one id; an account is a letter."""
    parts = [(*text.split(), "0")[:4] for text in told]
    return kind(
        hi=np.full(len(parts), 7, np.uint64),
        lo=np.array([ord(part[0]) for part in parts], np.uint64),
        content=np.array([ord(part[1]) for part in parts], np.uint64),
        known=np.array([int(part[2]) for part in parts], np.int64),
        file=np.array([int(part[3]) for part in parts], np.int32),
        party=np.array([ord(part[0]) for part in parts], np.int32),
    )


def unusable(told: list[str]) -> Unusable:
    parts = [text.split() for text in told]
    return Unusable(
        hi=np.full(len(parts), 7, np.uint64),
        lo=np.array([ord(account) for account, _ in parts], np.uint64),
        file=np.array([int(file) for _, file in parts], np.int32),
    )


CASES = [
    # rows of the log, rows read, verdicts, rows that enter with their end, rows of the log that end
    pytest.param(["a x 1"], ["b x 50"], "S", ["b"], ["a 50"], id="moves"),
    pytest.param(["a x 1"], ["b x 50", "a x 50"], "AD", ["b"], [], id="is joined by another"),
    pytest.param(["a x 1", "b x 1"], ["b x 50"], "D", [], ["a 50"], id="loses one"),
    pytest.param(["a x 1", "b x 1"], ["b y 50"], "S", ["b"], ["a 50", "b 50"], id="loses one and changes"),
    pytest.param(["a x 1", "b x 1"], ["b x 50", "c x 50"], "DS", ["c"], ["a 50"], id="changes one for another"),
    pytest.param(["a x 1"], ["b x 50", "c x 50"], "SS", ["b", "c"], ["a 50"], id="is divided"),
    pytest.param([], ["a x 50 0", "b x 50 1"], "AS", ["b"], [], id="moves within a load"),
    pytest.param([], ["a x 50 0", "b x 50 0", "c x 50 1"], "AAS", ["c"], [], id="the last file stands alone"),
    pytest.param([], ["a x 50 0", "a x 50 1", "b x 50 1"], "ADA", ["a", "b"], [], id="the last file adds one"),
    pytest.param([], ["a x 50 0", "b x 50 1", "a x 50 2"], "ASD", ["a"], [], id="there and back within a load"),
    pytest.param([], ["a x 50 9", "b x 50 3"], "AS", ["b"], [], id="files count as they are read, not by number"),
    pytest.param(["b x 1"], ["a x 50 0", "b x 50 1"], "DD", [], [], id="former files beside the last one"),
    pytest.param(["b x 1"], ["a x 50 0", "b x 50 1", "c x 50 2"], "SDS", ["c"], ["b 50"], id="one file more"),
    pytest.param(["b x 1"], ["a x 50 0", "b y 50 1"], "SS", ["b"], ["b 50"], id="former file beside a changed one"),
    pytest.param([], ["a x 10 0", "b x 20 1"], "AS", ["a until 20", "b"], [], id="each account has its life"),
    pytest.param([], ["b x 20 0", "a x 10 1"], "SA", ["b", "a until 20"], [], id="read in any order"),
    pytest.param(["b x 20"], ["a x 10"], "D", [], [], id="older than what is known"),
    pytest.param(["b x 20"], ["a x 10 0", "b x 20 1"], "DD", [], [], id="lives read again"),
    pytest.param(["a x 1"], ["b x 20 0", "c x 30 1"], "SS", ["c"], ["a 30"], id="what was between is passed over"),
    pytest.param(["a x 1"], ["b x 20"], "S", ["b"], ["a 20"], id="moved when it was learnt"),
    pytest.param(["a x 1", "b x 1"], ["b x 1"], "D", [], ["a 50"], id="a loss without a date of its own"),
]


def judged(log: list[str], read: list[str], beside: list[str] | None = None) -> tuple[Any, list[str], list[str]]:
    outcome = classify(rows(Seen, log), rows(Found, read), Rules(True, True, NOW), unusable(beside or []))
    entered = []
    for place in np.flatnonzero(outcome.kept):
        until = int(outcome.until[place])
        entered.append(read[place][0] + ("" if until == NEVER else f" until {until}"))
    ended = zip(outcome.endings.lo.tolist(), outcome.endings.until.tolist(), strict=True)
    return outcome, entered, sorted(f"{chr(lo)} {until}" for lo, until in ended)


@pytest.mark.parametrize(("log", "read", "expected", "enter", "end"), CASES)
def test_rows_of_an_id_are_judged_together(
    log: list[str], read: list[str], expected: str, enter: list[str], end: list[str]
) -> None:
    outcome, entered, ended = judged(log, read)

    assert "".join(NAMES[verdict] for verdict in outcome.verdict) == expected
    assert entered == enter
    assert ended == end
    assert len(outcome.vanished) == 0


@pytest.mark.parametrize(("log", "read", "expected", "enter", "end"), CASES)
def test_reading_it_again_changes_nothing(
    log: list[str], read: list[str], expected: str, enter: list[str], end: list[str]
) -> None:
    once, _, _ = judged(log, read)

    again = classify(Seen(**once.rows), rows(Found, read), Rules(True, True, NOW + 1))

    assert not again.kept.any()
    assert len(again.endings) == 0
    assert set(again.verdict.tolist()) == {NAMES.index("D")}


@pytest.mark.parametrize(
    ("read", "beside", "end"),
    [
        (["b x 50 0"], ["a 0"], []),
        (["b x 50 0"], ["a 1"], ["a 50"]),
        (["a x 50 0", "b x 50 1"], ["a 0"], ["a 50"]),
        (["a x 50 0", "b x 50 1"], ["a 1"], []),
        (["b x 50 0"], ["c 0"], ["a 50"]),
    ],
)
def test_unusable_row_in_the_file_that_decides_is_there(read: list[str], beside: list[str], end: list[str]) -> None:
    _, _, ended = judged(["a x 1", "b x 1"], read, beside)

    assert ended == end


def test_id_of_which_only_an_unusable_row_is_there_stays_and_has_not_vanished() -> None:
    outcome, entered, ended = judged(["a x 1", "b x 1"], [], ["a 0"])

    assert (entered, ended, outcome.vanished.tolist()) == ([], [], [])


def test_many_accounts_under_one_id_take_no_more_than_a_moment() -> None:
    many = np.arange(300_000, dtype=np.uint64)
    same, zero = np.full(len(many), 7, np.uint64), np.zeros(len(many), np.int64)
    seen = Seen(same, many, many, zero, zero, zero)
    found = Found(same, many + np.uint64(150_000), many, zero + NOW, zero, zero)

    outcome = classify(seen, found, Rules(True, True, NOW))

    assert len(outcome.endings) == 300_000
    assert int((outcome.endings.until_of(same, many) == NOW).sum()) == 300_000
