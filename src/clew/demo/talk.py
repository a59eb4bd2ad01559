"""What the CRM's log can hold: kinds of activities, what they are about, and rows of them."""

from __future__ import annotations

import numpy as np

from clew.demo.dice import Ints
from clew.demo.hours import NEVER, day_of
from clew.demo.tables import Table

KINDS = (
    "mail written",
    "call made",
    "meeting held",
    "customer called",
    "question asked",
    "answer given",
    "statement given",
    "promise made",
    "promise kept",
    "expansion talk held",
    "offer made",
    "quarterly review held",
    "complaint made",
)
(
    WRITTEN,
    CALLED,
    MET,
    CALLED_IN,
    ASKED,
    ANSWERED,
    STATED,
    PROMISED,
    KEPT,
    TALKED,
    OFFERED,
    REVIEWED,
    COMPLAINED,
) = range(13)

TOPICS = (
    *("planning webinar", "white paper", "product news", "customer story", "new module"),  # marketing, 0..
    *("demo", "offer", "scope", "reference visit"),  # sales, 5..
    *("kickoff plan", "data upload", "training"),  # onboarding, 9..
    *("usage", "renewal", "spare parts", "maintenance windows", "new module"),  # account management, 12..
    *("machine list", "interfaces", "shift model", "budget", "stakeholders", "user list", "success outcome"),  # 17..
    *("list of machines", "IT systems", "shifts", "funds", "people involved", "users", "goals"),  # the same, 24..
    *("price", "delivery date", "support hours", "data storage"),  # 31..
    *("fault", "follow-up", "review", "more seats"),  # 35..
)
OF_MARKETING, OF_SALES, OF_ONBOARDING, OF_MANAGEMENT = (0, 5), (5, 4), (9, 3), (12, 5)
QUESTIONS, OTHER_WORDS, STATEMENTS = (17, 7), (24, 7), (31, 4)
FAULT, FOLLOW_UP, REVIEW, MORE_SEATS = 35, 36, 37, 38

SAYS = (
    *("list price", "five percent less", "ten percent less", "price on request"),
    *("in four weeks", "in eight weeks", "next quarter", "not this year"),
    *("eight to six", "around the clock", "weekdays only", "mornings only"),
    *("in the cloud", "on your own servers", "in both places", "not decided"),
)
SAYS_EACH = 4


def activity(
    owner: Ints,
    at: Ints,
    kind: Ints | int,
    *,
    team: Ints | int,
    user: Ints | int,
    place: Ints | int,
    channel: Ints | int,
    topic: Ints | int = -1,
    says: Ints | int = -1,
    promise: Ints | int = -1,
    due: Ints | int = NEVER,
) -> Table:
    """Return rows of activities; a single number holds for all. What never happens is left out."""
    there = at < NEVER
    full = np.ones(len(owner), np.int64)
    columns = {
        "owner": owner,
        "at": at,
        "kind": full * kind,
        "team": full * team,
        "user": full * user,
        "place": full * place,
        "channel": full * channel,
        "topic": full * topic,
        "says": full * says,
        "promise": full * promise,
        "due": day_of(full * due),
    }
    return {name: column[there] for name, column in columns.items()}
