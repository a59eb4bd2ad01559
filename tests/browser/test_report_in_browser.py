"""The page in a real browser: what measures on paper must hold in letters, at every width, dark and printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from clew.reports.html import render_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
WIDTHS = (1440, 1264, 1024, 960, 768, 736, 480, 360, 320)
DIAGNOSED = ("diagnosed", "diagnosed_unknowing", "diagnosed_hostile")
NAMES = ("nordlicht", "many_stages", "world", "too_few", "huge", "hostile", *DIAGNOSED)
A4 = {"width": 688, "height": 986}  # pixels that the margins leave of a sheet

OVERLAPS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll("svg.drawing")) {
    if (!svg.getClientRects().length) continue;
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("text")].map((word) => [word.getBoundingClientRect(), word.textContent]);
    for (const [box, words] of boxes)
      if (box.left < frame.left - 1 || box.right > frame.right + 1) found.push(`outside: ${words}`);
    for (let i = 0; i < boxes.length; i++)
      for (let j = i + 1; j < boxes.length; j++) {
        const [a, b] = [boxes[i][0], boxes[j][0]];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 8) found.push(`${boxes[i][1]} | ${boxes[j][1]}`);
      }
  }
  return found;
}"""

# Lines of text that lie on other lines, wherever they stand outside of drawings
CROSSING = """() => {
  const lines = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.data.trim() || text.parentElement.closest("svg, details:not([open])")) continue;
    const head = text.parentElement.closest("thead");
    if (head && getComputedStyle(head).clipPath !== "none") continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) if (box.width > 1) lines.push([box, text.data.trim().slice(0, 40)]);
  }
  lines.sort((a, b) => a[0].top - b[0].top);
  const found = [];
  for (let i = 0; i < lines.length; i++)
    for (let j = i + 1; j < lines.length && lines[j][0].top < lines[i][0].bottom; j++) {
      const [a, b] = [lines[i][0], lines[j][0]];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 8) found.push(`${lines[i][1]} | ${lines[j][1]}`);
    }
  return found;
}"""


@pytest.fixture
def opened(browser: Browser, reports: dict[str, Any], tmp_path: Path) -> Iterator[Any]:
    """Open an invented report: opened("nordlicht", width=360, color_scheme="dark")."""
    contexts = []

    def open_report(name: str, width: int = 1440, **options: Any) -> Page:
        path = tmp_path / f"{name}.html"
        path.write_text(render_html(reports[name]()), encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(path.as_uri())
        return page

    yield open_report
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", NAMES)
def test_no_words_overlap_and_nothing_scrolls_sideways_at_any_width(opened: Any, name: str) -> None:
    page = opened(name)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})

        assert page.evaluate(OVERLAPS) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", DIAGNOSED)
def test_no_line_of_the_page_lies_on_another_at_any_width(opened: Any, name: str) -> None:
    page = opened(name)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})

        assert page.evaluate(CROSSING) == []


def test_lines_that_lie_on_each_other_would_be_found(opened: Any) -> None:
    page = opened("diagnosed")
    page.evaluate("document.querySelector('.reason').style.marginTop = '-40px'")

    assert page.evaluate(CROSSING) != []


@pytest.mark.parametrize("name", DIAGNOSED)
def test_the_first_page_fits_a_sheet_of_paper_and_ends_it(opened: Any, name: str) -> None:
    page = opened(name)
    page.emulate_media(media="print")
    page.set_viewport_size(A4)
    bottom = page.evaluate("document.querySelector('section.verdict').getBoundingClientRect().bottom + scrollY")

    assert bottom <= A4["height"]
    assert page.evaluate("getComputedStyle(document.querySelector('section.verdict')).breakAfter") == "page"


def test_the_one_next_thing_is_seen_without_scrolling(opened: Any) -> None:
    for width, height in ((1440, 900), (1024, 768), (768, 1024), (360, 800)):
        page = opened("diagnosed", width=width)
        page.set_viewport_size({"width": width, "height": height})

        assert page.evaluate("document.querySelector('.next .lead').getBoundingClientRect().bottom") <= height


def test_exactly_one_variant_of_the_picture_is_shown_at_any_width(opened: Any) -> None:
    page = opened("nordlicht")
    shown = "[...document.querySelectorAll('.variant')].filter((one) => one.getClientRects().length).length"
    for width in range(320, 1600, 40):
        page.set_viewport_size({"width": width, "height": 900})

        assert page.evaluate(shown) == 1


def test_words_that_overlap_would_be_found(opened: Any) -> None:
    page = opened("nordlicht")
    page.evaluate(
        "document.querySelector('.variant.wide svg').append("
        "document.querySelector('.variant.wide svg text').cloneNode(true))"
    )

    assert page.evaluate(OVERLAPS) != []


def test_hostile_names_run_nothing_and_nothing_is_fetched(opened: Any) -> None:
    said: list[str] = []
    page = opened("nordlicht")
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("pageerror", lambda error: said.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(opened("hostile").url)

    assert said == []
    assert len(asked) == 1


def test_list_can_be_filtered_and_sorted_by_keyboard(opened: Any) -> None:
    page = opened("nordlicht")
    page.get_by_label("Filter").fill("borealis")
    rows = page.locator("[data-filter] tbody tr:visible")
    assert rows.count() == 1

    page.get_by_label("Filter").fill("")
    value = page.locator("[data-filter] thead button.sort", has_text="Value").first
    value.focus()
    page.keyboard.press("Enter")

    assert "Dunmore Estates" in rows.first.inner_text()
    assert page.locator("[data-filter] th[aria-sort=ascending]").count() == 1


def test_definition_opens_beside_its_figure_and_closes_with_escape(opened: Any) -> None:
    page = opened("nordlicht")
    page.get_by_role("button", name="What does Stalled mean?").first.press("Enter")
    told = page.locator("#pop-stalled")
    assert told.is_visible()

    page.keyboard.press("Escape")

    assert not told.is_visible()


def test_first_key_reaches_the_skip_link(opened: Any) -> None:
    page = opened("nordlicht")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_dark_variant_is_dark_in_the_picture_too(opened: Any) -> None:
    page = opened("nordlicht", color_scheme="dark")
    colours = page.evaluate(
        "[getComputedStyle(document.documentElement).backgroundColor,"
        " getComputedStyle(document.querySelector('.variant.wide text')).fill]"
    )

    assert colours == ["rgb(18, 24, 23)", "rgb(233, 238, 236)"]


def test_without_script_everything_is_there(opened: Any) -> None:
    page = opened("nordlicht", java_script_enabled=False)

    assert page.locator("[data-filter] tbody tr").count() == 15
    assert page.locator("#definitions").is_visible()


def test_page_prints(opened: Any, tmp_path: Path) -> None:
    paper = opened("nordlicht").pdf(prefer_css_page_size=True)

    assert paper.startswith(b"%PDF")
    assert 4 <= paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") <= 14
