"""Every word of a page comes from the catalogue of its language: what does not is data, and named here."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from sqlalchemy import insert

from clew import texts
from clew.clock import DAY_US
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.db.tables import run, worker
from tests.access_world import World, make_world
from tests.account_world import NORDWIND, put, story
from tests.arriving_world import NOW, Desk, event

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = "xx"
OPEN, CLOSE = "⟦", "⟧"
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-label")  # attributes that people read or hear
SILENT = {"script", "style", "code", "pre", "textarea", "kbd", "datalist"}  # what stands in them is code or data
TIMES = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)? [A-Z]{2,4})?|\b[PT]?\d[\d.,:]*[%×]?")

ANSWER = re.compile(r'<section class="answer">.*?</section>', re.S)  # questions answer in their own words

# names that stand on every page: the product, the firm, who is signed in
EVERYWHERE = ("Clew", "Hafen", "Anna")
SOURCES = ("chat", "clew")
ACCOUNTS = ("Nordwind Logistik", "enterprise", "Mia", "Sales", "Service", "onboarding", "account:a-1", "desk:4711")
JOURNEY = """
journey: onboarding
title: Titel
subject: account
starts: {event: deal won}
stages:
  - {stage: signed, title: Eins, enter: {event: deal won}, limit: 3 days}
  - {stage: in-use, title: Zwei, enter: {event: said}}
ends:
  lost: {event: contract cancelled}
"""
TITLES = ("Titel", "Eins", "Zwei")
PEOPLE = ("Otto", "Mia", "Vera", "anna@hafen.example", "otto@hafen.example", "mia@hafen.example", "vera@hafen.example")

AUDITED = ("command:test", "add user", "teams", "role", "sales", "journey owner", "member", "viewer", "admin")
WHY = ("this is no time; allowed: a time as 2026-03-04T10:22:31.123Z, or seconds or milliseconds since 1970",)

# page -> the data on it
PAGES = {
    "/account": ("anna@hafen.example",),
    "/audit": (*PEOPLE, *AUDITED),
    "/audit?check=yes": (*PEOPLE, *AUDITED),
    "/live": (*SOURCES, *WHY, "said", "f1"),
    "/nowhere": (),
    "/people": (*PEOPLE, "Sales", "Service", "sales"),
    "/questions": (),
    "/questions/funnel": (*TITLES, "onboarding"),
    "/questions/time": (*TITLES, "onboarding"),
    "/rejected": SOURCES,
    "/rejected/1": (*SOURCES, *WHY, "sources/chat.yaml"),
    "/rejected?source=chat": SOURCES,
    "/rejected?source=chat&reason=no+time": (*SOURCES, *WHY),
    "/rejected?source=gone": (*SOURCES, "gone"),
    "/sources": SOURCES,
    "/sources/chat": (*SOURCES, "sources/chat.yaml", "Python", "curl"),
    "/sources/new": ("RudderStack", "CloudEvents", "PostHog", "Segment"),
    "/workers": ("h", "me", "intake"),
    "/": (),
    "/accounts": (*ACCOUNTS, *TITLES, "EUR"),
    "/accounts/account:a-1/touches": ACCOUNTS,
    "/duplicates": (),
    "/firm": (*ACCOUNTS, *TITLES, "EUR"),
    "/handoffs": (*ACCOUNTS, *TITLES, "Sven"),
    "/journeys/new": (),
    "/journeys/onboarding/runs": (*TITLES, *ACCOUNTS),
    "/promises": (*ACCOUNTS, "Sven", "test access by Friday", "interface", "a training plan"),
    "/search?q=nord": ACCOUNTS,
    "/signals": ACCOUNTS,
}
OUTSIDE = ("/sign-in", "/sign-in?wrong=openid")


class Catalogue(NullTranslations):
    """A language in which every message stands between brackets."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{OPEN}{msgid1 if n == 1 else msgid2}{CLOSE}"


