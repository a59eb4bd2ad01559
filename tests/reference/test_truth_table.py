"""Each row of docs/reference/journeys-truth-table.md is a test: the page's own words are what is checked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clew.clock import DAY_US, NEVER, to_datetime
from clew.conditions.model import (
    All,
    AnyOf,
    Attribute,
    Condition,
    Count,
    Date,
    Dwell,
    Event,
    Not,
    Operator,
    Score,
    Silent,
)
from clew.conditions.model import Test as ValueTest
from clew.durations import Duration
from clew.engine.fold import fold
from clew.engine.model import OPEN, RESTARTED, Folded
from clew.firm.model import Firm
from clew.journeys.model import Again, AgainKind, Back, End, Journey, Stage, Subject, Variant
from clew.testing import memory_log

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "journeys-truth-table.md"
DAY_0 = 1_767_225_600_000_000  # 2026-01-01, midnight UTC
FIRM = Firm("a firm", "EUR", "UTC")


def days(n: float) -> Duration:
    return Duration(n, "day")


def event(name: str, **where: tuple[Operator, Any]) -> Event:
    return Event((name,), {key: ValueTest((test,)) for key, test in where.items()})


X, Y, DEAL = event("x"), event("y"), event("deal")
STAGES = tuple(Stage(name, event(name)) for name in "abc")
WON = End("won", event("won"))
LOGIN = Silent(("login",), days(10))
RENEWAL = Date("renewal", before=days(10))
TWICE = Count(X, ValueTest(((Operator.AT_LEAST, 2),)), days(5))
GOLD = Attribute("tier", ValueTest(((Operator.IS, "gold"),)))


def entered(stage: str, condition: Condition) -> dict[str, Any]:
    return {"stages": tuple(replace(each, enter=condition) if each.name == stage else each for each in STAGES)}


def back(stage: str, policy: Back) -> dict[str, Any]:
    return {"stages": tuple(replace(each, back=policy) if each.name == stage else each for each in STAGES)}


def ends(*more: End) -> dict[str, Any]:
    return {"ends": (WON, *more)}


def won(when: Condition, *more: End, reopens: bool = False) -> dict[str, Any]:
    return {"ends": (End("won", when, reopens=reopens), *more)}


# What the words of the column "Journey" change in the plain journey.
WORDS: dict[str, dict[str, Any]] = {
    "–": {},
    "starts: deal": {"starts": DEAL},
    "starts: a": {"starts": event("a")},
    "starts: renewal before 10 days": {"starts": RENEWAL},
    "again after end": {"again": Again(AgainKind.AFTER_END)},
    "again after end, wait 5 days": {"again": Again(AgainKind.AFTER_END, days(5))},
    "again each trigger": {"again": Again(AgainKind.EACH_TRIGGER)},
    "a: back: friction": back("a", Back.FRICTION),
    "a: back: ignored": back("a", Back.IGNORED),
    "b: back: ignored": back("b", Back.IGNORED),
    "b and c enter: x": {"stages": (STAGES[0], Stage("b", X), Stage("c", X))},
    "b enters: x and y": entered("b", All((X, Y))),
    "b enters: x or y": entered("b", AnyOf((X, Y))),
    "b enters: x without y before": entered("b", All((X, Not(Y)))),
    "b enters: 2 x within 5 days": entered("b", TWICE),
    "b enters: x with size at least 10": entered("b", event("x", size=(Operator.AT_LEAST, 10))),
    "b enters: x with size not 9": entered("b", event("x", size=(Operator.IS_NOT, 9))),
    "b enters: x while nps at most 6": entered("b", All((X, Score("nps", ValueTest(((Operator.AT_MOST, 6),)))))),
    "b enters: x while tier is gold": entered("b", All((X, GOLD))),
    "b enters: nothing": entered("b", All(())),
    "c enters: x while in b": entered("c", All((X, Dwell("b", None)))),
    "ends won: deal": won(DEAL),
    "ends won: b": won(event("b")),
    "ends won: x while in b": won(All((X, Dwell("b", None)))),
    "ends won: x, lost: x": won(X, End("lost", X)),
    "won: reopens": won(event("won"), reopens=True),
    "lapsed: silent on login for 10 days": ends(End("lapsed", LOGIN)),
    "lapsed: silent on login for 10 days, reopens": ends(End("lapsed", LOGIN, reopens=True)),
    "stuck: in b for 5 days": ends(End("stuck", Dwell("b", days(5)))),
    "stuck: in b for 5 days, reopens": ends(End("stuck", Dwell("b", days(5)), reopens=True)),
    "stuck: in a for 5 days": ends(End("stuck", Dwell("a", days(5)))),
    "lapsed: silent on login for 5 days": ends(
        End("stuck", Dwell("a", days(5))), End("lapsed", Silent(("login",), days(5)))
    ),
    "over: renewal after 5 days": ends(End("over", Date("renewal", after=days(5)))),
    "over: contract before 0 days": ends(End("over", Date("contract", before=days(0)))),
    "variant v when tier is gold": {"variants": (Variant("v", GOLD),)},
}


def rows() -> list[tuple[str, str, str, str]]:
    """(row, journey, story, runs) of every table whose first heading is Row."""
    found = []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 5 and re.fullmatch(r"[a-z]+(-[a-z]+)*", cells[0]):
            found.append((cells[0], *cells[2:]))
    return found  # type: ignore[return-value]


def journey_of(words: str) -> Journey:
    changes: dict[str, Any] = {"stages": STAGES, **ends()}
    for part in words.split("; "):
        changes |= WORDS[part]
    return Journey(
        **{"name": "j", "title": "J", "version": "v", "subject": Subject(), "stages": STAGES, **ends(), **changes}
    )


def at(day: str) -> int:
    return DAY_0 + round(float(day) * DAY_US)


def told(folded: Folded) -> str:
    """The runs of the page's last column."""
    part, journey = folded.buckets[0], folded.journey
    runs, visits = part.runs, part.visits
    lines = []
    for n in range(len(runs)):
        steps = []
        for k in (visits.run == n).nonzero()[0]:
            stage = "·" if visits.stage[k] < 0 else journey.stage_names[visits.stage[k]]
            steps.append(f"{day(visits.enter[k])} {stage}{' (back)' if visits.back[k] else ''}")
        outcome = int(runs.outcome[n])
        if outcome != OPEN:
            name = "restarted" if outcome == RESTARTED else journey.ends[outcome].name
            steps.append(f"{day(runs.end[n])} {name}")
        more = " …" if outcome == OPEN else ""
        more += f" late {runs.late[n]}" if runs.late[n] else ""
        more += f" due {day(runs.due[n])}" if runs.due[n] != NEVER else ""
        more += f" variant {journey.variants[runs.variant[n]].name}" if runs.variant[n] >= 0 else ""
        lines.append(" → ".join(steps) + more)
    lines += [f"planned {day(start)}" for start in part.planned.start]
    return " / ".join(lines) or "none"


