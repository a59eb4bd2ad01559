"""A stage is added to a live journey in a real browser: typed, saved, published with its runs, seen on the map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.living_firm import Firm

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WIDTHS = (1440, 1024, 736, 360)
PAGES = (
    *(
        "/journeys/renewal/edit",
        "/journeys/renewal/edit?as=text",
        "/journeys/renewal/check",
        "/journeys/renewal/compare",
    ),
    *("/journeys/renewal/publish", "/journeys/new", "/settings", "/settings/calendars", "/settings/meanings"),
    *("/settings/process", "/settings/segments?as=text"),
)


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    found = Firm(tmp_path_factory.mktemp("edited") / "firm")
    yield found
    found.stop()


@pytest.fixture
def opened(browser: Browser, firm: Firm) -> Iterator[Any]:
    """Open a page as the visitor."""
    contexts = []

    def open_page(path: str, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, **options)
        contexts.append(context)
        context.add_cookies([firm.cookie()])
        page = context.new_page()
        page.goto(firm.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_stage_is_published_three_actions_after_it_was_typed(opened: Any, script: bool) -> None:
    title = "Learning" if script else "Practice"
    page = opened("/journeys/onboarding/publish", java_script_enabled=script)
    if page.get_by_role("button", name="Publish", exact=True).count():
        press(page, "Publish")
    page.goto(page.url.partition("/publish")[0])
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_text("Add a stage").click()
    further = page.locator("#new-stage")
    further.get_by_label("Title").fill(title)
    further.locator("input[name='stages/new/enter']").first.fill("usage review held")

    press(page, "Save, go to publication")
    page.get_by_label("move").check()
    press(page, "Publish")

    assert "Published: it is in force from now on." in page.inner_text("main")
    page.get_by_role("navigation", name="This journey").get_by_role("link", name="Journey").click()
    assert title in page.inner_text("main")


def test_place_of_a_mistake_leads_to_its_line(opened: Any) -> None:
    page = opened("/journeys/escalation/edit?as=text")
    text = page.locator("#text")
    text.fill(text.input_value() + "\nteem: x\n")

    press(page, "Check, without saving")
    page.get_by_role("row", name="unknown key 'teem'").get_by_role("link").click()

    line = page.url.rpartition("#L")[2]
    page.wait_for_function("at => document.getElementById(at).getBoundingClientRect().top < 900", arg=f"L{line}")
    assert page.locator(f"#L{line}.bad").count() == 1


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_or_breaks_its_policy(opened: Any, firm: Firm, path: str) -> None:
    page = opened("/account")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)

    page.goto(firm.address + path)

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
    assert said == []
