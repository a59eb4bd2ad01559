"""A diagnosis is stored once with its thresholds; later facts are held against them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clew.clock import to_micros
from clew.diagnosis.diagnose import diagnose
from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.model import Fact, Measure
from clew.diagnosis.result import About, Diagnosis, Evidence
from clew.diagnosis.scoring.ladder_facts import ladder_facts
from clew.diagnosis.scoring.parse import packaged_scoring
from clew.diagnosis.scoring.verdict import Verdict
from clew.diagnosis.telling.watching import history_lines, watched_lines
from clew.diagnosis.watching.stored import FOLDER, forget_names, history, keep, latest
from clew.diagnosis.watching.watch import compare
from clew.durations import parse_duration
from clew.errors import BrokenStore
from clew.journeys.model import Journey, Subject

SCORING = packaged_scoring()
MADE = to_micros(datetime(2026, 3, 2, 12, tzinfo=UTC))
DAY = 86_400_000_000
HEALTHY = {
    "customers": 400.0,
    "contacts-per-account": 6.0,
    "self-service-share": 0.1,
    "touches-per-account-year": 80.0,
    "teams-per-account": 5.0,
    "handoffs-per-run": 3.0,
    "duplicate-contact": 0.02,
    "repeated-question": 0.2,
    "late-handoffs": 0.12,
    "missed-expansion": 0.05,
}


def fact(name: str, value: float | None) -> Fact:
    measure = Measure.SHARE if value is not None and value <= 1 else Measure.NUMBER
    return Fact(name, measure, value, 400, "customers", f"{name} is {value} (n 400).", "clew check")


def facts(**changed: float | None) -> dict[str, Fact]:
    values = {**HEALTHY, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return {name: fact(name, value) for name, value in values.items()}


def diagnosed(**changed: float | None) -> Diagnosis:
    about = About("Tarnfield", "EUR", "Europe/Berlin", as_of=MADE, generation=3)
    return diagnose(
        SCORING, [Answers("Anna Berg", {"crm": "none"}, "Head of Sales")], Evidence(facts(**changed)), about
    )


def test_what_is_stored_reads_back_with_verdict_thresholds_and_facts(tmp_path: Path) -> None:
    diagnosis = diagnosed()

    kept = keep(tmp_path, diagnosis, "Not yet.", made_at=MADE)

    assert latest(tmp_path) == kept
    assert (kept.verdict, kept.as_of, kept.generation, kept.leaders) == ("not-yet", MADE, 3, ("the head of Sales",))
    assert kept.thresholds == diagnosis.thresholds
    assert kept.facts == HEALTHY
    assert kept.answers


def test_the_same_diagnosis_is_stored_once_and_another_beside_it(tmp_path: Path) -> None:
    keep(tmp_path, diagnosed(), "Not yet.", made_at=MADE)
    keep(tmp_path, diagnosed(), "Not yet.", made_at=MADE + DAY)
    keep(tmp_path, diagnosed(duplicate_contact=0.4), "Start.", made_at=MADE + 2 * DAY)

    assert [stored.made_at for stored in history(tmp_path)] == [MADE, MADE + 2 * DAY]


def test_an_interrupted_write_leaves_nothing_behind_that_is_read(tmp_path: Path) -> None:
    keep(tmp_path, diagnosed(), "Not yet.", made_at=MADE)
    (tmp_path / FOLDER / "99999999T000000000000Z-half.part").write_text('{"verdict": "st')

    assert [stored.verdict for stored in history(tmp_path)] == ["not-yet"]


def test_no_leader_is_named_in_what_is_stored_also_not_in_a_hash(tmp_path: Path) -> None:
    def of(name: str) -> str:
        about, answers = About("Tarnfield"), [Answers(name, {"crm": "none"}, "Head of Sales")]
        keep(tmp_path / name, diagnose(SCORING, answers, Evidence(facts()), about), "Not yet.", made_at=MADE)
        return next((tmp_path / name / FOLDER).glob("*.json")).read_text("utf-8")

    assert of("Anna Berg") == of("Tom Okafor")
    assert "Anna" not in of("Anna Berg")


def test_diagnoses_of_the_former_format_lose_the_names_of_leaders(tmp_path: Path) -> None:
    keep(tmp_path, diagnosed(), "Not yet.", made_at=MADE)
    (path,) = (tmp_path / FOLDER).glob("*.json")
    written = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**written, "format": 1, "leaders": ["Anna Berg", "Tom"], "answers": "1f2e"}), "utf-8")

    assert forget_names(tmp_path) == 1

    assert "Anna" not in path.read_text("utf-8")
    assert "1f2e" not in path.read_text("utf-8")
    assert [stored.leaders for stored in history(tmp_path)] == [("leader 1", "leader 2")]
    assert forget_names(tmp_path) == 0


def test_a_diagnosis_that_cannot_be_written_leaves_no_half_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        keep(tmp_path, diagnosed(), "Not yet.", made_at=MADE)

    assert list((tmp_path / FOLDER).iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', '{"format": 1, "thresholds": []}'])
def test_a_file_that_is_no_diagnosis_says_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "20260302.json").write_text(text)

    with pytest.raises(BrokenStore, match="remove it and run 'clew diagnose' again"):
        latest(tmp_path)


def test_a_threshold_counts_as_crossed_only_when_its_fact_went_beyond_it(tmp_path: Path) -> None:
    stored = keep(tmp_path, diagnosed(), "Not yet.", made_at=MADE)

    same, risen = compare(stored, facts()), compare(stored, facts(late_handoffs=0.2))

    assert same.crossed == ()
    assert [crossing.threshold.fact for crossing in risen.crossed] == ["late-handoffs"]
    assert risen.crossed[0].threshold.alone == "start"
    assert diagnosed(late_handoffs=0.2).verdict is Verdict.START  # what the threshold promised


def test_watching_says_what_was_crossed_what_it_does_and_what_cannot_be_seen_any_more(tmp_path: Path) -> None:
    stored = keep(tmp_path, diagnosed(), "Not yet.", made_at=MADE)

    said = list(watched_lines(compare(stored, facts(late_handoffs=0.25, missed_expansion=None)), SCORING, "UTC"))

    assert said[0] == "Last diagnosis, 2026-03-02: Not yet."
    crossed = next(line for line in said if line.startswith("Handoffs taken over late"))
    assert "25.0 %, at least 20.0 %; it was 12.0 %. By itself it makes it 'start with a few journeys'." in crossed
    assert "late-handoffs is 0.25 (n 400)." in crossed
    assert any(line.startswith("Not measured any more: missed-expansion") for line in said)


def test_without_a_crossing_the_nearest_thresholds_are_told(tmp_path: Path) -> None:
    stored = keep(tmp_path, diagnosed(), "Not yet.", made_at=MADE)

    said = list(watched_lines(compare(stored, facts(late_handoffs=0.19)), SCORING, "UTC"))

    assert said[1].startswith("None of ")
    assert "Nearest: Handoffs taken over late, 19.0 %; at least 20.0 % would cross it." in said


def test_the_history_tells_each_verdict_and_where_it_changed(tmp_path: Path) -> None:
    keep(tmp_path, diagnosed(), "Not yet.", made_at=MADE)
    keep(tmp_path, diagnosed(late_handoffs=0.3), "Start.", made_at=MADE + DAY)

    first, second = history_lines(history(tmp_path), "UTC")

    assert first == "2026-03-02 12:00  not yet  log as of 2026-03-02, answers of the head of Sales"
    assert "start with a few journeys (was: not yet)" in second


def test_stored_files_hold_plain_json_without_names_of_places(tmp_path: Path) -> None:
    keep(tmp_path, diagnosed(), "Not yet.", made_at=MADE)
    (path,) = (tmp_path / FOLDER).glob("*.json")

    written = json.loads(path.read_text(encoding="utf-8"))

    assert written["format"] == 2
    assert str(tmp_path) not in path.read_text(encoding="utf-8")


def journey(name: str, *, owner: bool, reviewed: date | None, every: str | None = "4 weeks") -> Journey:
    rhythm = parse_duration(every) if every else None
    who = {"professional": "head-of-cx"} if owner else {}
    return Journey(name, name, "", Subject(), (), owner=who, review_every=rhythm, review_last=reviewed)


# (day of the last review, promised rhythm, whether it counts as held on 2 March)
REVIEWS = [
    (date(2026, 2, 2), "4 weeks", True),  # 28 days: the last day in time
    (date(2026, 2, 1), "4 weeks", False),
    (date(2025, 12, 1), None, True),  # no rhythm promised: thirteen weeks
    (date(2025, 11, 30), None, False),
    (date(2026, 3, 3), "4 weeks", False),  # of a day that has not come yet
    (None, "4 weeks", False),
]


def test_the_day_of_a_review_is_one_of_the_firms_zone() -> None:
    """Late on the 2nd of March in UTC it is the 3rd in Auckland, and 29 days are more than four weeks."""
    evening = to_micros(datetime(2026, 3, 2, 20, tzinfo=UTC))
    journeys = {"onboarding": journey("onboarding", owner=True, reviewed=date(2026, 2, 2))}

    held = [ladder_facts(journeys, evening, zone)["journeys-reviewed"].value for zone in ("UTC", "Pacific/Auckland")]

    assert held == [1.0, 0.0]


@pytest.mark.parametrize(("reviewed", "every", "held"), REVIEWS)
def test_a_review_counts_while_its_rhythm_lasts(reviewed: date | None, every: str | None, held: bool) -> None:
    found = ladder_facts({"onboarding": journey("onboarding", owner=True, reviewed=reviewed, every=every)}, MADE)

    assert found["journeys-reviewed"].value == float(held)


def test_owners_are_counted_over_the_journey_files() -> None:
    journeys = {name: journey(name, owner=name == "a", reviewed=None) for name in ("a", "b", "c", "d")}

    found = ladder_facts(journeys)

    assert found["journeys-owned"].value == 0.25
    assert found["journeys-owned"].sentence.startswith("1 of 4 journey files names an owner")
    assert found["journeys-reviewed"].value is None  # without a log there is no day to judge by
    assert ladder_facts({})["journeys-owned"].value is None
