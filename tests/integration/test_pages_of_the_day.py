"""Today, Firm and Signals: what waits for whom, in figures that everybody may see, and what was noticed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from clew.clock import DAY_US, HOUR_US
from clew.db.engine import Database
from clew.db.tables import account, account_user, handoff, promise, run, signal, user_team, worked_out
from clew.questions.model import Unit
from clew.reports.board_page import AtStake, BoardPage, Shown, Watched, as_kept, from_kept
from clew.reports.diagnosed import Ruler
from clew.reports.model import Figure
from tests.access_world import NOW, World, make_world

JOURNEY = """
journey: onboarding
title: First steps
subject: account
owner: {operational: otto}
review: {every: 4 weeks, last: 2026-01-05}
starts: {event: deal won}
ends: {live: {event: went live, good: true}}
stages:
  - {stage: set-up, title: Setting up, enter: {event: deal won}, team: sales, limit: 3 days}
  - {stage: trained, enter: {event: trained}, team: service}
"""
FULL = 20  # accounts of the firm; beta is the last


class Day:
    """A workspace with twenty customers, one of them Mia's, and what waits on them."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.world: World = make_world(folder, database)
        (folder / "journeys").mkdir()
        (folder / "journeys" / "onboarding.yaml").write_text(JOURNEY)
        for number in range(FULL):
            self.account(f"a{number}", f"Firm{number} Ltd", segment="big" if number < 15 else "small")

    def add(self, table: Any, **values: Any) -> None:
        with self.world.database.write() as connection:
            connection.execute(insert(table).values(**values))

    def account(self, id: str, name: str, **more: Any) -> None:
        told = {"teams": [], "touches": 1, "as_of": 1, "context": b"", "shard": 0, "customer_since": 1}
        self.add(account, thread=f"crm:{id}", name=name, **{**told, **more})

    def alter(self, id: str, **values: Any) -> None:
        with self.world.database.write() as connection:
            connection.execute(update(account).where(account.c.thread == f"crm:{id}").values(**values))

    def owns(self, name: str, id: str) -> None:
        self.add(account_user, account=f"crm:{id}", user_id=self.world.user(name).id, since=0)

    def noticed(self, kind: str, id: str, *, at: int = NOW - HOUR_US, says: str = "", **more: Any) -> None:
        evidence = {"count": 1, "about": [], "events": [{"event": "mail sent", "at": 1, "source": "activities"}]}
        told = {"evidence": evidence, "noticed_at": at, "says": says or f"crm:{id}: {kind} it was."}
        self.add(signal, kind=kind, subject=f"crm:{id}", at=at, **{**told, **more})

    def promised(self, id: str, name: str, due_at: int, **more: Any) -> None:
        self.add(promise, thread=f"crm:{id}", id=name, made_at=1, due_at=due_at, topic=name, **more)

    def handed(self, id: str, target: str, **more: Any) -> None:
        told = {"journey": "onboarding", "subject": f"crm:{id}", "source": "marketing", "sent_at": NOW - HOUR_US}
        told |= {"state": "sent", "packet": {}, "promises": [], "history": [], "due_at": NOW + HOUR_US}
        self.add(handoff, thread=f"crm:{id}", id=f"h-{target}", target=target, **{**told, **more})

    def stands(self, id: str, stage: str, limit_at: int | None, **more: Any) -> None:
        told = {"journey": "onboarding", "thread": f"crm:{id}", "subject": f"crm:{id}", "number": 1, "version": "v"}
        told |= {"shard": 0, "started_at": 1, "entered_at": 1, "late": 0}
        self.add(run, stage=stage, limit_at=limit_at, **{**told, **more})

    def page(self, name: str, path: str = "/") -> str:
        answer = self.world.signed_in(name).get(path)
        assert answer.status_code == 200
        return answer.text

    def sections(self, name: str) -> dict[str, list[str]]:
        """The lines of Today by section, as plain words."""
        found = re.findall(r'<section class="agenda" id="(\w+)".*?</section>', self.page(name), re.DOTALL)
        whole = re.findall(r'<section class="agenda" id="\w+"(.*?)</section>', self.page(name), re.DOTALL)
        return {
            section: [plain(line) for line in re.findall(r"<li>(.*?)</li>", text, re.DOTALL)]
            for section, text in zip(found, whole, strict=True)
        }


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()


