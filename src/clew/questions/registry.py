"""Every question Clew answers: name, what it tells, its options. Light: a question's module is loaded when asked.

The command line, the docs' completeness check and the report derive from REGISTRY; a new question is one entry and
one module.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.errors import BadRequest, UnknownName

if TYPE_CHECKING:
    from clew.questions.ground import Ground
    from clew.questions.model import Answer, Query


@dataclass(frozen=True)
class Option:
    """A further argument of one question.

    name     as on the command line, without the two dashes; key in Query.options
    default  used where the option is absent; "" for none
    help     one line
    flag     True: no value, "yes" where set
    many     how many values: 1, 2 (from and to), -1 for a list given before the options; several are joined by " > "
    """

    name: str
    default: str
    help: str
    flag: bool = False
    many: int = 1


@dataclass(frozen=True)
class Question:
    """One question.

    module    in clew.questions; its function `answer(ground, query)` answers
    short     a few words, for the list of questions
    tells     one sentence: what one learns
    examples  command lines that work
    compares  True where --compare gives a difference with interval and test
    """

    name: str
    module: str
    short: str
    tells: str
    options: tuple[Option, ...] = ()
    examples: tuple[str, ...] = ()
    compares: bool = False

    def load(self) -> Callable[[Ground, Query], Answer]:
        """Import the module that answers."""
        function: Callable[[Ground, Query], Answer] = importlib.import_module(f"clew.questions.{self.module}").answer
        return function

    def check(self, query: Query) -> Mapping[str, str]:
        """Return the options with defaults filled in. Raises UnknownName, BadRequest for what it does not take."""
        known = {option.name: option for option in (*self.options, LEAST)}
        for name in query.options:
            if name not in known:
                raise UnknownName(f"option of '{self.name}'", name, known)
        if query.compare and not self.compares:
            comparing = ", ".join(sorted(question.name for question in REGISTRY.values() if question.compares))
            raise BadRequest(f"'{self.name}' cannot be compared; these questions can: {comparing}")
        if query.finished_only and self.name != "time":
            raise BadRequest(f"--finished-only belongs to the question 'time', not to '{self.name}'")
        return {name: query.options.get(name, option.default) for name, option in known.items()}


LEAST = Option("least", "5", "below this n a figure is not shown, but how many more it needs")
_TOP = Option("top", "20", "how many rows at most; 0 for all. What is left out is counted in a note")
_WHOLE = Option(
    "whole",
    "",
    "take each subject's whole history, first to last event, instead of the journey's runs",
    flag=True,
)
_WORKING = Option("working", "", "count working time in the calendar of the stage's or event's team", flag=True)


def _over(default: str) -> Option:
    return Option("over", default, "what is followed: stages, events, team, channel, user or a property's name")


_ALL: tuple[Question, ...] = (
    Question(
        "runs",
        "runs",
        "how many runs are in each state",
        "How many runs are in each state: open in a stage, ended, restarted, planned, and subjects without any event.",
        (_WHOLE,),
        ("clew show runs", "clew show runs --by segment", "clew show runs --where origin=email --from 2018-01-01"),
        compares=True,
    ),
    Question(
        "funnel",
        "funnel",
        "how far runs come through the stages",
        "How far runs come: the share of started runs that reached each stage or a later one.",
        (),
        (
            "clew show funnel",
            "clew show funnel --by period:quarter",
            "clew show funnel --compare segment=small,mid-market",
        ),
        compares=True,
    ),
    Question(
        "conversion",
        "conversion",
        "what share comes from one point to another",
        "What share of runs comes from one point to another, in order, within a window.",
        (
            Option("points", "", "the points in order: stages, events, ends, 'start' or 'end'", many=-1),
            Option("within", "", "the window, counted from the first point: '30 days'"),
            Option(
                "mode",
                "",
                "strict-deduplication, strict-order, strict-increase, strict-once, allow-reentry (several: comma), "
                "or any-order",
            ),
            Option("all", "", "count runs too that could not be followed for the whole window", flag=True),
            _WHOLE,
            _TOP,
        ),
        (
            'clew show conversion "first contact" "deal won" --within "30 days"',
            "clew show conversion lead won first-sale --by period:month",
        ),
        compares=True,
    ),
    Question(
        "time",
        "time",
        "how long stages, runs and ways between points take",
        "How long runs stay in each stage, or take between two points: median, P75, P90, those still open included.",
        (
            Option("between", "", "two points: stages, events, ends, 'start' or 'end'", many=2),
            Option(
                "of", "stage", "what is timed: stage, run (start to end) or event (until the next event of the run)"
            ),
            Option(
                "any-order", "", "with --between: count a span backwards too, where the second came first", flag=True
            ),
            _WORKING,
            _WHOLE,
            _TOP,
        ),
        (
            "clew show time",
            'clew show time --between "first contact" "deal won" --by origin',
            "clew show time --working --compare segment=small,mid-market",
        ),
        compares=True,
    ),
    Question(
        "stalled",
        "stalled",
        "who stands still now, and for how much value",
        "Who stands still now: in which stage, since when, beyond which norm, waiting on whom, for how much value.",
        (_TOP,),
        ("clew show stalled", "clew show stalled --segment enterprise --top 50", "clew show stalled --by team"),
    ),
    Question(
        "transitions",
        "transitions",
        "what follows what",
        "What follows what, how often, and after how long.",
        (_over("stages"), _WHOLE, _TOP),
        ("clew show transitions", "clew show transitions --over events --top 50"),
    ),
    Question(
        "loops",
        "loops",
        "what runs come back to",
        "Which stages or events runs come back to, and what that costs in time.",
        (_over("stages"), _WHOLE, _TOP),
        ("clew show loops", "clew show loops --over events"),
        compares=True,
    ),
    Question(
        "pingpong",
        "pingpong",
        "what goes back and forth",
        "How often work goes from one to another and straight back (A, B, A).",
        (_over("team"), _WHOLE, _TOP),
        ("clew show pingpong", 'clew show pingpong --over "organization involved"'),
        compares=True,
    ),
    Question(
        "handoffs",
        "handoffs",
        "who passes work to whom, and how long it waits",
        "Who passes work to whom, how long it waits there, and how often it comes back.",
        (
            _over("team"),
            Option(
                "returns-within", "7 days", "a handoff counts as returned when the giver has it again within this time"
            ),
            _WORKING,
            _WHOLE,
            _TOP,
        ),
        ("clew show handoffs", 'clew show handoffs --returns-within "2 days" --working'),
    ),
    Question(
        "receipts",
        "receipts",
        "whether declared handoffs are received, and who waits",
        "Whether the handoffs that the journey file declares are received: how many, how soon, in time; what waits.",
        (
            Option("waiting", "", "list what waits for a receipt now, furthest beyond its limit first", flag=True),
            Option("working", "", "count working time in the calendar of the receiving team", flag=True),
            _TOP,
        ),
        (
            "clew show receipts",
            "clew show receipts --waiting --top 50",
            "clew show receipts --by segment --working",
            "clew show receipts --compare segment=small,mid-market",
        ),
        compares=True,
    ),
    Question(
        "kpis",
        "kpis",
        "whether KPIs meet their targets",
        "Whether the KPIs of the journey file meet their targets: figure, n, interval, target and what can be said.",
        (),
        ("clew show kpis", "clew show kpis --by segment", "clew show kpis --by period:quarter"),
    ),
    Question(
        "variants",
        "variants",
        "which ways runs take",
        "Which ways runs take through the stages, how common each is, how long it takes and what it is worth.",
        (_over("stages"), _WHOLE, Option("top", "10", _TOP.help)),
        ("clew show variants", "clew show variants --over events --top 5"),
    ),
    Question(
        "touches",
        "touches",
        "how many events, people and channels a run takes",
        "How many events, touches, people and channels a run takes.",
        (_WHOLE,),
        ("clew show touches", "clew show touches --by segment"),
    ),
    Question(
        "silence",
        "silence",
        "who is silent beyond their own rhythm",
        "Which accounts have been silent for longer than their own rhythm explains.",
        (
            Option("gaps", "5", "how many gaps between events an account needs before its rhythm counts as known"),
            Option("all", "", "look at every account, not only at those with an open run", flag=True),
            _TOP,
        ),
        ("clew show silence", "clew show silence --segment enterprise --all"),
    ),
    Question(
        "coverage",
        "coverage",
        "what the data cannot show",
        "What the data cannot show: events recorded late, stages that never occur, cohorts that cannot be compared.",
        (),
        ("clew show coverage",),
    ),
)

REGISTRY: Mapping[str, Question] = {question.name: question for question in _ALL}


def question_named(name: str) -> Question:
    """Raises UnknownName with the nearest question."""
    if name not in REGISTRY:
        raise UnknownName("question", name, REGISTRY)
    return REGISTRY[name]
