"""Every touch of an account: latest first, chosen in many ways, drawn over time, said only where that is permitted."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from clew.clock import DAY_US
from clew.context.model import Context
from clew.db.engine import Database
from tests.access_world import World, make_world
from tests.account_world import header, put
from tests.arriving_world import CHAT, NOW, Desk, event

FIRM = "firm: Hafen\ncurrency: EUR\ntime_zone: Europe/Berlin\nteams: {sales: Sales, service: Service}\n"
MEANINGS = """
about: topic
sent: {when: {event: mail sent}}
engaged: {event: mail opened}
stated: {when: {event: told}, says: says, within: 60 days}
silence: {when: {event: product used}}
"""
ACCOUNT = "account:f1"
PAGE = f"/accounts/{ACCOUNT}/touches"


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    """A desk whose events keep a topic and what was said, and a customer of the team sales."""
    made = Desk(tmp_path, database)
    make_world(tmp_path, database)
    (tmp_path / "clew.yaml").write_text(FIRM)
    (tmp_path / "meanings.yaml").write_text(MEANINGS)
    made.source("chat", CHAT + "properties: [topic, says]\n")
    put(database, Context(header(ACCOUNT, name="Fjordglas", ids=("account:f1", "desk:77"))))
    return made


@pytest.fixture
def world(desk: Desk) -> World:
    return World(desk.folder, desk.database, clock=NOW)


@pytest.fixture
def mia(world: World) -> httpx.Client:
    """A browser of somebody of the team sales."""
    return world.signed_in("mia")


def said(number: int, name: str, topic: str = "", says: str = "", **more: Any) -> dict[str, Any]:
    properties = {name: text for name, text in (("topic", topic), ("says", says)) if text}
    return event(number, name, properties=properties, **more)


def told(desk: Desk) -> None:
    """A month of the customer, one event an hour back from NOW for each number."""
    desk.send(
        said(1, "mail sent", "prices", team="sales", channel="email"),
        said(2, "mail opened", "prices", channel="email"),
        said(3, "product used", contact="tom@x.org"),
        said(30, "told", "prices", "they stay", team="sales", contact="tom@x.org"),
        said(60, "told", "prices", "they rise in May", team="service"),
        said(700, "told", "hours", "weekdays", team="service"),
    )
    desk.take_in()


def text(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def events(answer: httpx.Response) -> list[str]:
    """What happened, in the order of the page."""
    assert answer.status_code == 200, answer.text[:2000]
    body = answer.text[answer.text.index('class="list-controls"') :]
    return [text(row).split(" “")[0] for row in re.findall(r'<th scope="row">(.*?)</th>', body, re.S)]


def test_every_touch_is_shown_latest_first(desk: Desk, mia: httpx.Client) -> None:
    told(desk)

    page = mia.get(PAGE)

    assert events(page) == [
        "mail sent prices", "mail opened prices", "product used", "told prices", "told prices", "told hours",
    ]  # fmt: skip
    assert "“they rise in May”" in text(page.text)
    assert "tom@x.org" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=received", ["mail sent prices"]),
        ("kind=engaged", ["mail opened prices"]),
        ("kind=did", ["product used"]),
        ("kind=other", ["told prices", "told prices", "told hours"]),
        ("team=service", ["told prices", "told hours"]),
        ("team=none", ["mail opened prices", "product used"]),
        ("channel=email", ["mail sent prices", "mail opened prices"]),
        ("topic=hours", ["told hours"]),
        ("topic=prices&team=sales", ["mail sent prices", "told prices"]),
        ("source=chat", ["mail sent prices", "mail opened prices", "product used", "told prices", "told prices",
                         "told hours"]),
        ("q=MAIL+prices", ["mail sent prices", "mail opened prices"]),
        ("q=in+may", ["told prices"]),  # what was said
        ("q=nothing+of+this", []),
    ],
)  # fmt: skip
def test_touches_are_chosen(desk: Desk, mia: httpx.Client, query: str, found: list[str]) -> None:
    told(desk)

    assert events(mia.get(f"{PAGE}?{query}")) == found


def test_touches_with_one_person(desk: Desk, mia: httpx.Client) -> None:
    told(desk)
    number = re.search(r'<option value="(\d+)">tom@x.org', mia.get(PAGE).text)
    assert number

    assert events(mia.get(f"{PAGE}?person={number[1]}")) == ["product used", "told prices"]


def test_what_was_said_and_who_is_for_who_works_with_the_account(desk: Desk, world: World) -> None:
    told(desk)
    with desk.database.write() as connection:
        from clew.db.tables import account

        connection.execute(account.update().values(teams=["service"], owner="Sven"))
    mia = world.signed_in("mia")

    pages = [mia.get(PAGE), mia.get(f"/accounts/{ACCOUNT}"), mia.get(f"{PAGE}?as=csv"), mia.get(f"{PAGE}?as=json")]

    for page in pages:
        assert page.status_code == 200
        assert "they rise in May" not in page.text
        assert "tom@x.org" not in page.text
    assert "a contact" in pages[0].text
    assert events(mia.get(f"{PAGE}?q=may")) == []  # nobody finds out by searching
    assert mia.get(f"{PAGE}?person=0").status_code == 200
    assert "tom@x.org" in world.signed_in("otto").get(PAGE).text


def test_touches_are_exported_as_they_are_chosen(desk: Desk, mia: httpx.Client) -> None:
    told(desk)

    rows = list(csv.DictReader(io.StringIO(mia.get(f"{PAGE}?topic=prices&as=csv").text)))

    assert [row["event"] for row in rows] == ["mail sent", "mail opened", "told", "told"]
    assert (rows[-1]["says"], rows[-1]["team"], rows[-1]["kind"]) == ("they rise in May", "service", "other")
    assert mia.get(f"{PAGE}?kind=did&as=json").json()[0]["contact"] == "tom@x.org"


def test_touches_are_drawn_over_time_by_team(desk: Desk, mia: httpx.Client) -> None:
    told(desk)

    page = mia.get(PAGE).text
    strip = page[page.index('<table class="strip"') : page.index("</table>")]

    rows = [text(row) for row in re.findall(r'<tr><th scope="row".*?</tr>', strip, re.S)]
    assert [row[: row.index(" 2 ") + 2] for row in rows] == ["no team named 2", "Sales 2", "Service 2"]
    assert strip.count('class="ticks"') == 3
    assert len(re.findall(r"M[\d.]+ 24v", strip)) >= 5


def test_hundred_touches_come_in_two_pages(desk: Desk, mia: httpx.Client) -> None:
    desk.send(*(said(number, "product used") for number in range(1, 100)))
    desk.take_in()

    first, second = mia.get(PAGE), mia.get(f"{PAGE}?page=2")

    assert (len(events(first)), len(events(second))) == (50, 49)
    assert "Page 2 of 2" in text(second.text)


def test_account_page_puts_touches_alike_into_one_line(desk: Desk, mia: httpx.Client) -> None:
    desk.send(*(said(number, "product used") for number in range(1, 8)), said(9, "mail sent", team="sales"))
    desk.take_in()

    page = mia.get(f"/accounts/{ACCOUNT}").text

    latest = text(page[page.index('id="touches"') :])
    assert re.search(r"product used ×7 .*mail sent", latest), latest[:400]


def test_account_page_shows_where_teams_told_different_things(desk: Desk, mia: httpx.Client) -> None:
    told(desk)

    page = mia.get(f"/accounts/{ACCOUNT}").text
    topics = text(page[page.index('id="said-on"') : page.index('id="touches"')])

    assert re.search(r"prices\W+told differently Sales : “they stay” .* Service : “they rise in May”", topics), topics
    assert re.search(r"hours Service : “weekdays”", topics)


def test_statements_far_apart_do_not_contradict_each_other(desk: Desk, mia: httpx.Client) -> None:
    desk.send(
        said(1, "told", "prices", "they rise", team="sales"),
        said(1, "told", "prices", "they stay", team="service", at=NOW - 90 * DAY_US) | {"id": "old"},
    )
    desk.take_in()

    assert "told differently" not in mia.get(f"/accounts/{ACCOUNT}").text


def test_touches_of_an_account_without_any_say_so(mia: httpx.Client) -> None:
    page = mia.get(PAGE)

    assert "Nothing has happened with this account" in text(page.text)
    assert "Nothing has happened with this account" in text(mia.get(f"/accounts/{ACCOUNT}").text)
