"""A small world for drivers: customers with tickets, touches, scores and renewals, of which one thing decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from clew.archive.model import LogView
from clew.clock import DAY_US
from clew.drivers.model import Window
from clew.engine.fold import fold
from clew.firm.model import Firm
from clew.firm.parse import parse_firm
from clew.journeys.parse import parse_journey
from clew.meanings.parse import parse_meanings
from clew.questions.ground import Ground
from clew.signals.sight import Sight
from clew.testing import memory_log

FIRM: Firm = parse_firm(
    "firm: A\ncurrency: EUR\ntime_zone: UTC\n"
    "segments: {big: {attribute: size, at_least: 100}, talkative: {count: {event: call made}, at_least: 3}}\n",
    Path("clew.yaml"),
)
MEANINGS = parse_meanings(
    """
about: topic
customers: {event: signed}
lost: {event: left}
renewed: {event: renewed}
expanded: {event: bought more}
loud: {event: complaint made}
sent: {when: {event: [call made, mail sent]}, within: 3 days}
asked: {when: {event: question asked}, answered: {event: answer given}}
stated: {when: {event: told}, says: says}
promises: {made: {event: promised}, kept: {event: kept}, id: promise, within: 5 days}
requests: {subject: ticket, opened: {event: opened}, answered: {event: answered}, reopened: {event: reopened},
           answer_within: 2 days, teams: 2}
scores: {nps: {property: nps, good: 9, poor: 6}}
frictions: {at_least: 2, within: 60 days}
silence: {gaps: 2, times: 2, at_least: 5 days}
ready: {seats: {when: {event: full}, outreach: {event: offered}, within: 10 days, watch: 40 days}}
""",
    Path("meanings.yaml"),
)
JOURNEY = parse_journey(
    """
journey: setup
starts: {event: signed}
stages:
  - {stage: waiting, enter: {event: signed}, limit: 10 days}
  - {stage: live, enter: {event: live}, back: friction}
ends:
  done: {event: done, good: true}
  gone: {event: left}
  quiet: {silent: {events: [live, signed], for: 20 days}, reopens: true}
""",
    Path("journeys/setup.yaml"),
)
SUBJECTS = ("ticket",)
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
WINDOW = Window(180 * DAY_US, 0, least=1)


def day(number: float) -> str:
    return (BEGIN + timedelta(days=number)).isoformat()


def sight_of(view: LogView) -> Sight:
    return Sight(view, FIRM, MEANINGS, {"setup": Ground(fold(view, JOURNEY, FIRM), FIRM)})


def log(events: Iterable[Any], attributes: Iterable[Any] = (), **options: Any) -> Any:
    return memory_log(events, attributes, subjects=SUBJECTS, **options)


def many(n: int, *, decides: float, seed: int = 1, mirrored: bool = False) -> tuple[list[Any], list[Any]]:
    """Customers for a year that renew or leave then, more often leaving the more calls they got.

    decides  0: nothing does; 1: calls alone        mirrored  all calls come after the outcome instead
    """
    rng = np.random.default_rng(seed)
    events: list[Any] = []
    attributes: list[Any] = []
    for number in range(n):
        account = f"a{number}"
        calls = int(rng.integers(0, 6))
        renews = calls < 3 if rng.random() < decides else rng.random() < 0.5
        events.append((account, day(0), "signed"))
        first = 380 if mirrored else 250
        events += [
            (account, day(first + 10 * k), "call made", {"contact": k % 3, "channel": "phone"}) for k in range(calls)
        ]
        events += [(account, day(200 + k), "mail sent", {"channel": "email"}) for k in range(int(rng.integers(0, 4)))]
        events.append((account, day(365), "renewed" if renews else "left"))
        attributes.append((account, "size", str(int(rng.integers(10, 200))), {"at": day(-5)}))
    events.append(("last", day(500), "call made"))
    return events, attributes
