"""The picture: words never run into each other, widths are to scale, every number is also in the tables."""

from __future__ import annotations

import re
from itertools import pairwise

import edges
import nordlicht
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsed import Element, parse

from clew.reports.html import TALL, WIDTHS
from clew.reports.legend import legend
from clew.reports.measure import text_width
from clew.reports.model import Comparison, Flow, Picture
from clew.reports.picture.frame import Frame
from clew.reports.picture.slots import Kind, arrange, kind_of
from clew.reports.picture.tall import tall
from clew.reports.picture.text import flow_table, stage_table
from clew.reports.picture.wide import wide
from clew.reports.plots import panel
from clew.reports.words import count

REPORTS = {"nordlicht": nordlicht.report, **edges.ALL}
PICTURES = {
    f"{name}-{place}": part.picture for name, report in REPORTS.items() for place, part in enumerate(report().journeys)
}


def frame(width: float) -> Frame:
    return Frame("A journey", "What it shows", f"k{width:.0f}", width, "EUR", "#stalled")


def drawings(picture: Picture, width: float) -> list[Element]:
    if width == TALL:
        return [parse(str(tall(picture, frame(width))))]
    rows = wide(picture, frame(width))
    return [parse(str(part)) for row in rows for part in (row.actual, row.titles, row.lanes) if part]


def box(word: Element) -> tuple[float, float, float]:
    """Left, right and base of a text."""
    size = float(word.attributes.get("font-size", 13))
    wide_ = text_width(word.text, size, bold=word.attributes.get("font-weight") == "600")
    left = word.number("x") - {"middle": wide_ / 2, "end": wide_}.get(word.attributes.get("text-anchor", ""), 0)
    return left, left + wide_, word.number("y")


@pytest.mark.parametrize("width", [*WIDTHS.values(), TALL])
@pytest.mark.parametrize("name", sorted(PICTURES))
def test_no_text_overlaps_another_or_leaves_the_drawing(name: str, width: float) -> None:
    for drawing in drawings(PICTURES[name], width):
        boxes = sorted((round(y / 4), left, right, y) for left, right, y in map(box, drawing.all("text")))

        assert all(left >= 0 and right <= width + 1 for _, left, right, _ in boxes)
        for (row, _, right, _), (next_row, left, _, _) in pairwise(boxes):
            assert row != next_row or left >= right


@pytest.mark.parametrize("width", [*WIDTHS.values(), TALL])
def test_no_text_lies_below_the_drawing(width: float) -> None:
    for drawing in drawings(nordlicht.onboarding_picture(), width):
        height = next(drawing.all("svg")).number("height")

        assert all(word.number("y") <= height for word in drawing.all("text"))


def test_bars_are_as_tall_as_their_visits() -> None:
    picture = nordlicht.onboarding_picture()
    actual = parse(str(wide(picture, frame(1200))[0].actual))
    bars = [bar for bar in actual.all("rect") if bar.attributes["fill"] == "#0d5f58"]

    assert len(bars) == len(picture.stages)
    scale = bars[0].number("height") / picture.stages[0].visits
    for bar, stage in zip(bars, picture.stages, strict=True):
        assert bar.number("height") == pytest.approx(stage.visits * scale, abs=0.02)


def test_flow_of_half_the_runs_is_half_as_thick() -> None:
    stages = edges.picture(("a", "b", "c"), 100, stalled=0).stages
    picture = Picture(stages, (Flow(None, 0, 100), Flow(0, 1, 100), Flow(1, 2, 50)), (), 100)
    ribbons = [
        path.attributes["d"]
        for path in parse(str(wide(picture, frame(1200))[0].actual)).all("path")
        if path.attributes["fill"] == "#a9cfc9"
    ]
    heights = [_height(path) for path in ribbons]

    assert heights[0] == pytest.approx(2 * heights[1], rel=0.01)