@pytest.fixture
def day(tmp_path: Path, database: Database) -> Day:
    return Day(tmp_path, database)


def test_a_delivery_lead_sees_clocks_of_her_teams_what_can_still_be_met_first(day: Day) -> None:
    day.handed("a1", "sales")
    day.handed("a2", "service")
    day.promised("a3", "training", NOW + 2 * HOUR_US, team="sales")
    day.promised("a4", "invoice", NOW - 60 * DAY_US, team="sales")
    day.promised("a5", "elsewhere", NOW - DAY_US, team="service")
    day.promised("a6", "kept", NOW - DAY_US, team="sales", kept_at=NOW - 2 * DAY_US)
    day.promised("a7", "far ahead", NOW + 9 * DAY_US, team="sales")
    day.stands("a8", "set-up", NOW + HOUR_US)
    day.stands("a9", "set-up", NOW - 3 * DAY_US)
    day.stands("a10", "trained", NOW - 3 * DAY_US)

    told = day.sections("mia")

    assert [line.split(" Ltd")[0] for line in told["clocks"]] == [
        "Handoff Firm1",
        "Limit Firm8",
        "Promise Firm3",
        "Promise Firm4",
    ]
    assert told["clocks"][0].endswith("left Take it over")
    assert " working days Keep it" in told["clocks"][-1]
    assert [line.split(" Ltd")[0] for line in told["slipped"]] == ["Slipped Firm9"]


def test_an_account_manager_sees_what_was_noticed_of_own_accounts_alone(day: Day) -> None:
    day.owns("mia", "a1")
    day.owns("mia", "a2")
    day.owns("mia", "a3")
    day.alter("a2", heard_at=NOW - 50 * DAY_US)
    day.alter("a3", renewal_at=NOW + 100 * DAY_US, revenue=12_000_000_000)
    day.noticed("ping-pong", "a1", says="crm:a1: ticket:T-1 went back and forth.")
    day.noticed("stall", "a1", at=NOW - 5 * DAY_US)
    day.noticed("ping-pong", "a4")
    day.noticed("silence", "a2", at=NOW - 20 * DAY_US)
    day.noticed("missed-expansion", "a3", at=NOW - 20 * DAY_US)
    day.noticed("contradiction", "a3", at=NOW - 2 * HOUR_US, gone_at=NOW - HOUR_US)

    told = day.sections("mia")

    assert told["news"] == [
        "Sent back and forth Firm1 Ltd Ticket T-1 went back and forth. from activities",
    ]
    assert [line.split(" Ltd")[0].rpartition(" ")[2] for line in told["risk"]] == ["Firm1", "Firm2"]
    assert "and 1 more kind" in told["risk"][0]
    assert [line for line in told["silent"] if "Firm2" in line and "for 50 days" in line]
    assert [line for line in told["ready"] if "Firm3" in line]
    assert told["renewals"] == ["Renewal Firm3 Ltd Renews in 100 days. 12,000 EUR"]


def test_who_was_heard_of_again_is_silent_no_more(day: Day) -> None:
    day.owns("mia", "a2")
    day.alter("a2", heard_at=NOW - DAY_US)
    day.noticed("silence", "a2", at=NOW - 20 * DAY_US)

    assert "silent" not in day.sections("mia")


def test_a_journey_owner_sees_journeys_by_what_is_at_stake_and_overdue_reviews(day: Day) -> None:
    day.stands("a1", "set-up", NOW - DAY_US, value=7_000_000_000)
    day.stands("a2", "set-up", NOW + DAY_US)
    day.handed("a3", "service")

    told = day.sections("otto")

    [journey] = told["journeys"]
    assert "First steps 1 run stands longer than it should. Most of it in Setting up. 7,000 EUR at stake" in journey
    assert [line for line in told["clocks"] if line.startswith("Review First steps") and "days over" in line]
    assert [line for line in told["clocks"] if "Firm3" in line]  # of all teams


