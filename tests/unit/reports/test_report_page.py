"""The page: structure that a screen reader and a keyboard need, nothing fetched, nothing breaks out of it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import edges
import halden
import nordlicht
import pytest
from parsed import Element, parse

from clew.reports.html import render_html
from clew.reports.model import ReportData, StalledRun

REPORTS = {"nordlicht": nordlicht.report, **edges.ALL, **halden.ALL}


@pytest.fixture(scope="module", params=sorted(REPORTS))
def page(request: pytest.FixtureRequest) -> Element:
    return parse(render_html(REPORTS[request.param]()))


def the(page: Element, tag: str) -> Element:
    found = list(page.all(tag))
    assert len(found) == 1, f"{len(found)} <{tag}>"
    return found[0]


def test_headings_go_down_one_level_at_a_time(page: Element) -> None:
    levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_page_has_one_of_each_landmark_and_a_language(page: Element) -> None:
    for tag in ("header", "main", "nav", "footer", "title"):
        if tag != "title":
            the(page, tag)

    assert the(page, "html").attributes["lang"] == "en"


def test_first_link_skips_to_the_report(page: Element) -> None:
    first = next(page.all("a"))

    assert first.attributes["href"] == f"#{the(page, 'main').attributes['id']}"


def test_ids_are_unique_and_every_link_and_label_leads_to_one(page: Element) -> None:
    ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    wanted = {link.attributes["href"].removeprefix("#") for link in page.all("a")}
    for element in page.all():
        for name in ("aria-labelledby", "aria-describedby", "popovertarget"):
            wanted |= set(element.attributes.get(name, "").split())

    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)


def test_every_table_has_a_caption_and_headers_with_scope(page: Element) -> None:
    for table in page.all("table"):
        assert the(table, "caption").text.strip()
        assert all(head.attributes.get("scope") in ("col", "row") for head in table.all("th"))
        assert all(next(row.all("th"), None) for row in table.all("tr"))


def test_every_picture_has_a_title_and_a_description(page: Element) -> None:
    for svg in page.all("svg"):
        if svg.attributes.get("aria-hidden") == "true":
            continue
        assert the(svg, "title").text.strip()
        assert the(svg, "desc").text.strip()


def test_every_button_has_a_name(page: Element) -> None:
    assert all(button.attributes.get("aria-label") or button.text.strip() for button in page.all("button"))


def test_scrolling_parts_can_be_reached_by_keyboard_and_are_named(page: Element) -> None:
    for region in page.all("div"):
        if region.attributes.get("class") == "scroll":
            assert region.attributes["tabindex"] == "0"
            assert region.attributes["aria-labelledby"]


def test_nothing_is_fetched(page: Element) -> None:
    assert not list(page.all("link", "img", "iframe", "object", "image"))
    assert all("src" not in element.attributes for element in page.all())
    assert all(element.attributes.get("href", "#").startswith("#") for element in page.all())
    assert not re.search(r"url\(|@import|https?:", the(page, "style").text + the(page, "script").text)


def test_every_question_mark_leads_to_a_definition_that_the_glossary_holds_too(page: Element) -> None:
    ids = {element.attributes["id"] for element in page.all() if "id" in element.attributes}
    keys = {button.attributes["popovertarget"].removeprefix("pop-") for button in page.all("button")}

    assert keys
    assert all(f"def-{key}" in ids for key in keys)


def test_names_from_data_cannot_become_markup() -> None:
    page = parse(render_html(edges.hostile()))

    assert len(list(page.all("script"))) == 1
    assert not list(page.all("img"))
    assert not [name for element in page.all() for name in element.attributes if name.startswith("on")]
    assert "alert(" not in the(page, "style").text + the(page, "script").text
    for name in edges.HOSTILE:
        assert name in page.text.replace("\u00a0", " ")


def test_firm_name_in_the_printed_head_cannot_end_the_style() -> None:
    report = replace(nordlicht.report(), firm='"}</style><b>\\0041')

    assert not list(parse(render_html(report)).all("b"))


def test_page_of_a_big_list_stays_small() -> None:
    part = nordlicht.onboarding()
    run = part.stalled.rows[0]
    rows = tuple(replace(run, subject=f"A firm with quite a long name {number}") for number in range(500))
    report = replace(nordlicht.report(), journeys=(replace(part, stalled=replace(part.stalled, rows=rows)),))

    assert len(render_html(report).encode()) < 1_500_000


def test_rendering_twice_gives_the_same_page() -> None:
    assert render_html(nordlicht.report()) == render_html(nordlicht.report())


def test_first_finding_leads_and_links_to_its_place() -> None:
    page = parse(render_html(nordlicht.report()))
    section = next(section for section in page.all("section") if section.attributes.get("class") == "first")

    assert nordlicht.findings()[0].sentence in section.text
    assert next(section.all("a")).attributes["href"] == "#stalled-onboarding"


def test_without_findings_the_page_says_what_to_do_next() -> None:
    page = parse(render_html(edges.empty()))

    assert "clew load" in page.text
    assert "Nothing stands out yet" in page.text


def test_too_few_is_set_like_a_number() -> None:
    page = parse(render_html(edges.too_few()))
    numbers = [span.text for span in page.all("span") if "number" in span.attributes.get("class", "").split()]

    assert "too few: 1 more needed" in numbers


def test_rows_beyond_the_list_are_counted() -> None:
    assert "and 89 further rows" in render_html(nordlicht.report())


def test_value_of_a_stalled_run_may_be_unknown() -> None:
    part = nordlicht.onboarding()
    run = StalledRun("Quiet firm", "Set-up", nordlicht.AS_OF, "limit", 1.0, "us", "", None, None)
    report: ReportData = replace(
        nordlicht.report(), journeys=(replace(part, stalled=replace(part.stalled, rows=(run,))),)
    )

    assert "Quiet firm" in render_html(report)
