"""Words, widths, scales, colours, and the report for terminals and programs."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import edges
import halden
import nordlicht
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.questions.model import Unit
from clew.reports import words
from clew.reports.as_json import render_json
from clew.reports.definitions import DEFINITIONS
from clew.reports.measure import ELLIPSIS, clip, text_width, wrap
from clew.reports.model import Figure
from clew.reports.picture.scale import linear_scale, span_scale
from clew.reports.terminal import render_terminal
from clew.reports.tokens import DARK, LIGHT, PRINT, SHAPE_PAIRS, TEXT_PAIRS, contrast

REPORTS = {"nordlicht": nordlicht.report, **edges.ALL, **halden.ALL}
DAY = 86400.0

SPELLED = [
    (Figure(4210), "4,210", ""),
    (Figure(0.352, Unit.SHARE, 0.31, 0.401, 418), "35.2 %", "31.0–40.1 % · n 418"),
    (Figure(9.1 * DAY, Unit.SPAN, 7.4 * DAY, 11 * DAY, 812), "9.1 d", "7.4–11.0 d · n 812"),
    (Figure(30 * 3600.0, Unit.SPAN), "30.0 h", ""),
    (Figure(90.0, Unit.SPAN), "1.5 min", ""),
    # The interval keeps the unit of its figure, also where its ends would read better in another one.
    (Figure(2.1 * DAY, Unit.SPAN, 1.9 * DAY, 2.4 * DAY, 50), "2.1 d", "1.9–2.4 d · n 50"),
    (Figure(-0.1, Unit.SHARE, -0.195, -0.008, 654), "-10.0 %", "-19.5 to -0.8 % · n 654"),
    (Figure(310_000.0, Unit.MONEY), "EUR 310,000", ""),
    (Figure(12_400_000.0, Unit.MONEY), "EUR 12.4 m", ""),
    (Figure(None, Unit.SPAN, n=16, needed=14), "too few: 14 more needed", "n 16"),
    (Figure(None, Unit.SPAN, 118 * DAY, None, 431, words="not half yet"), "not half yet", "at least 118.0 d · n 431"),
]  # fmt: skip


@pytest.mark.parametrize(("figure", "number", "beside"), SPELLED)
def test_figures_read_as_people_write_them(figure: Figure, number: str, beside: str) -> None:
    assert words.figure(figure, "EUR").replace(words.NBSP, " ") == number
    assert words.beside(figure, "EUR").replace(words.NBSP, " ") == beside


def test_column_of_spans_takes_one_unit() -> None:
    column = [Figure(days * DAY, Unit.SPAN) for days in (0.8, 1.9, 4.7)]
    unit = words.common_unit(column)

    assert [words.figure(one, "", unit).split(words.NBSP)[1] for one in column] == ["d", "d", "d"]


@pytest.mark.parametrize("tokens", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])
def test_letters_and_shapes_stand_out_from_their_ground(tokens: dict[str, str]) -> None:
    assert all(contrast(tokens[letters], tokens[ground]) >= 4.5 for letters, ground in TEXT_PAIRS)
    assert all(contrast(tokens[shape], tokens[ground]) >= 3 for shape, ground in SHAPE_PAIRS)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # WCAG's own example


TEXTS = st.text(st.characters(categories=("L", "N", "P", "Zs", "Lo")), max_size=60)


@given(TEXTS, st.integers(40, 300))
def test_wrapped_lines_fit_and_lose_no_letter(text: str, width: int) -> None:
    lines = wrap(text, width, 13)

    assert all(text_width(line, 13) <= width or len(line) <= 2 for line in lines)
    kept = "".join(lines).replace("-", "").replace(" ", "")
    assert kept == "".join(text.split(" ")).replace("-", "")


@given(TEXTS, st.integers(20, 200))
def test_clipped_text_fits(text: str, width: int) -> None:
    shown = clip(text, width, 13)

    assert shown == text or (shown.endswith(ELLIPSIS) and text_width(shown, 13) <= width)


def test_long_words_break_where_a_syllable_begins() -> None:
    assert wrap("Interessentenqualifizierung", 136, 15, bold=True) == ["Interessenten-", "qualifizierung"]


def test_numbers_are_not_torn() -> None:
    assert wrap("48,123,456,789 started", 112, 13) == ["48,123,456,789", "started"]


def test_number_and_unit_stay_together() -> None:
    assert wrap("3 stalled, EUR\u00a03.0\u00a0m", 90, 13) == ["3 stalled,", "EUR\u00a03.0\u00a0m"]


@given(st.lists(st.floats(60, 4000 * DAY), min_size=1, max_size=20), st.floats(100, 320))
def test_ticks_of_a_ruler_do_not_touch(spans: list[float], width: float) -> None:
    scale = span_scale(spans, width)

    _assert_apart([(scale.at(value), text) for value, text in scale.ticks()], width)
    assert all(0 <= scale.at(span) <= width for span in spans)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_ticks_of_shares_do_not_touch(shares: list[float]) -> None:
    scale = linear_scale(shares, Unit.SHARE, 240)

    _assert_apart([(scale.at(value), text) for value, text in scale.ticks()], 240)


def _assert_apart(ticks: list[tuple[float, str]], width: float) -> None:
    boxes = []
    for at, text in ticks:
        whole = text_width(text, 13)
        left = max(min(at - whole / 2, width - whole), 0.0)
        boxes.append((left, left + whole))
    assert all(right <= left for (_, right), (left, _) in pairwise(boxes))


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_terminal_summary_fits_80_columns(name: str) -> None:
    for line in render_terminal(REPORTS[name]()).splitlines():
        columns = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)
        assert columns <= 80, line


def test_terminal_summary_begins_with_what_to_do() -> None:
    text = render_terminal(nordlicht.report())

    assert text.index("What to do first") < text.index("From signature to adoption")
    assert "→ Call the first five of the list this week" in text
    assert "▲ 63" in text


def test_json_holds_every_number_with_its_n() -> None:
    told = json.loads(render_json(nordlicht.report()))
    figures = list(_figures(told))

    assert told["schema"] == "clew-report/1"
    assert len(figures) > 40
    estimates = [one for one in figures if one["low"] is not None or one["needed"] is not None]
    assert all(one["n"] is not None for one in estimates)


def test_json_names_stages_of_flows_and_writes_times_as_iso() -> None:
    told = json.loads(render_json(nordlicht.report()))
    flow = told["journeys"][0]["picture"]["flows"][1]

    assert flow == {"from": "handed-over", "to": "kick-off", "end": None, "visits": 752}
    assert told["as_of"] == "2026-11-21T12:00:00Z"


def test_keys_of_the_json_stay() -> None:
    told = json.loads(render_json(nordlicht.report()))

    assert list(told) == [
        "schema", "firm", "currency", "time_zone", "as_of", "as_of_words", "basis", "findings", "journeys", "coverage",
        "definitions", "made_by", "period", "command", "diagnosis", "failures",
    ]  # fmt: skip
    assert list(told["journeys"][0]) == [
        "name", "title", "version", "subject", "owner", "picture", "stalled", "open", "loops", "handoffs",
        "comparisons", "notes", "kpis", "review", "part_of", "part_of_journey", "fitness",
    ]  # fmt: skip


def _figures(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        if "needed" in value and "unit" in value:
            yield value
        for part in value.values():
            yield from _figures(part)
    elif isinstance(value, list):
        for part in value:
            yield from _figures(part)


def test_definitions_have_unique_keys_and_end_as_sentences() -> None:
    assert len({one.key for one in DEFINITIONS}) == len(DEFINITIONS)
    assert all(one.meaning.endswith(".") for one in DEFINITIONS)


def test_reference_page_names_every_key_of_the_json() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "report.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[a-z][a-z0-9_]*", " ".join(re.findall(r"`([^`]+)`", page))))

    told = json.loads(render_json(halden.report()))
    told["diagnosis"] = None  # `clew diagnose --json` is told of elsewhere

    assert set(_keys(told)) <= named


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            if key != "evidence":
                yield from _keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from _keys(part)
