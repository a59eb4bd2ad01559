"""What marketing's tool sends and sees come back, in UTC: it knows mail addresses only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clew.demo import talk
from clew.demo.dice import Ints, spread
from clew.demo.hours import DAY, NEVER, in_zone, later, office
from clew.demo.life import Life
from clew.demo.names import A_TEAM, USERS
from clew.demo.people import EMAIL, addressed
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, joined, moment, number, taken, words

EVENTS = ("mail sent", "mail opened", "mail clicked", "webinar attended", "form filled")
CHANNELS = ("email", "web")

EXPORT = Export(
    "marketing",
    {
        "message_id": number("M-", "number", 8),
        "email": EMAIL,
        "happened_at": moment("at"),
        "event": words("event", EVENTS),
        "team": "CASE WHEN event = 0 THEN 'marketing' END",
        "user": words("user", USERS),
        "channel": words("channel", CHANNELS),
        "topic": words("topic", talk.TOPICS),
    },
    ("noted", "row"),
)


def marketing_table(scene: Scene, life: Life) -> Table:
    """Return mails and what followed them, from the first touch on until the account leaves; forms open most deals."""
    stop = np.minimum(life.cancelled, scene.end)
    table = joined([*_mails(scene, life, stop), _forms(scene)])
    table = taken(table, (table["at"] >= scene.start) & (table["at"] < stop[table["owner"]]))
    table = taken(table, np.lexsort((table["topic"], table["event"], table["at"], table["owner"])))
    who, owner = table.pop("place"), table.pop("owner")
    return {
        **table,
        "at": in_zone(table["at"], "UTC"),
        "account": scene.accounts.index[owner],
        **addressed(scene.accounts, owner, who),
    }


def _mails(scene: Scene, life: Life, stop: Ints) -> Iterator[Table]:
    first = later(scene.accounts.created, -scene.dice.between("first", 2, 40))
    begins = np.maximum(np.where(scene.accounts.prior, scene.start, first), scene.start)
    years = np.maximum(stop - begins, 0) / (365 * DAY)
    owner, place = spread(scene.dice.counted("mails", years * scene.of_segment(scene.firm.mails)))
    dice = scene.dice[owner].each("mail", place)
    at = office(begins[owner] + (dice.uniform("when") * (stop - begins)[owner]).astype(np.int64), dice.uniform("at"))
    opens = dice.chance("opens", 0.38) & ~life.hush.covers(owner, at)
    opened = np.where(opens, later(at, dice.around("opened", 0.2, 1.0)), NEVER)
    clicked = np.where(dice.chance("clicks", 0.3), later(opened, 0.001 + dice.between("clicked", 0, 0.01)), NEVER)
    attends = opens & dice.chance("attends", 0.12)
    attended = np.where(attends, office(later(at, dice.between("attended", 3, 20)), dice.uniform("attended at")), NEVER)
    who = dice.below("person", np.minimum(scene.accounts.contacts[owner], 6))
    topic = dice.below("topic", talk.OF_MARKETING[1])
    yield _rows("mail sent", owner, at, who, topic, user=dice.below("user", A_TEAM))
    yield _rows("mail opened", owner, opened, who, topic)
    yield _rows("mail clicked", owner, clicked, who, topic)
    yield _rows("webinar attended", owner, attended, who, topic * 0)


def _forms(scene: Scene) -> Table:
    fills = ~scene.accounts.prior & scene.dice.chance("fills", 0.8)
    at = np.where(fills, later(scene.accounts.created, -0.3), NEVER)
    every = np.arange(len(scene))
    return _rows("form filled", every, at, every * 0, np.full(len(scene), talk.OF_SALES[0]))


def _rows(event: str, owner: Ints, at: Ints, place: Ints, topic: Ints, *, user: Ints | None = None) -> Table:
    full = np.ones(len(owner), np.int64)
    return {
        "owner": owner,
        "at": at,
        "event": full * EVENTS.index(event),
        "user": -full if user is None else user,
        "place": place,
        "topic": topic,
        "channel": full * CHANNELS.index("email" if event in ("mail sent", "mail opened") else "web"),
    }
