"""The list of accounts and the page of one: what they say first, what they count, what they keep to themselves."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from clew.accounts.persons import Record, open_persons
from clew.clock import DAY_US
from clew.context.model import Context, Handoff, HandoffState, Header, Membership, Promise, Receipt
from clew.db.engine import Database
from clew.db.tables import audit, duplicate, run
from clew.live.state.model import Step
from clew.live.state.paths import written
from tests.access_world import World, make_world
from tests.account_world import NORDWIND, NOW, header, notice, put, story
from tests.arriving_world import Desk

JOURNEY = """
journey: onboarding
title: From signature to use
subject: account
starts: {event: deal won}
stages:
  - {stage: signed, title: Signed, enter: {event: deal won}, limit: 3 days}
  - {stage: kickoff, title: Kickoff, enter: {event: kickoff held}}
  - {stage: in-use, title: In use, enter: {event: said}, waiting_on: customer}
ends:
  lost: {event: contract cancelled}
"""


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    made = Desk(tmp_path, database)
    make_world(tmp_path, database)
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "onboarding.yaml").write_text(JOURNEY)
    return made


@pytest.fixture
def world(desk: Desk) -> World:
    return World(desk.folder, desk.database, clock=NOW)


@pytest.fixture
def mia(world: World) -> httpx.Client:
    """A browser of somebody of the team sales."""
    return world.signed_in("mia")


def text(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    assert answer.status_code == 200, answer.text[:2000]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def next_step(answer: httpx.Response) -> str:
    found = re.search(r'<section class="next".*?</section>', answer.text, re.S)
    assert found, answer.text[:2000]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def section(answer: httpx.Response, title: str) -> str:
    """What stands under a heading of the page."""
    found = re.search(rf'<section aria-labelledby="{title}-title".*?</section>', answer.text, re.S)
    assert found, f"no section {title}"
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def persons(desk: Desk) -> None:
    with open_persons(desk.store) as store, store.transaction():
        store.surrogates(["nobody@x.example", "karla@nordwind.example", "tom@nordwind.example"])
        store.describe([Record(1, "karla@nordwind.example", name="Karla Brandt")])


def stand(desk: Desk, path: list[Step], **more: Any) -> None:
    """Put a run of the customer into the live state."""
    row = {"journey": "onboarding", "thread": NORDWIND, "subject": NORDWIND, "number": 0, "version": "v", "shard": 0}
    values = {"started_at": path[0].at, "stage": path[-1].went, "entered_at": path[-1].at, "late": 0}
    with desk.database.write() as connection:
        connection.execute(insert(run).values(**row, **(values | more), path=written(path)))


def waiting() -> Handoff:
    """A handoff of which the receipt is due tomorrow."""
    sent = (Receipt(NOW - DAY_US, HandoffState.SENT),)
    return Handoff("onboarding/x/0/0", "onboarding", NORDWIND, "sales", "service", sent, due_at=NOW + DAY_US)


def names(answer: httpx.Response) -> list[str]:
    """Accounts of the list, in their order."""
    return re.findall(r'<th scope="row"><a href="/accounts/[^"]+">([^<]+)</a>', answer.text)


# -- the list --------------------------------------------------------------------------------------------------------


def several(desk: Desk) -> None:
    other = {"owner": "Otto", "team": "service", "teams": ("service",)}
    put(
        desk.database,
        story(),
        Context(
            header("account:a-2", name="Alpenglas", ids=("account:a-2",), segment="small", renewal_at=None, **other)
        ),
        Context(header("account:a-3", name="Cassel", ids=("account:a-3",), lost_at=NOW - DAY_US, **other)),
        Context(header("account:a-4", name="Birke", ids=("account:a-4",), customer_since=None, revenue=None, **other)),
    )


def test_list_shows_what_waits_and_leads_to_it(desk: Desk, mia: httpx.Client) -> None:
    several(desk)
    notice(desk.database, NORDWIND, "silence", "Nordwind is silent")
    stand(desk, [Step(NOW - 9 * DAY_US, None, "signed", None)])

    page = mia.get("/accounts")

    assert names(page) == ["Alpenglas", "Birke", "Cassel", "Nordwind Logistik"]
    row = re.search(r">Nordwind Logistik</a>.*?</tr>", page.text, re.S)
    assert row
    said = " ".join(unescape(re.sub(r"<[^>]+>", " ", row[0])).split())
    assert "Signed" in said
    assert "1 broken" in said
    assert "1 open" in said
    assert "1 waiting" in said
    assert "48,000 EUR" in said
    assert "1 account that you work with waits for a promise that was due, Nordwind Logistik first." in next_step(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mine=yes", ["Nordwind Logistik"]),
        ("segment=small", ["Alpenglas"]),
        ("team=service", ["Alpenglas", "Birke", "Cassel"]),
        ("stands=customer", ["Alpenglas", "Nordwind Logistik"]),
        ("stands=lost", ["Cassel"]),
        ("stands=prospect", ["Birke"]),
        ("renewal=soon", ["Birke", "Nordwind Logistik"]),  # a lost account renews no more
        ("needs=promise", ["Nordwind Logistik"]),
        ("needs=handoff", ["Nordwind Logistik"]),
        ("signal=silence", ["Alpenglas"]),  # one that is gone counts no more
        ("q=wind+nord", ["Nordwind Logistik"]),
        ("q=4711", ["Nordwind Logistik"]),  # an id of another system
        ("q=desk:4711", ["Nordwind Logistik"]),
        ("q=100%25", []),
        ("sort=-revenue", ["Alpenglas", "Cassel", "Nordwind Logistik", "Birke"]),  # nobody knows it: last
        ("sort=-promises", ["Nordwind Logistik", "Alpenglas", "Birke", "Cassel"]),
    ],
)
def test_list_is_filtered_and_sorted(desk: Desk, mia: httpx.Client, query: str, found: list[str]) -> None:
    several(desk)
    notice(desk.database, "account:a-2", "silence", "Alpenglas is silent")
    notice(desk.database, "account:a-3", "silence", "Cassel was silent", gone_at=NOW)

    assert names(mia.get(f"/accounts?{query}")) == found


def test_nothing_is_due_to_a_lost_account(desk: Desk, mia: httpx.Client) -> None:
    put(desk.database, story(header=header(lost_at=NOW - DAY_US)))

    assert names(mia.get("/accounts?needs=promise")) == []
    assert "No promise is broken and no handoff is late on your accounts." in next_step(mia.get("/accounts"))


def test_list_pages_and_exports(desk: Desk, mia: httpx.Client) -> None:
    put(
        desk.database,
        *(Context(Header(f"account:n{one:03}", f"Firm {one:03}", (f"account:n{one:03}",))) for one in range(120)),
    )

    second = mia.get("/accounts?page=2")
    told = list(csv.DictReader(io.StringIO(mia.get("/accounts?as=csv").text)))

    assert names(second)[0] == "Firm 050"
    assert len(names(second)) == 50
    assert "Page 2 of 3" in text(second)
    assert [row["name"] for row in told][-1] == "Firm 119"
    assert len(told) == 120
    assert mia.get("/accounts?q=firm+007&as=json").json()[0]["account"] == "account:n007"


def test_list_of_a_firm_without_accounts_says_where_they_come_from(mia: httpx.Client) -> None:
    assert "No account yet" in text(mia.get("/accounts"))


def test_list_is_not_for_who_sees_no_single_account(world: World) -> None:
    assert world.signed_in("vera").get("/accounts").status_code == 403


# -- one account -----------------------------------------------------------------------------------------------------


def test_page_answers_first_what_is_broken(desk: Desk, mia: httpx.Client) -> None:
    put(desk.database, story())

    page = mia.get("/accounts/account:a-1")

    assert "A promise is broken: “test access by Friday” was due 5 days ago." in next_step(page)


@pytest.mark.parametrize(
    ("more", "path", "says"),
    [
        # nothing broken: the handoff that waits too long
        ({"promises": ()}, (), "Service has not taken over from Sales: the receipt was due 2 days ago."),
        # no handoff either: the stage that is over its limit
        ({"promises": (), "handoffs": ()}, (Step(NOW - 9 * DAY_US, None, "signed", None),),
         "From signature to use has stood in Signed for 9 days, 6 days over its limit; it waits on us."),
        # all is well, but the renewal is near and nobody was heard of
        ({"promises": (), "handoffs": (), "header": header(heard_at=NOW - 50 * DAY_US)}, (),
         "The contract renews in 40 days, and we have heard nothing for 50 days."),
        # a handoff that waits within its time
        ({"promises": (), "handoffs": (waiting(),)}, (),
         "Service is to take over from Sales: the receipt is due in 1 day."),
        # a promise that is due soon, where nothing else is
        ({"promises": (Promise("p-3", NOW - 9 * DAY_US, NOW + 6 * DAY_US, says="a training plan"),), "handoffs": (),
          "ready": False}, (), "Nothing is late. Next is a promise: “a training plan”, due in 6 days."),
        # a detector found it ready
        ({"promises": (), "handoffs": ()}, (), "Nordwind is ready for more seats"),
        # a lost account has nothing due
        ({"header": header(lost_at=NOW - 8 * DAY_US)}, (), "This account was lost 8 days ago; nothing is due."),
    ],
)  # fmt: skip
def test_next_step_goes_from_the_broken_to_what_could_be_won(
    desk: Desk, mia: httpx.Client, more: dict[str, Any], path: tuple[Step, ...], says: str
) -> None:
    one, ready = story(), more.get("ready", True)
    more = {name: value for name, value in more.items() if name != "ready"}
    put(desk.database, Context(**{**{name: getattr(one, name) for name in one.__dataclass_fields__}, **more}))
    if ready:
        notice(desk.database, NORDWIND, "missed-expansion", "Nordwind is ready for more seats")
    if path:
        stand(desk, list(path), limit_at=NOW - 6 * DAY_US)

    assert says in next_step(mia.get(f"/accounts/{NORDWIND}"))


def test_page_says_that_nothing_waits(desk: Desk, mia: httpx.Client) -> None:
    put(desk.database, Context(header()))

    page = mia.get(f"/accounts/{NORDWIND}")

    assert "Nothing waits for us here" in next_step(page)
    assert "Nobody is known at this account yet" in section(page, "committee")
    assert "Nothing was promised" in section(page, "promises")
    assert "This account has not started any journey" in section(page, "track")


def test_page_tells_header_commitments_and_answers(desk: Desk, mia: httpx.Client) -> None:
    persons(desk)
    put(desk.database, story(), Context(header("account:a-9", name="Nordwind Tochter", ids=(), parent=NORDWIND)))
    notice(desk.database, NORDWIND, "silence", "Nordwind shows no sign of life")

    page = mia.get(f"/accounts/{NORDWIND}")
    said = text(page)

    assert "48,000 EUR" in said
    assert "enterprise" in said
    assert "desk:4711" in said
    assert "Nordwind Tochter" in said
    assert "What did they receive? 17 mail sent" in section(page, "four")
    assert "Karla Brandt champion argues for us" in section(page, "committee")
    assert "no decision maker" in section(page, "committee")
    assert "no champion" not in section(page, "committee")
    promises = section(page, "promises")
    assert re.search(r"test access by Friday.*broken.*training plan.*open.*offer.*kept", promises)
    handoffs = section(page, "handoffs")
    assert "waits for its receipt" in handoffs
    assert "the old system ends in May" in handoffs
    assert "next step missing" in handoffs
    assert "1 open promise carried over" in handoffs
    assert "Orbit 7" in section(page, "answers")
    assert "Gone silent" in section(page, "signals")


def test_any_id_of_the_account_leads_to_its_address(desk: Desk, mia: httpx.Client) -> None:
    put(desk.database, story())

    for told in ("4711", "desk:4711", "a-1"):
        answer = mia.get(f"/accounts/{told}?x=1")
        assert (answer.status_code, answer.headers["location"]) == (307, "/accounts/account:a-1?x=1")
    assert mia.get("/accounts/4711/touches").headers["location"] == "/accounts/account:a-1/touches"
    assert mia.get("/accounts/4712").status_code == 404


def test_names_and_words_are_for_who_works_with_the_account(desk: Desk, world: World) -> None:
    persons(desk)
    put(desk.database, story(header=header(teams=("service",), team="service", owner="Sven")))

    hidden, shown = (
        world.signed_in("mia").get(f"/accounts/{NORDWIND}"),
        world.signed_in("otto").get(f"/accounts/{NORDWIND}"),
    )

    for word in (
        "Karla Brandt",
        "test access by Friday",
        "the old system ends in May",
        "Orbit 7",
        "/act/promise",
        "?person=1",
    ):
        assert word not in hidden.text, word
        assert word in shown.text, word
    assert "champion" in text(hidden)
    assert "interface" in text(hidden)


def test_reading_names_is_noted_once_a_view(desk: Desk, mia: httpx.Client) -> None:
    persons(desk)
    put(desk.database, story())

    mia.get(f"/accounts/{NORDWIND}")
    mia.get(f"/accounts/{NORDWIND}", headers={"hx-request": "true", "hx-target": "account-now"})

    with desk.database.read() as connection:
        reads = connection.execute(select(audit.c.object).where(audit.c.action == "read")).scalars().all()
    assert reads == [NORDWIND]


def test_track_fills_what_happened_and_names_what_was_not_planned(desk: Desk, mia: httpx.Client) -> None:
    put(desk.database, story())
    day = NOW - 20 * DAY_US
    stand(
        desk,
        [
            Step(day, None, "signed", None),
            Step(day + 3 * DAY_US, "signed", "in-use", None),
            Step(day + 6 * DAY_US, "in-use", "signed", None),
            Step(day + 8 * DAY_US, "signed", "in-use", None),
        ],
    )

    track = section(mia.get(f"/accounts/{NORDWIND}"), "track")

    assert re.search(r"Signed went through ×2.*Kickoff left out.*In use is here ×2", track), track
    assert "Left out: Kickoff." in track
    assert "Went back from In use to Signed." in track


def test_probable_duplicate_is_hinted_until_somebody_decided(desk: Desk, mia: httpx.Client) -> None:
    put(desk.database, story(), Context(header("account:a-2", name="Nordwind Logistics", ids=())))
    pair = {"left": NORDWIND, "right": "account:a-2", "chance": 900_000, "reasons": [], "found_at": NOW}
    with desk.database.write() as connection:
        connection.execute(insert(duplicate).values(**pair))
    assert "May be the same as Nordwind Logistics" in text(mia.get(f"/accounts/{NORDWIND}"))

    with desk.database.write() as connection:
        connection.execute(duplicate.update().values(decision="different"))
    assert "May be the same as" not in text(mia.get(f"/accounts/{NORDWIND}"))


def test_account_of_which_nothing_is_derived_yet_shows_its_runs(desk: Desk, mia: httpx.Client) -> None:
    stand(desk, [Step(NOW - DAY_US, None, "signed", None)])

    assert "1 run" in text(mia.get(f"/accounts/{NORDWIND}"))
    assert "1 run" in text(mia.get(f"/accounts/{NORDWIND}/runs"))


def test_part_renews_itself_alone(desk: Desk, mia: httpx.Client) -> None:
    put(desk.database, story())

    part = mia.get(f"/accounts/{NORDWIND}", headers={"hx-request": "true", "hx-target": "account-now"})

    assert part.text.lstrip().startswith('<div id="account-now"')
    assert "A promise is broken" in part.text


def test_somebody_who_left_is_not_taken_for_the_committee(desk: Desk, mia: httpx.Client) -> None:
    gone = (Membership(1, "decision maker", NOW - 90 * DAY_US, until=NOW - DAY_US, touches=3),)
    put(desk.database, story(memberships=gone))

    committee = section(mia.get(f"/accounts/{NORDWIND}"), "committee")

    assert "left" in committee
    assert "no decision maker" in committee
