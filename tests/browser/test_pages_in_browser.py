"""The pages in a real browser: live without reloading, whole without a script, at every width, by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from clew.web.static import has_script
from tests.browser.living_firm import Firm

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WIDTHS = (1440, 1024, 960, 768, 736, 500, 360)
PAGES = (
    *("/", "/journeys", "/journeys/escalation", "/sources", "/sources/new", "/sources/product", "/live", "/rejected"),
    *("/rejected/1", "/workers", "/people", "/audit?check=yes", "/account", "/nowhere", "/accounts", "/handoffs"),
    *("/questions", "/questions/funnel", "/questions/time?journey=onboarding&by=segment"),
)
NEXT_MESSAGE = "new Promise((done) => document.body.addEventListener('htmx:sseMessage', () => done(), {once: true}))"
needs_script = pytest.mark.skipif(not has_script(), reason="the script of the pages was not built")


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    found = Firm(tmp_path_factory.mktemp("living") / "firm")
    with found.client() as client:
        while client.get("/rejected/1").status_code != 200:  # the first flawed event has arrived
            assert found.process.poll() is None
    yield found
    found.stop()


@pytest.fixture
def opened(browser: Browser, firm: Firm) -> Iterator[Any]:
    """Open a page as the visitor: opened("/live", width=500, java_script_enabled=False)."""
    contexts = []

    def open_page(path: str, width: int = 1440, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.add_cookies([firm.cookie()])
        page = context.new_page()
        page.goto(firm.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_at_any_width(opened: Any, path: str) -> None:
    page = opened(path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})

        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


@pytest.mark.parametrize("path", PAGES)
def test_no_page_breaks_the_policy_that_it_is_sent_with(opened: Any, firm: Firm, path: str) -> None:
    page = opened("/account")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(firm.address + path)
    page.wait_for_load_state("load")

    assert [line for line in said if "404" not in line or path != "/nowhere"] == []


@needs_script
def test_events_appear_while_one_looks(opened: Any) -> None:
    page = opened("/live")
    page.locator("[data-stream=live]").wait_for(state="attached")
    first = page.locator("#arriving tbody tr").first.inner_text()

    page.wait_for_function("first => document.querySelector('#arriving tbody tr').innerText !== first", arg=first)

    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1


@needs_script
def test_pause_holds_the_list_still_until_one_goes_on(opened: Any) -> None:
    page = opened("/live")
    page.locator("[data-stream=live]").wait_for(state="attached")
    page.get_by_role("button", name="Pause").click()
    held = page.locator("#arriving").inner_text()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.evaluate(NEXT_MESSAGE)  # the stream goes on; only the list does not

    assert page.locator("#arriving").inner_text() == held
    assert [url for url in asked if "/live" in url] == []
    page.get_by_role("button", name="Go on").click()
    page.wait_for_function("held => document.querySelector('#arriving').innerText !== held", arg=held)


@needs_script
def test_page_asks_now_and_then_where_no_stream_can_be_had(opened: Any, firm: Firm) -> None:
    page = opened("/account")
    page.route("**/changes**", lambda route: route.abort())
    page.goto(firm.address + "/live")

    page.locator("[data-stream='now and then']").wait_for(state="attached", timeout=30_000)
    first = page.locator("#arriving tbody tr").first.inner_text()
    page.wait_for_function("first => document.querySelector('#arriving tbody tr').innerText !== first", arg=first)


def test_source_is_connected_without_a_script(opened: Any, firm: Firm) -> None:
    page = opened("/sources/new", java_script_enabled=False)
    page.get_by_label("Clew's own JSON").check()
    page.get_by_label("Name").fill("by-hand")
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("button", name="Make a key").click()
    key = unescape(page.locator("#new-key").inner_text())

    assert key in page.locator("#snippet-1").inner_text()
    assert not page.get_by_role("button", name="Copy").first.is_visible()
    assert not page.get_by_role("button", name="Yes, end now").is_visible()
    page.locator("summary", has_text="End now").click()
    assert "It is the only key" in page.locator("#keys").inner_text()
    page.get_by_role("button", name="Yes, end now").click()
    assert "No key yet" in page.locator("#keys").inner_text()
    assert "The key has ended" in page.locator("#keys #said").inner_text()
    assert page.evaluate("document.activeElement.id") == "said"


@needs_script
def test_keys_lead_to_pages_and_tell_themselves(opened: Any, firm: Firm) -> None:
    page = opened("/")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.keyboard.press("Escape")

    page.keyboard.press("g")
    page.keyboard.press("w")

    page.wait_for_url(firm.address + "/workers")


def test_first_key_reaches_the_skip_link_and_focus_is_seen(opened: Any) -> None:
    page = opened("/sources")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_menu_of_a_small_screen_leads_to_every_page(opened: Any, firm: Firm) -> None:
    page = opened("/", width=500)
    assert not page.get_by_role("navigation", name="Pages", exact=True).is_visible()
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("navigation", name="Pages, as a menu").get_by_role("link", name="Audit").click()

    page.wait_for_url(firm.address + "/audit")


def test_dark_and_printed_pages_have_their_own_colours(opened: Any) -> None:
    dark = opened("/workers", color_scheme="dark")
    assert dark.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(18, 24, 23)"

    dark.emulate_media(media="print", color_scheme="dark")

    assert dark.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert not dark.locator("nav").first.is_visible()
    assert dark.pdf().startswith(b"%PDF")
