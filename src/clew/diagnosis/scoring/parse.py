"""Read scoring.yaml: indicators, elements, rule, models, rungs; every part is checked against the interview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from clew.diagnosis.interview.questions import interview
from clew.diagnosis.scoring.model import (
    HIGHEST,
    Counts,
    Element,
    ElementKind,
    Indicator,
    Model,
    Rule,
    Rung,
    Scoring,
    Speaks,
)
from clew.errors import nearest_name
from clew.files.reading import Reading, listed
from clew.files.scalars import Value, choice, name, number, number_of, text
from clew.files.scan import scan_file
from clew.files.shapes import Found, Key, ListOf, MapOf, Record
from clew.files.tree import ScalarNode

FILE = Path(__file__).with_name("scoring.yaml")


@cache
def packaged_scoring() -> Scoring:
    """Return the scoring that comes with Clew."""
    return read_scoring(FILE)


def read_scoring(path: Path) -> Scoring:
    """Read a whole scoring. Raises FileProblems, also where an indicator does not fit the interview."""
    reading = Reading(path)
    scoring = _FILE.read(scan_file(path), reading)
    reading.raise_problems()
    assert scoring is not None
    return scoring


def figure() -> Value[float]:
    """A number, or a share written as '30 %'."""
    return Value("a number, or a share as 30 %", _figure_of, {"type": ["number", "string"]})


def _figure_of(node: ScalarNode) -> float | None:
    written = node.text.strip()
    plain = number_of(ScalarNode(node.line, node.column, written.removesuffix("%").rstrip()))
    return None if plain is None else plain / 100 if written.endswith("%") else float(plain)


def thresholds() -> ListOf[float]:
    """Where levels 1, 2 and 3 begin."""
    return ListOf(figure(), at_least=HIGHEST, at_most=HIGHEST)


def in_order(starts: Sequence[float], counts: Counts) -> bool:
    """Whether thresholds go the way in which the indicator counts."""
    return all((a < b) if counts is Counts.UPWARDS else (a > b) for a, b in pairwise(starts))


def _level() -> Value[float]:
    return number(f"a level from 0 to {HIGHEST}", least=0, whole=True)


def _build_indicator(found: Found) -> Indicator | None:
    steps = {value: int(level) for value, level in found.get("steps", {}).items()}
    starts: tuple[float, ...] = found.get("from", ())
    counts: Counts = found.get("counts", Counts.UPWARDS)
    answer = found.get("answer", "")
    if starts and not in_order(starts, counts):
        found.reading.problem(found.place("from"), f"thresholds do not go {counts}", "each beyond the one before")
    if found.get("fact") and not starts:
        found.reading.problem(found.place("fact"), "a fact without thresholds", "'from' with three figures")
    if answer:
        _check_answer(found, answer, steps)
    return Indicator(
        name=found["indicator"],
        title=found["title"],
        weight=float(found["weight"]),
        why=found["why"],
        source=found["source"],
        answer=answer,
        fact=found.get("fact", ""),
        counts=counts,
        starts=starts,
        steps=steps,
    )


def _check_answer(found: Found, answer: str, steps: Mapping[str, int]) -> None:
    """A choice has a level for each of its values, in one direction; a figure needs thresholds."""
    if answer not in interview():
        found.reading.unknown(found.place("answer"), "question", answer, interview())
        return
    values = interview()[answer].values
    if set(values) != set(steps):
        found.reading.problem(found.place("steps"), "not the answers of the question", listed(values) or "no steps")
        return
    levels = [steps[value] for value in values]
    if levels not in (sorted(levels), sorted(levels, reverse=True)):
        found.reading.problem(found.place("steps"), "levels rise and fall again", "one direction, as the answers go")


def _build_element(found: Found) -> Element:
    return Element(
        name=found["element"],
        title=found["title"],
        kind=found["kind"],
        indicators=found["indicators"],
        words=found["words"],
        why=found["why"],
        needs=float(found.get("needs", 1)),
    )


def _build_rule(found: Found) -> Rule:
    parts: Mapping[str, Mapping[str, Any]] = found.values
    start, all_ = parts["start"], parts["orchestrate"]
    return Rule(
        evident=int(parts["evident"]["level"]),
        start_failures=int(start["failures"]),
        start_diagnostics=int(start["diagnostics"]),
        all_failures=int(all_["failures"]),
        all_diagnostics=int(all_["diagnostics"]),
        rung=int(all_["rung"]),
        known=float(parts["known"]["share"]),
        whys={part: str(values["why"]) for part, values in parts.items()},
    )


def _build(found: Found) -> Scoring | None:
    scoring = Scoring(found["elements"], found["verdict"], found["models"], found["rungs"])
    known = [indicator.name for indicator in scoring.indicators()]
    wanted = [one.indicator for model in scoring.models for one in model.speaks]
    wanted += [name for rung in scoring.rungs for name in rung.stands]
    for missing in sorted(set(wanted) - set(known)):
        found.reading.problem(
            found.node, f"unknown indicator '{missing}'", listed(known), nearest=nearest_name(missing, known)
        )
    _check_directions(scoring, found)
    return scoring


def _check_directions(scoring: Scoring, found: Found) -> None:
    """One fact, and one answer, counts in one direction everywhere: else no verdict could move one way with it."""
    seen: dict[str, Counts] = {}
    for indicator in scoring.indicators():
        for source in filter(
            None, (indicator.fact and f"fact '{indicator.fact}'", indicator.answer and f"answer '{indicator.answer}'")
        ):
            if indicator.starts and seen.setdefault(source, indicator.counts) is not indicator.counts:
                found.reading.problem(found.node, f"{source} counts both ways", "one direction in all indicators")


def _part(**fields: Key[Any]) -> Key[Any]:
    why = Key(text(), "The reason.", required=True)
    return Key(Record({**fields, "why": why}, lambda found: found.values), "A part of the rule.", required=True)


def _whole(about: str) -> Key[float]:
    return Key(number(least=0, whole=True), about, required=True)


_INDICATOR: Record[Indicator] = Record(
    {
        "indicator": Key(name(), "Id.", required=True),
        "title": Key(text(), "What it looks at.", required=True),
        "answer": Key(name(), "Question that states it."),
        "fact": Key(name(), "Fact that measures it."),
        "counts": Key(choice(Counts), "Whether more or less means a higher level."),
        "from": Key(thresholds(), "Where levels 1, 2 and 3 begin."),
        "steps": Key(MapOf(name(), _level()), "Level of each answer of a choice."),
        "weight": Key(number(least=0), "How much it counts in its element.", required=True),
        "why": Key(text(), "Reason of the thresholds.", required=True),
        "source": Key(text(), "Where they come from; judgement, where from experience alone.", required=True),
    },
    _build_indicator,
)
_ELEMENT: Record[Element] = Record(
    {
        "element": Key(name(), "Id.", required=True),
        "title": Key(text(), "What it is.", required=True),
        "kind": Key(choice(ElementKind), "What it is to the verdict.", required=True),
        "needs": Key(number(least=0), "Weight that must stand at a level."),
        "words": Key(
            ListOf(text(), at_least=HIGHEST + 1, at_most=HIGHEST + 1), "What each level means.", required=True
        ),
        "why": Key(text(), "Why it is looked at.", required=True),
        "indicators": Key(ListOf(_INDICATOR), "What makes it up.", required=True),
    },
    _build_element,
)
_RULE: Record[Rule] = Record(
    {
        "evident": _part(level=_whole("Level from which something counts.")),
        "start": _part(failures=_whole("Evident failures."), diagnostics=_whole("Pressing diagnostics.")),
        "orchestrate": _part(
            failures=_whole("Evident failures."), diagnostics=_whole("Pressing diagnostics."), rung=_whole("Rung.")
        ),
        "known": _part(share=Key(figure(), "Share of the weight that must be known.", required=True)),
    },
    _build_rule,
)
_SPEAKS: Record[Speaks] = Record(
    {
        "indicator": Key(name(), "Whose level.", required=True),
        "at_least": Key(_level(), "From this level on."),
        "at_most": Key(_level(), "Up to this level."),
    },
    lambda found: Speaks(found["indicator"], int(found.get("at_least", 0)), int(found.get("at_most", HIGHEST))),
)
_MODEL: Record[Model] = Record(
    {
        "model": Key(name(), "Id.", required=True),
        "title": Key(text(), "What it is called.", required=True),
        "words": Key(text(), "What it means.", required=True),
        "why": Key(text(), "When it fits.", required=True),
        "speaks": Key(ListOf(_SPEAKS), "What speaks for it.", required=True),
    },
    lambda found: Model(found["model"], found["title"], found["words"], found["why"], found["speaks"]),
)
_RUNG: Record[Rung] = Record(
    {
        "rung": Key(name(), "Id.", required=True),
        "title": Key(text(), "What stands there.", required=True),
        "stands": Key(MapOf(name(), _level()), "Indicators and the level that they must have."),
        "next": Key(text(), "What to do to get there.", required=True),
    },
    lambda found: Rung(
        found["rung"],
        found["title"],
        found["next"],
        {key: int(level) for key, level in found.get("stands", {}).items()},
    ),
)
_FILE: Record[Scoring] = Record(
    {
        "elements": Key(ListOf(_ELEMENT), "What is weighed.", required=True),
        "verdict": Key(_RULE, "The rule.", required=True),
        "models": Key(ListOf(_MODEL), "Operating models.", required=True),
        "rungs": Key(ListOf(_RUNG), "The ladder.", required=True),
    },
    _build,
)
