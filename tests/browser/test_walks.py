"""Five people, five walks: a start page, at most three actions, the answer readable, no address typed.

Each page on the way is kept as a picture in artefacts/walks/.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.living_firm import Firm

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PICTURES = Path(os.environ.get("CLEW_ARTEFACTS", Path(__file__).parents[2] / "artefacts")) / "walks"
MOST = 3


class Walk:
    """One person's way: every click or sending counts, typing into a field does not."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self._name = page, name
        self.actions: list[str] = []
        PICTURES.mkdir(parents=True, exist_ok=True)
        self._keep()

    def act(self, what: str, do: Callable[[], object]) -> None:
        """Do one thing, and wait for the page that it leads to."""
        self.actions.append(what)
        assert len(self.actions) <= MOST, self.actions
        do()
        self.page.wait_for_load_state("load")
        self._keep()

    def click(self, role: str, name: str | re.Pattern[str]) -> None:
        found = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        self.act(f"{role} {name}", found.click)

    def reads(self, *words: str) -> None:
        """The answer stands on the page, in words."""
        told = self.page.locator("main").inner_text()
        for word in words:
            assert word.lower() in told.lower(), f"{word!r} is not on {self.page.url}:\n{told}"

    def _keep(self) -> None:
        self.page.screenshot(path=PICTURES / f"{self._name}-{len(self.actions)}.png", full_page=True)


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    found = Firm(tmp_path_factory.mktemp("walked") / "firm", pace=60)
    with found.client("aino") as client:
        while "Take it over" not in client.get("/").text:  # a handoff waits
            assert found.process.poll() is None
    yield found
    found.stop()


@pytest.fixture(params=[1440, 390], ids=["laptop", "phone"])
def walking(request: pytest.FixtureRequest, browser: Browser, firm: Firm) -> Iterator[Callable[[str, str], Walk]]:
    contexts = []

    def begin(who: str, start: str) -> Walk:
        size = {"width": request.param, "height": 900}
        context = browser.new_context(viewport=size)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_cookies([firm.cookie(who)])
        page = context.new_page()
        page.goto(firm.address + start)
        return Walk(page, f"{who}-{request.node.callspec.id}")

    yield begin
    for context in contexts:
        context.close()


def test_account_manager_knows_the_account_before_a_call(walking: Callable[[str, str], Walk]) -> None:
    walk = walking("malte", "/")
    if not walk.page.get_by_role("searchbox").first.is_visible():  # on a phone a link leads to it
        walk.click("link", "Search")
    field = walk.page.locator("input[type=search]:visible").first
    field.fill("Valeton")
    walk.act("search", lambda: field.press("Enter"))
    walk.click("link", re.compile("Valeton Machines"))

    walk.reads(
        "Valeton Machines", "Renewal", "Last sign of life", "Edda Hallvik", "decision maker", "What did they receive"
    )
    walk.reads("Promises", "A quote for ten more seats", "Answers on file", "machine list")


def test_delivery_lead_takes_a_handoff(walking: Callable[[str, str], Walk]) -> None:
    walk = walking("aino", "/")
    walk.click("link", re.compile("Take it over"))
    walk.reads("buying reason", "success outcome", "stakeholders", "promises that travel with it", "working")
    walk.click("button", "Accept")

    walk.reads("accepted", "Aino Maasbergen")


def test_cx_leader_chooses_what_to_fix(walking: Callable[[str, str], Walk]) -> None:
    walk = walking("silje", "/journeys")
    walk.page.locator("main").get_by_role("link").first.wait_for()
    walk.act("next step", walk.page.locator("section.next a.button").click)

    walk.reads("over", "value", "account")


def test_revops_engineer_adds_a_stage_to_a_live_journey(
    walking: Callable[[str, str], Walk], request: pytest.FixtureRequest
) -> None:
    walk = walking("jonna", "/journeys/onboarding/edit")
    name = f"checked-{request.node.callspec.id}"
    walk.act("add a stage", walk.page.get_by_text("Add a stage", exact=True).click)
    stage = walk.page.locator("details[open]").last
    stage.get_by_label("Title").fill(name)
    stage.locator("input[name*=enter]:visible").first.fill("first plan checked")
    walk.click("button", "Save, go to publication")
    walk.reads(name, "in flight")
    walk.page.get_by_label(re.compile("^move", re.IGNORECASE)).check()
    walk.click("button", "Publish")

    walk.reads("published")
    with request.getfixturevalue("firm").client("jonna") as client:
        assert name in client.get("/journeys/onboarding").text.lower()


def test_executive_reads_the_verdict(walking: Callable[[str, str], Walk]) -> None:
    walk = walking("hedda", "/")
    walk.act("next step", walk.page.locator("section.next a.button").click)

    walk.reads("Start with", "Thresholds watched", "Value that stands still", "By practice", "By team", "enterprise")
    assert "Valeton" not in walk.page.locator("main").inner_text()
