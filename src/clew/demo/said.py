"""The words of promises, answers and handoffs; which of them is chosen by number and not by chance."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from clew.demo import talk
from clew.demo.tables import words

PROMISES = (
    "We send the guide to the interfaces",
    "A quote for ten more seats",
    "The export of shift plans gets its missing column",
    "A visit at the second plant",
    "Two dates for training the night shift",
    "A written answer on where the data are stored",
    "We clean up the machine list ourselves",
    "A call with engineering about the spare parts feed",
)
_ANSWERS = (  # two for each topic of talk.QUESTIONS, in their order
    ("42 machines in two halls; list attached", "About 120 machines; seven of them rented"),
    ("The ERP exports CSV every night", "There is an API; IT must open it first"),
    ("Three shifts; weekends off", "Two shifts; Saturdays in season"),
    ("Approved until the end of the year", "Up to 20 000 without the board"),
    ("Plant manager; IT and the works council", "Head of maintenance decides; purchasing signs"),
    ("Fourteen people; list follows", "All shift leaders and two planners"),
    ("A third less unplanned standstill", "One plan for both plants by summer"),
)
PACKET = ("buying reason", "success outcome", "stakeholders", "promises", "risks", "next step")
_PACKET = (
    ("Spreadsheets broke when the second plant came", "An audit asked for maintenance records", "Standstill in May"),
    ("A third less unplanned standstill within a year", "First plan in use before the season", "Audit passed"),
    (
        "Plant manager decides; IT opens the interface",
        "Maintenance lead drives it; purchasing watches",
        "Works council",
    ),
    ("Training near the night shift", "A second visit before going live", "None beyond the contract"),
    ("The machine list is three years old", "IT is short of people until autumn", "None known"),
    ("Kickoff within ten days", "Ask for the machine list first", "Call the plant manager on Tuesday"),
)
MISSING = tuple(f"missing: {part}" for part in ("success outcome", "stakeholders", "promises"))


def packed(dice: Random) -> dict[str, str]:
    """A packet, one in four without one of its parts."""
    parts = {part: dice.choice(_PACKET[number]) for number, part in enumerate(PACKET)}
    if dice.random() < 0.25:
        del parts[dice.choice(PACKET)]
    return parts


def said() -> str:
    """SQL for what an activity says: a statement its value, an answer and a promise a sentence."""
    first, count = talk.QUESTIONS
    answers = [answer for pair in _ANSWERS for answer in pair]
    told = _chosen(answers, f"((topic - {first}) % {count}) * 2 + account % 2")
    promised = _chosen(PROMISES, f"promise % {len(PROMISES)}")
    return (
        f"CASE kind WHEN {talk.ANSWERED} THEN {told} WHEN {talk.PROMISED} THEN {promised}"
        f" ELSE {words('says', talk.SAYS)} END"
    )


def packet(part: int) -> str:
    """SQL for a part of the packet of a handoff that is sent; empty where it lacks that part."""
    lacked = next((number for number, note in enumerate(MISSING) if note.endswith(PACKET[part])), -2)
    text = _chosen(_PACKET[part], f"(account * 7 + {part}) % {len(_PACKET[part])}")
    return f"CASE WHEN packed = 1 AND lacks <> {lacked} THEN {text} END"


def _chosen(texts: Sequence[str], number: str) -> str:
    """SQL for one of some texts by a number from 0."""
    listed = ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
    return f"([{listed}])[({number}) + 1]"
