"""Tables of answers: figures aligned on the point, intervals beside them, text wrapped, records where it is narrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clew.cli.table import fitted, records
from clew.questions.cells import cells_of, without_repeats
from clew.questions.model import Answer, Cell, Column, TooFew, Unit

DAY = 86400.0
SPAN = [
    Column("stage", "stage", Unit.TEXT),
    Column("n", "n", Unit.COUNT),
    Column("median", "median", Unit.SPAN, low="low", high="high", n="n"),
    Column("low", "low", Unit.SPAN),
    Column("high", "high", Unit.SPAN),
]


def answer(columns: Sequence[Column], rows: Sequence[Mapping[str, Cell | TooFew]]) -> Answer:
    return Answer("time", "Time", columns, rows, 1, "runs", 0)


def lines(found: Answer, width: int = 0) -> list[str]:
    table = fitted(cells_of(found), width)
    assert table is not None
    return [line.text for line in table]


def test_points_stand_below_each_other_and_the_ends_of_intervals_too() -> None:
    found = answer(
        SPAN,
        [
            {"stage": "lead", "n": 1200, "median": 14.65 * DAY, "low": 13.9 * DAY, "high": 15.6 * DAY},
            {"stage": "won", "n": 42, "median": 102.0 * DAY, "low": 90.0 * DAY, "high": None},
        ],
    )

    assert lines(found) == [
        "stage      n  median",
        "lead   1,200   14.7 days  13.9 to 15.6",
        "won       42  102.0 days  90.0 or more",
    ]


def test_an_interval_is_written_in_the_unit_of_its_figure() -> None:
    found = answer(SPAN, [{"stage": "lead", "n": 9, "median": 3 * DAY, "low": 1.0 * DAY / 2, "high": 4 * DAY}])

    assert lines(found)[1].endswith("3.0 days  0.5 to 4.0")


def test_too_few_stands_in_place_of_a_number() -> None:
    found = answer(SPAN, [{"stage": "lead", "n": 2, "median": TooFew(2, 6), "low": None, "high": None}])

    assert lines(found)[1].endswith("too few: 4 more needed")


def test_columns_without_any_figure_are_left_out() -> None:
    assert lines(answer(SPAN, [{"stage": "lead", "n": 2}]))[0] == "stage  n"


def test_long_text_is_wrapped_so_that_the_table_fits_and_numbers_stay_whole() -> None:
    columns = [Column("note", "note", Unit.TEXT), Column("n", "n", Unit.COUNT)]
    found = answer(columns, [{"note": "a sentence that is far too long for a narrow terminal", "n": 1234567}])

    shown = lines(found, width=30)

    assert all(len(line) <= 30 for line in shown)
    assert "1,234,567" in shown[1]


def test_what_cannot_fit_becomes_records() -> None:
    found = answer(SPAN, [{"stage": "lead", "n": 9, "median": 3 * DAY, "low": 2 * DAY, "high": 4 * DAY}])

    assert fitted(cells_of(found), 20) is None
    assert [line.text for line in records(cells_of(found), 40)] == [
        "stage   lead",
        "n       9",
        "median  3.0 days  2.0 to 4.0",
    ]


def test_labels_of_a_split_are_not_repeated_down_the_page() -> None:
    found = answer(SPAN[:2], [{"stage": "lead", "n": 1}, {"stage": "lead", "n": 2}, {"stage": "won", "n": 3}])

    table = fitted(without_repeats(cells_of(found), 1), 0)

    assert table is not None
    assert [line.text for line in table][1:] == ["lead   1", "       2", "won    3"]


def test_the_quiet_part_of_a_line_is_its_interval() -> None:
    found = answer(SPAN, [{"stage": "lead", "n": 9, "median": 3 * DAY, "low": 2 * DAY, "high": 4 * DAY}])
    table = fitted(cells_of(found), 0)

    assert table is not None
    [(begin, end)] = table[1].quiet
    assert table[1].text[begin:end].strip() == "2.0 to 4.0"