def _height(path: str) -> float:
    """Of a ribbon: from its upper to its lower edge where it arrives."""
    found = re.search(r" ([\d.]+) [\d.]+ ([\d.]+)V([\d.]+)C", path)
    assert found
    return float(found[3]) - float(found[2])


@pytest.mark.parametrize("width", [*WIDTHS.values(), TALL])
def test_every_count_stands_in_the_picture_at_every_width(width: float) -> None:
    picture = nordlicht.onboarding_picture()
    words = " ".join(word.text for drawing in drawings(picture, width) for word in drawing.all("text"))

    for stage in picture.stages:
        assert f"{count(stage.runs.value or 0)} runs" in words
        assert f"{stage.here} here now" in words
        assert not stage.stalled or f"{stage.stalled} stalled" in words
    for flow in picture.flows:
        if kind_of(flow) in (Kind.SKIP, Kind.BACK):
            assert re.search(rf"\b{flow.visits}\b", words)


def test_tables_hold_every_flow_and_every_stage() -> None:
    picture = nordlicht.onboarding_picture()

    assert len(stage_table(picture).rows) == len(picture.stages)
    assert len(flow_table(picture).rows) == len(picture.flows)


def test_stalls_link_to_the_list() -> None:
    actual = parse(str(wide(nordlicht.onboarding_picture(), frame(1200))[0].actual))
    links = list(actual.all("a"))

    assert len(links) == sum(1 for stage in nordlicht.onboarding_stages() if stage.stalled)
    assert {link.attributes["href"] for link in links} == {"#stalled"}


def test_colours_survive_without_the_page_style() -> None:
    for drawing in drawings(nordlicht.onboarding_picture(), 1200):
        for shape in drawing.all("rect", "path", "circle", "text"):
            assert re.fullmatch(r"none|#[0-9a-f]{6}", shape.attributes["fill"])


def test_optional_stage_is_dashed() -> None:
    actual = parse(str(wide(nordlicht.onboarding_picture(), frame(1200))[0].actual))
    dashed = [path for path in actual.all("path") if "stroke-dasharray" in path.attributes]

    assert len(dashed) == sum(stage.planned.optional for stage in nordlicht.onboarding_stages())


def test_legend_names_everything_with_a_word() -> None:
    assert all(words.strip() and "<svg" in swatch for swatch, words in legend())


@pytest.mark.parametrize("comparison", nordlicht.comparisons(), ids=lambda one: one.title)
def test_plots_keep_their_words_apart(comparison: Comparison) -> None:
    for place, one in enumerate(comparison.panels):
        drawing = parse(str(panel(one, f"p{place}", "EUR")))
        boxes = sorted((y, left, right) for left, right, y in map(box, drawing.all("text")))

        for (y, _, right), (next_y, left, _) in pairwise(boxes):
            assert y != next_y or left >= right
        for group in one.groups:
            assert group.label.split()[0] in drawing.text


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Any flows between five stages."""
    places = st.one_of(st.none(), st.integers(0, 4))
    flows = draw(
        st.lists(st.builds(Flow, places, places, st.integers(1, 500), st.sampled_from(("", "lost"))), max_size=20)
    )
    kept = {(f.source, f.target, f.end): f for f in flows if f.source != f.target}
    stages = edges.picture(("a", "b", "c", "d", "e"), 100).stages
    return Picture(stages, tuple(kept.values()), (), 100)


@given(pictures())
def test_flows_of_a_stage_lie_one_below_the_other(picture: Picture) -> None:
    slots = arrange(picture)
    for offsets, end in ((slots.leaves, "source"), (slots.arrives, "target")):
        for place in range(len(picture.stages)):
            touching = sorted((offsets[f], f.visits) for f in picture.flows if getattr(f, end) == place)
            for (top, thick), (below, _) in pairwise(touching):
                assert below >= top + thick
            assert all(top + thick <= slots.heights[place] for top, thick in touching)
