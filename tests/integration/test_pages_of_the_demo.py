"""The firm that lives on behind `clew demo`: the same seed tells the same story, and its dates end in the present."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from clew.access.model import Actor, Role
from clew.db.engine import Database
from clew.demo.feed import run_of, told
from clew.demo.living.cast import ORDER, write_lived
from clew.demo.living.happening import Tool
from clew.demo.living.sending import Flaw, Flawed, requests_of
from clew.demo.plan import Plan
from clew.demo.shifted import shift, weeks_until
from clew.demo.write import write_firm
from clew.ingest.wires.model import Wire
from clew.live.intake.model import LATE_US
from clew.live.rejected.actions import replay
from clew.live.rejected.model import Chosen
from tests.arriving_world import Desk

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MANY = 4_000
SOURCES = Path(__file__).parents[2] / "src/clew/demo/workspace/living/sources"


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firm") / "firm"
    write_firm(folder, Plan(accounts=60))
    return folder


def story(firm: Path, seed: int = 7, count: int = MANY) -> list[Flawed]:
    return list(islice(told(firm, seed, "r"), count))


def test_same_seed_tells_the_same_story_and_another_one_another(firm: Path) -> None:
    assert story(firm) == story(firm)
    assert story(firm) != story(firm, seed=8)


def test_story_goes_on_after_every_prospect_of_the_exports_was_won(firm: Path) -> None:
    later = Counter(one.happening.event for one in story(firm)[MANY // 2 :])

    assert set(ORDER) <= set(later)
    assert {"product used", "ticket opened", "ticket escalated", "ticket closed", "mail written"} <= set(later)


def test_tickets_and_onboardings_take_their_steps_in_order(firm: Path) -> None:
    steps: dict[str, list[str]] = {}
    for one in story(firm):
        key = one.happening.ticket or (one.happening.customer.id if one.happening.event in ORDER else "")
        steps.setdefault(key, []).append(one.happening.event)
    onboardings = [names for names in steps.values() if names[0] in ORDER]

    assert all(names == list(ORDER[ORDER.index(names[0]) :][: len(names)]) for names in onboardings)
    assert all(names[0] == "ticket opened" for names in steps.values() if names[0].startswith("ticket"))


def test_every_flaw_is_told_and_most_events_have_none(firm: Path) -> None:
    flaws = Counter(one.flaw for one in story(firm))

    assert set(flaws) == set(Flaw)
    assert flaws[Flaw.NONE] > 0.85 * MANY


def test_late_events_count_as_late_and_repeated_ones_are_sent_alike(firm: Path) -> None:
    late, twice = (next(one for one in story(firm) if one.flaw is flaw) for flaw in (Flaw.LATE, Flaw.TWICE))

    [request] = requests_of(late, "r", NOW)
    body = json.loads(request.body)
    event = (body.get("batch") or body["events"])[0]
    at = datetime.fromisoformat(event.get("timestamp") or event["at"])
    assert (NOW - at) / timedelta(microseconds=1) > LATE_US
    first, second = requests_of(twice, "r", NOW)
    assert first == second


def test_calls_are_rejected_until_their_mapping_is_mended_as_the_guide_says(
    firm: Path, tmp_path: Path, database: Database
) -> None:
    written = (SOURCES / "telephone.yaml").read_text()
    calls = [one for one in story(firm) if one.happening.tool is Tool.PHONE and one.flaw is Flaw.NONE][:5]
    desk = Desk(tmp_path, database)
    desk.now = int(NOW.timestamp()) * 1_000_000
    desk.source("telephone", written)
    for call in calls:
        [request] = requests_of(call, "r", NOW)
        desk.send(body=request.body, source="telephone")

    assert desk.take_in().rejected == len(calls) == 5
    assert {row.reason for row in desk.rejected()} == {"mapping"}

    desk.source("telephone", written.replace("customer_id", "customer_number"))
    by = Actor("command", "command:test", role=Role.ADMIN)
    replay(database, Chosen(source="telephone"), by=by, now=desk.now, secret="s" * 32)
    desk.take_in()
    assert {row.state for row in desk.rejected()} == {"replayed"}


def test_demo_that_is_started_again_does_not_repeat_what_was_lived(firm: Path, tmp_path: Path) -> None:
    ended = next(one.happening.customer.id for one in story(firm) if one.happening.event == ORDER[-1])

    write_lived(firm, {ended: len(ORDER)})
    again = {one.happening.customer.id for one in story(firm) if one.happening.event in ORDER}
    (firm / "truth" / "lived.json").unlink()

    assert ended not in again


def test_runs_that_begin_at_other_seconds_have_other_names() -> None:
    names = [run_of(NOW + timedelta(seconds=seconds)) for seconds in range(1_000)]

    assert len(set(names)) == 1_000
    assert all(len(name) <= 7 for name in names)


@pytest.mark.parametrize("today", [date(2026, 10, 1), date(2026, 11, 22), date(2031, 1, 1), date(2026, 3, 1)])
def test_exports_end_within_the_week_before_today_on_their_own_weekday(tmp_path: Path, today: date) -> None:
    folder = tmp_path / "firm"
    write_firm(folder, Plan(accounts=20, months=12))
    before = days(folder)

    shift(folder, weeks_until(today))

    after = days(folder)
    assert timedelta(0) < today - date(2026, 9, 30) - timedelta(weeks=weeks_until(today)) <= timedelta(days=7)
    assert [day.weekday() for day in after] == [day.weekday() for day in before]
    assert max(after) < today


def days(folder: Path) -> list[date]:
    with (folder / "exports" / "activities.csv").open(encoding="utf-8") as file:
        return [date.fromisoformat(row["happened_at"][:10]) for row in csv.DictReader(file)]


def test_forms_of_the_requests_are_wires_that_sources_receive() -> None:
    receives = {path.stem: path.read_text().partition("receives: ")[2].split() for path in SOURCES.iterdir()}

    assert {words[0] for words in receives.values() if words} <= set(Wire)
    assert {name for name, words in receives.items() if words} == set(Tool)