def test_a_handoff_that_came_back_waits_for_who_sent_it_alone_until_its_run_ends(day: Day) -> None:
    day.handed("a1", "onboarding", source="sales", state="returned", settled_at=NOW - 2 * HOUR_US)
    day.handed("a2", "service", source="sales", state="returned", settled_at=NOW - HOUR_US, lapsed_at=NOW)
    day.handed("a3", "onboarding", source="service", state="returned", settled_at=NOW - HOUR_US)

    back = [line for line in day.sections("mia")["clocks"] if line.startswith("Returned")]

    assert len(back) == 1
    assert back[0].endswith("something is missing. 2 h ago Complete it")
    assert "1 returned" in plain(day.page("mia", "/accounts"))


def test_there_are_never_more_than_fifteen_lines_and_the_rest_is_a_count_with_a_link(day: Day) -> None:
    for number in range(FULL):
        day.promised(f"a{number}", "p", NOW - DAY_US, team="sales")
        day.owns("mia", f"a{number}")
        day.noticed("ping-pong", f"a{number}")
        day.alter(f"a{number}", renewal_at=NOW + DAY_US)

    told, page = day.sections("mia"), day.page("mia")

    assert sum(map(len, told.values())) == 15
    assert all(told[name] for name in ("clocks", "news", "risk", "renewals"))
    assert re.findall(r'<p class="rest"><a href="([^"]+)">(\d+) more', page)[0] == ("/promises?mine=yes", "14")


def test_whoever_is_in_no_team_learns_how_that_changes(day: Day) -> None:
    with day.world.database.write() as connection:
        connection.execute(delete(user_team))

    assert "You are in no team yet" in day.page("mia")
    assert "You are in no team yet" not in day.page("anna")  # she looks after sources
    assert "Nothing works on what arrives." in day.sections("anna")["pipes"][0]


def test_an_executive_reads_the_verdict_and_no_account_anywhere(day: Day) -> None:
    kept(day)
    for number in range(FULL):
        day.noticed("ping-pong", f"a{number}")
        day.promised(f"a{number}", "p", NOW - DAY_US, team="sales", kept_at=NOW - 2 * DAY_US)
    day.stands("a1", "set-up", NOW - DAY_US, value=7_000_000_000)

    for path in ("/", "/firm"):
        page = day.page("vera", path)
        assert "Start with onboarding." in page
        assert "Ltd" not in page
        assert "crm:" not in page
    assert "7,000" not in day.page("vera", "/firm")  # of one account
    assert "7,000" in day.page("otto", "/firm")
    assert "20 promises were kept" not in day.page("vera")  # two days ago


def test_the_page_of_the_firm_tells_each_figure_with_its_interval_and_n(day: Day) -> None:
    kept(day)
    for number in range(12):
        met = NOW - 3 * DAY_US if number else None
        day.promised(f"a{number}", "p", NOW - 2 * DAY_US, team="sales", kept_at=met)
    day.promised("a16", "p", NOW - 2 * DAY_US, team="service")

    page = plain(day.page("otto", "/firm"))

    assert re.search(r"big 15 – 0 0 92 % \d+–\d+, n 12", page)
    assert re.search(r"small 5 – 0 0 too few: 9 accounts more 0 / 1", page)
    assert "Service 0 – 0 0 too few: 9 accounts more 0 / 1" in page
    assert "44.2 points below 60.0" in page
    assert "crossed" in page
    assert "20 customers have no team." in page


def test_figures_of_few_accounts_are_hidden_with_all_from_which_they_would_follow(day: Day) -> None:
    for number in (15, 16):
        day.alter(f"a{number}", segment="tiny")

    seen, whole = plain(day.page("vera", "/firm")), plain(day.page("otto", "/firm"))

    assert "tiny 2 " in whole
    assert "small 3 " in whole
    assert "tiny few " in seen
    assert "small few " in seen
    assert "big 15 " in seen


