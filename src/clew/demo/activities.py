"""The CRM's log of what the firm's people and the customers say to each other, on Berlin's clock."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clew.demo import talk
from clew.demo.dice import Floats, Ints, spread
from clew.demo.exchanges import exchanges
from clew.demo.hours import DAY, NEVER, later, office
from clew.demo.life import Life
from clew.demo.names import A_TEAM, CALL, CHANNELS, EMAIL, MANAGEMENT, MEETING, ONBOARDING, SALES, TEAMS, USERS
from clew.demo.people import CONTACT_ID, addressed, person
from clew.demo.plants.messages import written_twice
from clew.demo.said import said
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, joined, moment, number, taken, words

EXPORT = Export(
    "activities",
    {
        "activity_id": number("K-", "number", 8),
        "account_id": number("A-", "account"),
        "happened_at": moment("at"),
        "activity": words("kind", talk.KINDS),
        "team": words("team", TEAMS),
        "user": words("user", USERS),
        "contact_id": CONTACT_ID,
        "channel": words("channel", CHANNELS),
        "topic": words("topic", talk.TOPICS),
        "says": said(),
        "promise_id": number("V-", "promise", 8),
        "due_on": moment("due", "DATE"),
    },
    ("noted", "row"),
)
_SENT_KINDS = np.array([talk.WRITTEN, talk.WRITTEN, talk.CALLED, talk.MET])
_SENT_CHANNELS = np.array([EMAIL, EMAIL, CALL, MEETING])


def activity_table(scene: Scene, life: Life) -> Table:
    """Return all activities of the chunk before the end, by account and time."""
    table = joined([*_touches(scene, life), *exchanges(scene, life), *_events(scene, life)])
    if scene.firm.one_owner:
        ours = table["team"] >= 0
        table["team"] = np.where(ours, MANAGEMENT, -1)
        table["user"] = np.where(ours, scene.manager[table["owner"]], -1)
    table = taken(table, (table["at"] >= scene.start) & (table["at"] < scene.end))
    table = joined([table, written_twice(scene, table)])
    table = taken(table, np.lexsort((table["topic"], table["kind"], table["at"], table["owner"])))
    owner, place = table.pop("owner"), table.pop("place")
    return {**table, "account": scene.accounts.index[owner], **addressed(scene.accounts, owner, place)}


def _touches(scene: Scene, life: Life) -> Iterator[Table]:
    """What sales, onboarding and account management send and hold, each about its own topics."""
    firm = scene.firm
    deals, stop = life.deals, np.minimum(life.cancelled, scene.end)
    sold = np.where(deals.created < NEVER, np.minimum(deals.decided, scene.end), NEVER)
    met = np.minimum(life.onboarding.kickoff, life.onboarding.data)  # a few need no kickoff
    begun = np.where(met < scene.end, met, NEVER)
    done = np.minimum(np.minimum(life.onboarding.live, scene.end), stop)
    years = np.where(life.active < NEVER, np.maximum(stop - life.active, 0), 0) / (365 * DAY)
    courting = scene.of_segment(firm.courting)
    guided = np.full(len(scene), 0.0 if firm.self_service else 1.2)
    manager = scene.manager
    guide = scene.dice.below("guide", A_TEAM) + A_TEAM * ONBOARDING
    touches = years * scene.of_segment(firm.touches) * scene.accounts.lively
    yield _sent(scene, life, "sales", courting, (deals.created, sold), SALES, deals.seller, talk.OF_SALES)
    yield _sent(scene, life, "guide", guided, (begun, done), ONBOARDING, guide, talk.OF_ONBOARDING)
    yield _sent(scene, life, "manager", touches, (life.active, stop), MANAGEMENT, manager, talk.OF_MANAGEMENT)


def _sent(
    scene: Scene,
    life: Life,
    name: str,
    mean: Floats,
    between: tuple[Ints, Ints],
    team: int,
    user: Ints,
    topics: tuple[int, int],
) -> Table:
    begins, ends = between
    fits = (begins < NEVER) & (ends > begins) & (ends < NEVER)
    owner, place = spread(scene.dice.counted(f"touches {name}", np.where(fits, mean, 0.0)))
    dice = scene.dice[owner].each(f"touch {name}", place)
    count = np.maximum(np.bincount(owner, minlength=len(scene)), 1)[owner]
    share = (place + dice.uniform("when")) / count
    at = office(begins[owner] + (share * (ends - begins)[owner]).astype(np.int64), dice.uniform("at"))
    how = dice.below("how", len(_SENT_KINDS))
    quiet = life.hush.covers(owner, at) & (_SENT_KINDS[how] == talk.MET)
    return talk.activity(
        owner,
        np.where(quiet | (at >= ends[owner]), NEVER, at),
        _SENT_KINDS[how],
        team=team,
        user=user[owner],
        place=person(scene, owner, dice),
        channel=_SENT_CHANNELS[how],
        topic=topics[0] + dice.below("topic", topics[1]),
    )


def _events(scene: Scene, life: Life) -> Iterator[Table]:
    """Quarterly reviews, talks about more, complaints and calls of customers."""
    every = np.arange(len(scene))
    manager = scene.manager
    yield _reviews(scene, life, manager)
    ready = life.outreach.at
    talks = scene.dice.chance("talks", 0.5)
    for kind, channel, which in ((talk.TALKED, MEETING, talks), (talk.OFFERED, EMAIL, ~talks)):
        at = np.where(which, ready, NEVER)
        yield talk.activity(
            every, at, kind, team=MANAGEMENT, user=manager, place=0, channel=channel, topic=talk.MORE_SEATS
        )
    complains = office(life.complains, scene.dice.uniform("complains at"))
    yield talk.activity(every, complains, talk.COMPLAINED, team=-1, user=-1, place=0, channel=EMAIL, topic=talk.FAULT)
    calls = scene.dice.chance("calls", scene.of_segment((0.8, 0.5, 0.3)))
    span = np.maximum(np.minimum(life.cancelled, scene.end) - life.active, 0)
    called = office(life.active + (scene.dice.uniform("calls when") * span).astype(np.int64), scene.dice.uniform("c"))
    quiet = life.hush.covers(every, called) | ~calls | (life.active == NEVER)
    yield talk.activity(
        every, np.where(quiet, NEVER, called), talk.CALLED_IN, team=-1, user=-1, place=1, channel=CALL,
        topic=talk.FOLLOW_UP,
    )  # fmt: skip


def _reviews(scene: Scene, life: Life, manager: Ints) -> Table:
    """One review a quarter for enterprise accounts, one or two a year for the others that get any."""
    stop = np.minimum(life.cancelled, scene.end)
    days = scene.of_segment((91, 182, 365))
    gets = scene.dice.chance("gets reviews", scene.of_segment((0.9, 0.5, 0.15))) & (not scene.firm.self_service)
    span = np.where((life.active < NEVER) & gets, np.maximum(stop - life.active, 0), 0)
    owner, place = spread((span / (days * DAY)).astype(np.int64))
    dice = scene.dice[owner].each("review", place)
    at = later(life.active[owner], (place + dice.between("when", 0.7, 1.0)) * days[owner])
    at = office(at, dice.uniform("at"))
    at = np.where((at < stop[owner]) & ~life.hush.covers(owner, at), at, NEVER)
    return talk.activity(
        owner, at, talk.REVIEWED, team=MANAGEMENT, user=manager[owner], place=0, channel=MEETING, topic=talk.REVIEW
    )
