"""No page has a serious fault of accessibility, whoever opens it, on a laptop and on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.living_firm import Firm

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "node/node_modules/axe-core/axe.min.js"
LOOKS = ((1440, "light"), (390, "dark"))
SERIOUS = ("serious", "critical")
ACCOUNT = "/accounts/account:A-000096"
PAGES = {
    "hedda": ("/", "/firm", "/journeys", "/journeys/onboarding", "/questions"),
    "malte": (
        *("/", "/accounts", ACCOUNT, f"{ACCOUNT}/touches", "/promises", "/signals", "/search?q=Dale"),
        *(f"{ACCOUNT}/act/{kind}" for kind in ("promise", "answer", "touch", "role", "handoff")),
    ),
    "aino": ("/", "/handoffs", "/handoffs?state=sent"),
    "silje": (
        *("/", "/firm", "/journeys/onboarding", "/journeys/onboarding/runs", "/journeys/onboarding/stages/data"),
        *("/journeys/onboarding/edit", "/journeys/onboarding/publish", "/journeys/new", "/settings"),
    ),
    "jonna": (
        *("/", "/pipes", "/duplicates", f"{ACCOUNT}/merge", "/sources", "/sources/product", "/live", "/rejected"),
        *("/rejected/1", "/workers", "/people", "/audit?check=yes", "/settings", "/account", "/nowhere"),
        "/questions/time?journey=onboarding&by=segment",
    ),
}


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    found = Firm(tmp_path_factory.mktemp("living") / "firm")
    yield found
    found.stop()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed; python tests/install_node.py does it")
@pytest.mark.parametrize(("who", "path"), [(who, path) for who, paths in PAGES.items() for path in paths])
def test_page_has_no_serious_fault(browser: Browser, firm: Firm, who: str, path: str) -> None:
    faults: list[str] = []
    for width, scheme in LOOKS:
        size: Any = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
        context.add_cookies([firm.cookie(who)])
        page = context.new_page()
        page.goto(firm.address + path)
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run()")
        faults += [f"{width} {scheme}: {said}" for said in _told(found["violations"])]
        context.close()

    assert faults == []


def _told(violations: list[dict[str, Any]]) -> Iterator[str]:
    for one in violations:
        if one["impact"] in SERIOUS:
            node = one["nodes"][0]
            yield f"{one['id']} ({len(one['nodes'])}): {node['html'][:160]} | {node['failureSummary'][:300]}"
