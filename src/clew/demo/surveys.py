"""Scores and comments of customers: they fit the account's story, and stay away while it is silent."""

from __future__ import annotations

import numpy as np

from clew.demo.dice import Flags, Ints, spread
from clew.demo.hours import DAY, NEVER, in_zone, later, office
from clew.demo.life import Life
from clew.demo.people import EMAIL, addressed
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, moment, number, taken, words

COMMENTS = (
    *("Planning takes us half the time it took.", "Does what was promised.", "Quick help whenever we ask."),
    *("Our fitters like the tablet view.", "Good people, clear answers.", "We would buy it again."),
    *("Fine, but reports take long to load.", "Works, with some detours.", "All right so far."),
    *("Useful, though the import needs care.", "Help comes, if not always at once.", "No strong feelings."),
    *("Too many open points since the start.", "We expected more for this price.", "Half of it lies unused."),
    *("We complained and little has changed.", "We have looked at other suppliers.", "Nobody called back."),
    *("The same fault came back twice.", "We wait, and then we are asked again.", "It took several calls."),
)
_EACH = 3
_CONTENT, _LUKEWARM, _POOR, _ANGRY, _TIRED = 0, 6, 12, 15, 18

EXPORT = Export(
    "surveys",
    {
        "survey_id": number("S-", "number", 7),
        "account_id": number("A-", "account"),
        "email": EMAIL,
        "answered_at": moment("at"),
        "nps": "nps",
        "csat": "csat",
        "comment": words("comment", COMMENTS),
    },
    ("noted", "row"),
)


def survey_table(scene: Scene, life: Life) -> Table:
    """Return the answers: about one in seven months from each account that answers at all."""
    stop = np.minimum(life.cancelled, scene.end)
    answers = scene.dice.chance("answers", scene.firm.surveyed) & (life.active < NEVER)
    span = np.where(answers, np.maximum(stop - life.active, 0), 0)
    owner, place = spread(scene.dice.counted("surveys", span / (210 * DAY)))
    dice = scene.dice[owner].each("survey", place)
    at = office(life.active[owner] + (dice.uniform("when") * span[owner]).astype(np.int64), dice.uniform("at"))
    angry = (at > life.complains[owner] - 30 * DAY) & (at < later(life.complains[owner], 200.0))
    usual = scene.dice.between("content", 8.3, 10.2)[owner]
    score = np.where(angry, dice.between("angry", 0, 6.9), usual + dice.between("mood", -2.2, 1.0))
    worn = life.piles.covers(owner, at)
    score = np.where(worn, dice.between("lukewarm", 7, 8.99), score)
    nps = np.clip(np.floor(score), 0, 10).astype(np.int64)
    comment = _comment(nps, dice.below("words", _EACH), angry=angry, worn=worn)
    table = {
        "account": scene.accounts.index[owner],
        "at": in_zone(at, "UTC"),
        "nps": nps,
        "csat": np.clip((nps + dice.below("csat", 2)) // 2, 1, 5),
        "comment": np.where(dice.chance("comments", 0.45), comment, -1),
        **addressed(scene.accounts, owner, dice.below("person", 3)),
    }
    table = taken(table, (at < stop[owner]) & ~life.hush.covers(owner, at))
    return taken(table, np.lexsort((table["at"], table["account"])))


def _comment(nps: Ints, which: Ints, *, angry: Flags, worn: Flags) -> Ints:
    """Choose words that fit the score; angry after a complaint, worn while small frictions pile up."""
    calm = np.select([nps >= 9, nps >= 7], [_CONTENT + which + _EACH * (nps >= 10), _LUKEWARM + which], _POOR + which)
    return np.where(angry & (nps < 4), _ANGRY + which, np.where(angry | worn, _TIRED + which, calm))
