"""What firm and customers tell each other: questions and answers, statements, promises and what came of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clew.demo import talk
from clew.demo.dice import Ints, spread
from clew.demo.hours import DAY, NEVER, after, later, office
from clew.demo.life import Life
from clew.demo.names import A_TEAM, CALL, EMAIL, MANAGEMENT, ONBOARDING, SALES
from clew.demo.people import person
from clew.demo.plants.messages import contradicted, repeated_questions
from clew.demo.plants.promises import kept_at
from clew.demo.scene import Scene
from clew.demo.tables import Table

_PROMISES = 1 << 8  # more promises than one account gets


def exchanges(scene: Scene, life: Life) -> Iterator[Table]:
    """Return the activities, from the first deal on until the account leaves."""
    stop = np.minimum(life.cancelled, scene.end)
    begins = np.where(scene.accounts.prior, scene.start, life.deals.created)
    begins = np.where((begins < stop) & (not scene.firm.self_service), begins, NEVER)
    yield from _questions(scene, life, begins, stop)
    yield from _statements(scene, life, begins, stop)
    yield from _promises(scene, life, begins, stop)


def _questions(scene: Scene, life: Life, begins: Ints, stop: Ints) -> Iterator[Table]:
    """Each topic is asked about once, by the team at work with the account then; the customer answers within days."""
    first, count = talk.QUESTIONS
    owner, place = spread(
        np.where(begins < NEVER, scene.dice.counted("questions", scene.of_segment((3.0, 2.0, 1.2))), 0)
    )
    dice = scene.dice[owner].each("question", place)
    topic = first + (scene.dice.below("first topic", count)[owner] + place * 3) % count
    span = np.minimum(stop - begins, 300 * DAY)[owner]
    at = office(begins[owner] + (dice.uniform("when") * span).astype(np.int64), dice.uniform("at"))
    team = _team_at(life, owner, at)
    answered = office(later(at, dice.between("answered", 0.5, 6)), dice.uniform("answered at"))
    answered = np.maximum(answered, after(at, 0.5))
    user = team * A_TEAM + dice.below("user", A_TEAM)
    who = person(scene, owner, dice)
    asked = talk.activity(owner, at, talk.ASKED, team=team, user=user, place=who, channel=EMAIL, topic=topic)
    yield asked
    yield talk.activity(owner, answered, talk.ANSWERED, team=-1, user=-1, place=who, channel=EMAIL, topic=topic)
    yield repeated_questions(scene, dice, owner, answered, (team, topic, who))


def _statements(scene: Scene, life: Life, begins: Ints, stop: Ints) -> Iterator[Table]:
    """What an account is told about a topic stays the same, whoever says it."""
    years = np.where(begins < NEVER, np.maximum(stop - begins, 0), 0) / (365 * DAY)
    owner, place = spread(scene.dice.counted("statements", years * scene.of_segment((1.8, 1.2, 0.8))))
    dice = scene.dice[owner].each("statement", place)
    topic = dice.below("topic", talk.STATEMENTS[1])
    at = office(begins[owner] + (dice.uniform("when") * (stop - begins)[owner]).astype(np.int64), dice.uniform("at"))
    at = np.where(at < stop[owner], at, NEVER)
    true = scene.dice[owner].each("truth", topic).below("says", talk.SAYS_EACH)
    slip = dice.chance("slips", 0.003)
    says = topic * talk.SAYS_EACH + (true + slip) % talk.SAYS_EACH
    team = _team_at(life, owner, at)
    who = person(scene, owner, dice)
    user = team * A_TEAM + dice.below("user", A_TEAM)
    first = talk.STATEMENTS[0]
    yield talk.activity(
        owner, at, talk.STATED, team=team, user=user, place=who, channel=CALL, topic=first + topic, says=says
    )
    yield contradicted(scene, dice, owner, at, (team, topic, says, who), until=stop)


def _promises(scene: Scene, life: Life, begins: Ints, stop: Ints) -> Iterator[Table]:
    years = np.where(begins < NEVER, np.maximum(stop - begins, 0), 0) / (365 * DAY)
    owner, place = spread(scene.dice.counted("promises", years * scene.of_segment((1.8, 1.0, 0.6)) + 0.3 * (years > 0)))
    dice = scene.dice[owner].each("promise", place)
    at = office(begins[owner] + (dice.uniform("when") * (stop - begins)[owner]).astype(np.int64), dice.uniform("at"))
    at = np.where(at < stop[owner], at, NEVER)
    due = office(later(at, dice.between("due", 4, 21)), dice.uniform("d"))
    kept = kept_at(scene, dice, owner, at, due)
    number = scene.accounts.index[owner] * _PROMISES + place
    team = _team_at(life, owner, at)
    user = team * A_TEAM + dice.below("user", A_TEAM)
    who = person(scene, owner, dice)
    for kind, moments, day in ((talk.PROMISED, at, due), (talk.KEPT, kept, NEVER)):
        yield talk.activity(
            owner, moments, kind, team=team, user=user, place=who, channel=EMAIL,
            topic=talk.FOLLOW_UP, promise=number, due=day,
        )  # fmt: skip


def _team_at(life: Life, owner: Ints, at: Ints) -> Ints:
    """Return the team that works with each account at a time: sales, then onboarding, then account management."""
    won, live = life.deals.won[owner], life.active[owner]
    return np.where(at >= live, MANAGEMENT, np.where(at >= won, ONBOARDING, SALES))
