"""What becomes of a row: table of cases, one story each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clew.clock import NEVER
from clew.ingest.classify import classify, redefine
from clew.ingest.verdicts import Found, Rules, Seen

HASHES = {"hi": np.uint64, "lo": np.uint64, "content": np.uint64}
NOW = 5
NAMES = "ADSC"  # accepted, duplicate, superseding, conflict


def rows(kind: Any, *told: tuple[int, str, int] | tuple[int, str, int, int]) -> Any:
    """Rows as (key, content, known[, file]); keys 10, 11, ... share the upper half 1."""
    told = tuple(sorted(told, key=lambda r: r[0] // 10)) if kind is Seen else told
    columns = {
        "hi": [r[0] // 10 for r in told],
        "lo": [r[0] for r in told],
        "content": [ord(r[1]) for r in told],
        "known": [r[2] for r in told],
        "file": [r[3] if len(r) > 3 else 0 for r in told],
        "party": [0] * len(told),
    }
    return kind(**{name: np.array(values, HASHES.get(name, np.int64)) for name, values in columns.items()})


def verdicts(outcome: Any) -> str:
    return "".join(NAMES[v] for v in outcome.verdict)


EVENTS, SNAPSHOT = False, True
CASES = [
    # kind, rows of the log, rows read, verdicts, kept (index, until), endings (lo, until), comment in the id
    pytest.param(EVENTS, [], [(10, "x", 5), (20, "x", 5)], "AA", [(0, None), (1, None)], [], id="new rows"),
    pytest.param(EVENTS, [(10, "x", 1)], [(10, "x", 5)], "D", [], [], id="the same again"),
    pytest.param(EVENTS, [(10, "x", 1)], [(10, "y", 5)], "C", [], [], id="events contradict"),
    pytest.param(EVENTS, [], [(10, "x", 5), (10, "y", 5), (10, "x", 5)], "ACD", [(0, None)], [], id="first counts"),
    pytest.param(EVENTS, [], [(10, "x", 9), (10, "y", 2)], "AC", [(0, None)], [], id="first read, not first learnt"),
    pytest.param(EVENTS, [(10, "x", 1)], [(11, "x", 5)], "A", [(0, None)], [], id="upper halves collide"),
    pytest.param(EVENTS, [(10, "x", 1), (11, "y", 1)], [(11, "y", 5)], "D", [], [], id="second of a collision"),
    pytest.param(SNAPSHOT, [(10, "x", 1)], [(10, "y", 5)], "S", [(0, None)], [(10, 5)], id="changed row"),
    pytest.param(SNAPSHOT, [(10, "x", 1)], [(10, "x", 5)], "D", [], [], id="unchanged row"),
    pytest.param(SNAPSHOT, [], [(10, "x", 5), (10, "y", 5)], "AS", [(1, None)], [], id="last state of one load counts"),
    pytest.param(SNAPSHOT, [(10, "y", 1)], [(10, "x", 5), (10, "y", 5)], "DD", [], [], id="both files read again"),
    pytest.param(
        SNAPSHOT, [(10, "y", 1)], [(10, "x", 5), (10, "z", 5)], "SS", [(1, None)], [(10, 5)], id="two changes"
    ),
    pytest.param(SNAPSHOT, [(10, "y", 1)], [(10, "z", 5), (10, "z", 5)], "SD", [(1, None)], [(10, 5)], id="said twice"),
    pytest.param(SNAPSHOT, [], [(10, "x", 5), (10, "x", 5)], "AD", [(1, None)], [], id="new and said twice"),
    pytest.param(
        SNAPSHOT, [], [(10, "x", 2), (10, "y", 4)], "AS", [(0, 4), (1, None)], [], id="each state has its life"
    ),
    pytest.param(SNAPSHOT, [], [(10, "y", 4), (10, "x", 2)], "SA", [(0, None), (1, 4)], [], id="read in any order"),
    pytest.param(SNAPSHOT, [(10, "y", 4)], [(10, "x", 2)], "D", [], [], id="older than what is known"),
    pytest.param(
        SNAPSHOT, [(10, "x", 1)], [(10, "y", 3), (10, "x", 5)], "SS", [(0, 5), (1, None)], [(10, 3)], id="back"
    ),
]


@pytest.mark.parametrize(("supersedes", "log", "read", "expected", "kept", "endings"), CASES)
def test_row_is_judged(supersedes: bool, log: Any, read: Any, expected: str, kept: Any, endings: Any) -> None:
    outcome = classify(rows(Seen, *log), rows(Found, *read), Rules(True, supersedes, NOW))

    assert verdicts(outcome) == expected
    lives = [
        (int(i), None if outcome.until[i] == NEVER else int(outcome.until[i])) for i in np.flatnonzero(outcome.kept)
    ]
    assert lives == kept
    assert list(zip(outcome.endings.lo.tolist(), outcome.endings.until.tolist(), strict=True)) == endings


@pytest.mark.parametrize(("supersedes", "log", "read", "expected", "kept", "endings"), CASES)
def test_reading_the_same_again_changes_nothing(
    supersedes: bool, log: Any, read: Any, expected: str, kept: Any, endings: Any
) -> None:
    found = rows(Found, *read)
    once = classify(rows(Seen, *log), found, Rules(True, supersedes, NOW))
    seen = Seen(**once.rows)

    again = classify(seen, found, Rules(True, supersedes, NOW))

    assert len(again.endings) == 0
    assert not again.kept.any()
    assert {name: values.tolist() for name, values in again.rows.items()} == {
        name: values.tolist() for name, values in once.rows.items()
    }


def test_identical_rows_without_id_are_counted_within_their_file() -> None:
    read = rows(Found, (10, "x", 5, 0), (10, "x", 5, 0), (10, "x", 5, 1))

    outcome = classify(rows(Seen), read, Rules(False, False, NOW))

    assert verdicts(outcome) == "AAD"
    assert len(set(outcome.lo.tolist())) == 2


def test_identical_rows_of_a_grown_file_are_known_by_their_number() -> None:
    first = classify(rows(Seen), rows(Found, (10, "x", 5), (10, "x", 5)), Rules(False, False, NOW))
    grown = rows(Found, *[(10, "x", 6)] * 3)

    again = classify(Seen(**first.rows), grown, Rules(False, False, NOW))

    assert verdicts(again) == "DDA"


def test_rows_that_are_no_longer_there_are_named() -> None:
    outcome = classify(rows(Seen, (10, "x", 1), (20, "x", 1)), rows(Found, (10, "x", 5)), Rules(True, True, NOW))

    assert outcome.vanished.tolist() == [1]


def test_changed_definition_replaces_what_the_old_one_made_of_the_same_files() -> None:
    seen = rows(Seen, (10, "x", 1, 0), (20, "x", 1, 0), (30, "x", 1, 1), (40, "x", 1, 1))
    read_again = seen.file == 0

    outcome = redefine(
        seen,
        rows(Found, (10, "x", 5), (30, "y", 5), (50, "x", 5)),
        Rules(True, False, NOW),
        read_again=read_again,
    )

    assert verdicts(outcome) == "SSA"
    assert outcome.endings.lo.tolist() == [10, 20, 30]
    assert sorted(outcome.rows["lo"].tolist()) == [10, 30, 40, 50]  # 40 stands in a file that is gone
