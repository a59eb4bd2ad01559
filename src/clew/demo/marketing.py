"""What marketing's tool sends and sees come back, in UTC: it knows mail addresses only."""

from __future__ import annotations

import numpy as np

from clew.demo import talk
from clew.demo.dice import spread
from clew.demo.hours import DAY, NEVER, in_zone, later, office
from clew.demo.life import Life
from clew.demo.names import A_TEAM, USERS
from clew.demo.people import EMAIL, addressed
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, joined, moment, number, taken, words

EVENTS = ("mail sent", "mail opened", "mail clicked", "webinar attended", "form filled")
_SENT, _OPENED, _CLICKED, _ATTENDED, _FILLED = range(5)
_EMAIL_CHANNEL, _WEB_CHANNEL = 0, 1

EXPORT = Export(
    "marketing",
    {
        "message_id": number("M-", "number", 8),
        "email": EMAIL,
        "happened_at": moment("at"),
        "event": words("event", EVENTS),
        "team": "CASE WHEN event = 0 THEN 'marketing' END",
        "user": words("user", USERS),
        "channel": words("channel", ("email", "web")),
        "topic": words("topic", talk.TOPICS),
    },
    ("noted", "row"),
)


def marketing_table(scene: Scene, life: Life) -> Table:
    """Return mails and what followed them, from the first touch on until the account leaves; forms open most deals."""
    every = np.arange(len(scene))
    begins = np.where(
        scene.accounts.prior, scene.start, later(scene.accounts.created, -scene.dice.between("first", 2, 40))
    )
    begins = np.maximum(begins, scene.start)
    stop = np.minimum(life.cancelled, scene.end)
    years = np.maximum(stop - begins, 0) / (365 * DAY)
    owner, place = spread(scene.dice.counted("mails", years * scene.of_segment(scene.firm.mails)))
    dice = scene.dice[owner].each("mail", place)
    at = office(begins[owner] + (dice.uniform("when") * (stop - begins)[owner]).astype(np.int64), dice.uniform("at"))
    opens = dice.chance("opens", 0.38) & ~life.hush.covers(owner, at)
    opened = np.where(opens, later(at, dice.around("opened", 0.2, 1.0)), NEVER)
    clicked = np.where(dice.chance("clicks", 0.3), later(opened, 0.001 + dice.between("clicked", 0, 0.01)), NEVER)
    attends = opens & dice.chance("attends", 0.12)
    attended = np.where(attends, office(later(at, dice.between("attended", 3, 20)), dice.uniform("attended at")), NEVER)
    form = np.where(scene.accounts.prior | ~scene.dice.chance("fills", 0.8), NEVER, later(scene.accounts.created, -0.3))
    who = dice.below("person", np.minimum(scene.accounts.contacts[owner], 6))
    topic = dice.below("topic", talk.OF_MARKETING[1])
    user = dice.below("user", A_TEAM)
    rows = [
        (owner, at, _SENT, user, who, topic, _EMAIL_CHANNEL),
        (owner, opened, _OPENED, -1, who, topic, _EMAIL_CHANNEL),
        (owner, clicked, _CLICKED, -1, who, topic, _WEB_CHANNEL),
        (owner, attended, _ATTENDED, -1, who, topic * 0, _WEB_CHANNEL),
        (every, form, _FILLED, -1, every * 0, every * 0 + 5, _WEB_CHANNEL),
    ]
    table = joined([_rows(*row) for row in rows])
    table = taken(table, (table["at"] >= scene.start) & (table["at"] < np.minimum(scene.end, stop)[table["owner"]]))
    table = taken(table, np.lexsort((table["topic"], table["event"], table["at"], table["owner"])))
    who, owner = table.pop("place"), table.pop("owner")
    return {
        **table,
        "at": in_zone(table["at"], "UTC"),
        "account": scene.accounts.index[owner],
        **addressed(scene.accounts, owner, who),
    }


def _rows(owner, at, event, user, place, topic, channel) -> Table:  # type: ignore[no-untyped-def]
    full = np.ones(len(owner), np.int64)
    columns = (owner, at, full * event, full * user, place, topic, full * channel)
    return dict(zip(("owner", "at", "event", "user", "place", "topic", "channel"), columns, strict=True))