def day(instant: Any) -> str:
    return f"{(int(instant) - DAY_0) / DAY_US:g}"


@pytest.mark.parametrize(("row", "journey", "story", "expected"), rows(), ids=[row[0] for row in rows()])
def test_row(row: str, journey: str, story: str, expected: str) -> None:
    events: list[Any] = []
    attributes: list[Any] = []
    last = DAY_0
    for number, item in enumerate(story.split(", ")):
        when, what, *given = item.split()
        if when != "always":
            last = max(last, at(when.lstrip("#")))
        if ":=" in what:
            name, value = what.split(":=")
            text = str(to_datetime(at(value)).date()) if value.isdigit() else value
            attributes.append(("acme", name, text, {} if when == "always" else {"at": at(when)}))
        else:
            moment = str(to_datetime(at(when[1:])).date()) if when.startswith("#") else at(when)
            words = dict(each.split("=") for each in given)
            events.append(("acme", moment, what, {"sequence": number, **words}))

    folded = fold(memory_log(events, attributes, as_of=last), journey_of(journey), FIRM)

    assert told(folded) == expected


def test_every_row_has_a_name_of_its_own() -> None:
    names = [row[0] for row in rows()]

    assert len(names) == len(set(names))
    assert len(names) > 70


def test_every_word_about_journeys_is_used_on_the_page() -> None:
    used = {part for row in rows() for part in row[1].split("; ")}

    assert used == set(WORDS)
