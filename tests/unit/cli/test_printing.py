"""Printing an answer: for people, as JSON with everything, as CSV with raw numbers."""

from __future__ import annotations

import csv
import io
import json

import pytest

from clew.cli.terminal import print_answer
from clew.questions.model import Answer, Column, Query, TooFew, Unit

ANSWER = Answer(
    question="time",
    title="Time in stage",
    columns=(
        Column("stage", "stage", Unit.TEXT),
        Column("since", "since", Unit.TIME),
        Column("median", "median", Unit.SPAN, "Half have left by then.", low="low", n="n"),
        Column("low", "low", Unit.SPAN),
        Column("n", "n", Unit.COUNT),
    ),
    rows=(
        {"stage": "lead", "since": 1_514_764_800.5, "median": 129_600.0, "low": 86_400.0, "n": 1200},
        {"stage": "won", "since": None, "median": TooFew(2, 6), "low": None, "n": 2},
    ),
    n=1202,
    n_of="visits",
    as_of=1_514_764_800_000_000,
    notes=("Nine in ten leave within 162.7 days, and this note is long enough that it has to be wrapped somewhere.",),
    next="See who stands still now: clew show stalled",
    journey="onboarding",
    version="0123456789ab",
    extra={"time_zone": "Europe/Berlin", "as_of_is": "the last event"},
)


class Screen(io.StringIO):
    """A terminal in memory."""

    def isatty(self) -> bool:
        return True


def printed(*, out: io.StringIO | None = None, **given: object) -> str:
    target = out or io.StringIO()
    print_answer(ANSWER, out=target, **given)  # type: ignore[arg-type]
    return target.getvalue()


def test_a_page_says_what_it_rests_on_and_what_to_do_next() -> None:
    assert printed().splitlines() == [
        "Time in stage",
        "journey onboarding, 1,202 visits, as of 2018-01-01 01:00 Europe/Berlin, the last event",
        "",
        "stage  since             median                        n",
        "lead   2018-01-01 01:00  36.0 hours  24.0 or more  1,200",
        "won    –                 too few: 4 more needed        2",
        "",
        "· Nine in ten leave within 162.7 days, and this note is long enough that it has to be wrapped",
        "  somewhere.",
        "",
        "→ See who stands still now: clew show stalled",
    ]


def test_a_pipe_gets_neither_colour_nor_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert "\x1b" not in printed()
    assert "─" not in printed()


def test_a_terminal_gets_one_hairline_and_quiet_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")

    page = printed(out=Screen())

    assert page.count("\n\x1b[2m─") == 1
    assert "36.0 hours\x1b[2m  24.0 or more\x1b[0m" in page


def test_a_narrow_terminal_gets_records_and_no_broken_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")

    lines = printed(out=Screen()).splitlines()

    assert "median  36.0 hours  24.0 or more" in lines
    assert any(line.endswith("162.7 days,") or "162.7 days, " in line for line in lines)


def test_json_holds_every_field_and_what_was_asked() -> None:
    found = json.loads(printed(json=True, query=Query("time", by=("segment",))))

    assert found["as_of"] == "2018-01-01T00:00:00Z"
    assert found["rows"][0] == {
        "stage": "lead", "since": "2018-01-01T00:00:00.500000Z", "median": 129600.0, "low": 86400.0, "n": 1200,
    }  # fmt: skip
    assert found["rows"][1]["median"] == {"too_few": True, "n": 2, "needed": 6}
    assert found["columns"][2]["definition"] == "Half have left by then."
    assert found["query"]["by"] == ["segment"]
    assert set(found) == {
        "question", "title", "journey", "version", "as_of", "n", "n_of",
        "columns", "rows", "notes", "next", "extra", "query",
    }  # fmt: skip


def test_csv_holds_one_row_per_record_with_raw_numbers() -> None:
    rows = list(csv.reader(io.StringIO(printed(csv=True))))

    assert rows == [
        ["stage", "since", "median", "low", "n"],
        ["lead", "2018-01-01T00:00:00.500000Z", "129600.0", "86400.0", "1200"],
        ["won", "", "", "", "2"],
    ]


def test_an_answer_without_rows_says_so() -> None:
    out = io.StringIO()
    print_answer(Answer("runs", "Runs", (Column("n", "n", Unit.COUNT),), (), 0, "runs", 0), out=out)

    assert "Nothing to show." in out.getvalue()
