"""meanings.yaml alone: what it may say, what holds where it is silent, and how mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.conditions.parse import parse_condition
from clew.durations import parse_duration
from clew.errors import FileProblems
from clew.meanings.model import Frictions, Meanings, Requests, Silence
from clew.meanings.parse import parse_meanings

EXAMPLE = Path(__file__).resolve().parents[1] / "workspace/meanings_example/meanings.yaml"


def read(text: str) -> Meanings:
    return parse_meanings(text, Path("meanings.yaml"))


def told(text: str) -> list[str]:
    with pytest.raises(FileProblems) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_every_section_of_the_example_is_read() -> None:
    meanings = parse_meanings(EXAMPLE.read_text("utf-8"), EXAMPLE)

    said = [name for name, value in vars(meanings).items() if value != getattr(Meanings(), name)]
    assert said == [name for name in vars(meanings) if name not in ("notice",)]
    assert meanings.revenue == "annual_revenue"
    assert meanings.lost == parse_condition("{event: contract cancelled}", "moment")
    assert meanings.scores["nps"].name == "nps"
    assert meanings.ready["more-seats"].name == "more-seats"


def test_what_is_not_said_keeps_the_windows_of_the_model() -> None:
    meanings = read("requests: {subject: ticket, opened: {event: ticket opened}}\nloud: {event: complaint made}\n")

    opened = parse_condition("{event: ticket opened}", "moment")
    assert meanings.requests == Requests("ticket", opened)
    assert (meanings.frictions, meanings.silence) == (Frictions(), Silence())
    assert meanings.notice == parse_duration("180 days")


# what is written -> what is told of it
REFUSED = [
    ("scores: {nps: {property: nps, good: 6, poor: 9}}", "poor 9 is not below good 6; allowed: less than 6"),
    ("scores: {nps: {property: nps, good: 6, poor: 6}}", "poor 6 is not below good 6"),
    ("requests: {subject: t, opened: {event: o}, teams: 0}", "'0' does not fit here; allowed: a whole number of teams"),
    ("frictions: {at_least: 0}", "allowed: a whole number of frictions from 1"),
    ("frictions: {at_least: 1.5}", "allowed: a whole number of frictions from 1"),
    ("silence: {gaps: 0}", "allowed: a whole number of gaps from 1"),
    ("silence: {times: 0.5}", "allowed: a number from 1"),
    (
        "requests: {subject: t, opened: {event: o}, answer_within: 0 hours}",
        "'0 hours' does not fit here; allowed: more than 0 of a unit, as '8 working hours'",
    ),
    ("silence: {at_least: 0 days}", "'0 days' does not fit here; allowed: more than 0 of a unit"),
    ("sent: {when: {event: mail sent}, within: 3 working days}", "working time cannot be used here"),
    ("promises: {made: {event: m}, kept: {event: k}, id: i, due: d, within: 3 days}", "both 'due' and 'within'"),
    ("ready: {r: {when: {event: a}, outreach: {event: b}, watch: 20 days}}", "'watch' that is at least as long as"),
    ("ready: {r: {when: {event: a}, outreach: {event: b}, within: 200 days}}", "'watch' that is at least as long as"),
    ("lost: {segment: gone}", "nothing makes it happen"),
    ("lost: {stage: gone}", "'stage' cannot stand here: no run is in a stage here"),
    ("lost: {silent: {events: a, for: 3 days}}", "it comes true by time alone"),
    ("stated: {when: {event: said}}", "key 'says' is missing"),
    ("looud: {event: complaint made}", "did you mean 'loud'?"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED, ids=[text for text, _ in REFUSED])
def test_a_mistake_is_told_with_what_is_allowed(text: str, expected: str) -> None:
    problems = told(text)

    assert len(problems) == 1
    assert expected in problems[0]
    assert problems[0].startswith("meanings.yaml:1:")


def test_a_file_that_says_nothing_is_refused_as_every_empty_file() -> None:
    assert told("# nothing yet\n") == ["meanings.yaml:1:1: the file is empty"]