def test_before_the_first_diagnosis_the_page_says_so(day: Day) -> None:
    assert "The verdict is being worked out" in day.page("vera", "/firm")
    day.add(worked_out, name="diagnosis", made_at=1, as_of=1, body={"of": "another version"})
    assert "The verdict is being worked out" in day.page("vera", "/")


def test_what_is_kept_of_a_diagnosis_is_read_as_it_was_written() -> None:
    page = board()

    assert from_kept(as_kept(page)) == page


def board() -> BoardPage:
    now, limit = Figure(0.158, Unit.SHARE, 0.11, 0.21, 183), Figure(0.6, Unit.SHARE)
    ruler = Ruler("Late answers", now, limit, True, "44.2 points below 60.0 %", "above that …", 1.0)
    return BoardPage(
        verdict="start",
        headline="Start with onboarding.",
        reason="Because.",
        sureness="It is firm.",
        known={"measured": 3, "stated": 2, "unknown": 1},
        shown=[Shown("Invisible friction", 2, "2 of 3", "31 % of 36 accounts.", 3, True, 36)],
        watched=[Watched("slow-answers above 0.6", ruler, 183, True, True)],
        journeys=[AtStake("onboarding", "First steps", 20, 7.0, 3.0)],
        limits=["8 rows are missing."],
    )


def kept(day: Day) -> None:
    day.add(worked_out, name="diagnosis", made_at=NOW - HOUR_US, as_of=NOW - HOUR_US, body=as_kept(board()))


# -- signals ----------------------------------------------------------------------------------------------------------


def test_signals_are_listed_filtered_and_exported_and_say_when_they_were_taken_back(day: Day) -> None:
    day.alter("a1", teams=["sales"], revenue=5_000_000)
    day.noticed("ping-pong", "a1", says="crm:a1: ticket:T-1 went back and forth.")
    day.noticed("stall", "a2", at=NOW - 40 * DAY_US, gone_at=NOW - DAY_US)
    day.add(signal, kind="threshold crossed", subject="late-handoffs at least 0.3", at=1, says="x", evidence={})

    whole = day.page("otto", "/signals")
    assert "Ticket T-1 went back and forth." in plain(whole)
    assert "from activities" in whole
    assert "taken back" in whole
    assert "late-handoffs" not in whole

    def accounts(query: str) -> list[str]:
        answer = day.world.signed_in("mia").get(f"/signals?as=json&{query}")
        assert answer.status_code == 200
        return [row["account"] for row in answer.json()]

    assert accounts("") == ["crm:a1", "crm:a2"]
    assert accounts("state=holds") == ["crm:a1"]
    assert accounts("state=gone") == ["crm:a2"]
    assert accounts("kind=stall") == ["crm:a2"]
    assert accounts("since=week") == ["crm:a1"]
    assert accounts("team=sales") == ["crm:a1"]
    assert accounts("mine=yes") == ["crm:a1"]
    assert accounts("account=crm:a2") == ["crm:a2"]
    assert accounts("q=forth+FIRM1") == ["crm:a1"]
    assert accounts("sort=account") == ["crm:a1", "crm:a2"]


def test_programs_read_signals_page_by_page_and_viewers_read_none(day: Day) -> None:
    for number in range(3):
        day.noticed("stall", f"a{number}", at=NOW - number * HOUR_US)
    program = day.world.with_key("mia", *(one for one in _scopes()))

    first = program.get("/v1/signals?limit=2").json()
    assert [one["account"] for one in first["signals"]] == ["crm:a0", "crm:a1"]
    assert (first["total"], first["next"]) == (3, 2)
    assert first["signals"][0]["events"][0]["source"] == "activities"
    assert [one["account"] for one in program.get("/v1/signals?limit=2&after=2").json()["signals"]] == ["crm:a2"]
    assert day.world.signed_in("vera").get("/signals").status_code == 403
    assert program.get("/v1/signals?kind=nonsense").status_code == 400


def _scopes() -> list[Any]:
    from clew.access.model import Permission

    return [Permission.SEE_ACCOUNTS]


def test_nothing_noticed_yet_says_what_detectors_need(day: Day) -> None:
    assert "Nothing noticed yet" in day.page("mia", "/signals")