class Words(HTMLParser):
    """Collects what people read outside of brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent.append(tag)
        if self._depth == 0:
            self.found += [_outside(value or "", 0)[0] for name, value in attrs if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            outside, self._depth = _outside(data, self._depth)
            self.found.append(outside)


def _outside(text: str, depth: int) -> tuple[str, int]:
    """What of a text stands outside of brackets, and how many are open at its end."""
    kept = []
    for letter in text:
        depth -= letter == CLOSE
        kept.append(letter if depth == 0 and letter not in (OPEN, CLOSE) else " ")
        depth += letter == OPEN
    return "".join(kept), depth


def untranslated(page: str, data: tuple[str, ...]) -> list[str]:
    """Words of a page that are neither of the catalogue nor data, nor a time or a number."""
    reader = Words()
    reader.feed(ANSWER.sub(" ", page))
    names = sorted({*EVERYWHERE, *data}, key=len, reverse=True)
    known = re.compile(
        "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" if name[-1:].isalnum() else re.escape(name) for name in names)
    )
    left = (" ".join(TIMES.sub(" ", known.sub(" ", text)).split()) for text in reader.found)
    return [text for text in left if re.search(r"[^\W\d_]", text)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A firm with a source, events, a rejected one, a customer, a process."""
    folder = tmp_path_factory.mktemp("firm")
    database = open_database(folder / ".clew")
    migrate(database)
    desk = Desk(folder, database)
    make_world(folder, database)
    (folder / "journeys").mkdir()
    (folder / "journeys" / "onboarding.yaml").write_text(JOURNEY)
    _fill(desk, database)
    yield World(folder, database, clock=NOW)
    database.close()


def _fill(desk: Desk, database: Database) -> None:
    put(database, story())
    desk.send(event(1), {"id": "bad", "event": "said", "at": "yesterday", "account": "f1"})
    desk.take_in()
    process = {"id": "h:1:a", "role": "serve", "host": "h", "process": 1, "version": "0", "doing": {"intake": {}}}
    stands = {"journey": "onboarding", "thread": NORDWIND, "subject": NORDWIND, "number": 0, "version": "v", "shard": 0}
    when = {"started_at": NOW - DAY_US, "stage": "signed", "entered_at": NOW - DAY_US, "late": 0}
    with database.write() as connection:
        connection.execute(insert(worker).values(**process, started_at=NOW, seen_at=NOW))
        connection.execute(insert(run).values(**stands, **when))


@pytest.fixture
def anna(world: World, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """A browser of an admin, who speaks the made-up language."""
    monkeypatch.setattr(texts, "_catalogue", lambda language: Catalogue() if language == LANGUAGE else None)
    client = world.signed_in("anna")
    client.headers["accept-language"] = LANGUAGE
    return client


@pytest.mark.parametrize("path", PAGES)
def test_every_word_of_a_page_comes_from_the_catalogue(anna: httpx.Client, path: str) -> None:
    page = anna.get(path).text

    assert OPEN in page
    assert untranslated(page, PAGES[path]) == []


@pytest.mark.parametrize("path", OUTSIDE)
def test_so_do_those_of_pages_for_nobody(world: World, anna: httpx.Client, path: str) -> None:
    page = world.client().get(path, headers={"accept-language": LANGUAGE}).text

    assert "Sign in" in page
    assert OPEN in page
    assert untranslated(page, ()) == []


def test_a_word_outside_of_the_catalogue_is_found() -> None:
    assert untranslated(
        f"<p title='Hover'>{OPEN}Said <b>so</b>{CLOSE} 12 Otto, 2026-01-31 10:00 CET</p>", ("Otto",)
    ) == ["Hover"]


def test_the_template_of_catalogues_is_what_the_pages_say() -> None:
    checked = subprocess.run([sys.executable, ROOT / "scripts/texts.py", "check"], capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout + checked.stderr
