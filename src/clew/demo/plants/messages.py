"""Messages that should not have been: written twice, asked again, said differently. Usually none of it happens."""

from __future__ import annotations

import numpy as np

from clew.demo import talk
from clew.demo.dice import Dice, Ints
from clew.demo.hours import DAY, HOUR, NEVER, after, later, office
from clew.demo.names import A_TEAM, CALL, EMAIL, MANAGEMENT, ONBOARDING, SALES, TEAMS
from clew.demo.scene import Scene
from clew.demo.tables import Table

TWICE_WITHIN = 3 * DAY
_TALKING = np.array([SALES, ONBOARDING, MANAGEMENT])


def written_twice(scene: Scene, table: Table) -> Table:
    """Return a second touch by another team to the same person about the same topic, and label it.

    table  the activities so far
    size   1: within office hours of two days, inside three days; at a half as often beyond three days
    """
    size = min(scene.effect("duplicate-contact").size, 1.2)
    sent = np.isin(table["kind"], (talk.WRITTEN, talk.CALLED)) & (table["team"] >= 0)
    owner = table["owner"]
    dice = scene.dice[owner].each("twice", table["at"]).each("topic", table["topic"])
    hours = np.where(dice.chance("plainly", size**1.5), dice.between("soon", 0.5, 8), dice.between("late", 26, 55))
    at = after(table["at"], hours)
    fits = sent & (at < scene.end) & ((hours > 20) | (at - table["at"] < TWICE_WITHIN - 2 * HOUR))
    rows = np.flatnonzero(scene.chosen("duplicate-contact", dice, fits))
    team = _another_team(table["team"][rows], dice[rows])
    user = team * A_TEAM + dice[rows].below("user", A_TEAM)
    detail = "two teams wrote to one person about one topic"
    scene.label("duplicate-contact", owner[rows], at[rows], at[rows], detail)
    return talk.activity(
        owner[rows],
        at[rows],
        talk.WRITTEN,
        team=team,
        user=user,
        place=table["place"][rows],
        channel=EMAIL,
        topic=table["topic"][rows],
    )


def repeated_questions(scene: Scene, dice: Dice, owner: Ints, answered: Ints, asked: tuple[Ints, Ints, Ints]) -> Table:
    """Return questions that were answered before, asked again by another team, and label them.

    asked  (team, topic, person) of the first ones
    size   share of those asked in the same words
    """
    team, topic, who = asked
    effect = scene.effect("repeated-question")
    at = office(later(answered, dice.between("again", 9, 110)), dice.uniform("again at"))
    planted = scene.chosen("repeated-question", dice, (answered < scene.end) & (at < scene.end))
    natural = ~planted & (at < scene.end) & dice.chance("asks again", 0.003)
    same = natural | dice.chance("same words", effect.size)
    rows = np.flatnonzero(planted | natural)
    for which, detail in ((same, "asked again what was answered"), (~same, "asked again in other words")):
        plants = planted & which
        scene.label("repeated-question", owner[plants], at[plants], at[plants], detail)
    other = _another_team(team, dice)[rows]
    topic = np.where(same, topic, topic - talk.QUESTIONS[0] + talk.OTHER_WORDS[0])
    user = other * A_TEAM + dice[rows].below("asks", A_TEAM)
    return talk.activity(
        owner[rows], at[rows], talk.ASKED, team=other, user=user, place=who[rows], channel=EMAIL, topic=topic[rows]
    )


def contradicted(
    scene: Scene, dice: Dice, owner: Ints, stated: Ints, said: tuple[Ints, Ints, Ints, Ints], *, until: Ints
) -> Table:
    """Return statements of another team that say something else, and label them.

    said  (team, topic, says, person) of the first ones
    size  1: within three weeks, at a half within two months at most, at a quarter mostly beyond
    """
    team, topic, says, who = said
    size = min(scene.effect("contradiction").size, 1.1)
    days = 60 * (1.75 - 1.45 * size) * dice.between("differs after", 0.35, 1.1)
    at = office(later(stated, days), dice.uniform("differs at"))
    rows = np.flatnonzero(
        scene.chosen("contradiction", dice, (stated < NEVER) & (at < np.minimum(until[owner], scene.end)))
    )
    other = _another_team(team, dice)[rows]
    says = (
        says[rows] // talk.SAYS_EACH * talk.SAYS_EACH + (says[rows] + 1 + dice[rows].below("other", 3)) % talk.SAYS_EACH
    )
    scene.label("contradiction", owner[rows], at[rows], at[rows], "two teams said different things")
    return talk.activity(
        owner[rows],
        at[rows],
        talk.STATED,
        team=other,
        user=other * A_TEAM + dice[rows].below("other user", A_TEAM),
        place=who[rows],
        channel=CALL,
        topic=talk.STATEMENTS[0] + topic[rows],
        says=says,
    )


def _another_team(team: Ints, dice: Dice) -> Ints:
    """Choose a team that talks to customers, other than the one that did."""
    place = np.searchsorted(_TALKING, np.clip(team, 0, len(TEAMS) - 1)) % len(_TALKING)
    return np.asarray(_TALKING[(place + 1 + dice.below("another team", 2)) % len(_TALKING)])
