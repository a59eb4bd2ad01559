"""Product use as the product's own log has it, by tenant: each customer in its own rhythm."""

from __future__ import annotations

import numpy as np

from clew.demo.accounts import tenant
from clew.demo.dice import Dice, Floats, Ints, spread
from clew.demo.hours import DAY, HOUR, NEVER, in_zone
from clew.demo.plants.silence import Hush
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, moment, number, taken

EXPORT = Export(
    "usage",
    {
        "tenant": number("tn-", "tenant"),
        "used_at": moment("at"),
        "seats_used": "seats",
    },
    ("noted", "row"),
)
_JITTER = 0.22  # of the rhythm, to both sides
_HIGH_USES = 3  # so many uses at 90 percent of the seats and more make an account ready


def rhythm_of(scene: Scene) -> Floats:
    """Return the days between two uses of each account."""
    rhythm = scene.of_segment(scene.firm.rhythm) / scene.accounts.lively**0.8
    return np.clip(rhythm * scene.dice.between("rhythm", 0.75, 1.3), 2.0, 26.0)


def ready_at(scene: Scene, active: Ints, until: Ints, rhythm: Floats, hush: Hush) -> tuple[Ints, Ints]:
    """Return which use makes each account ready for more seats, and when; -1 and NEVER where none does."""
    dice = scene.dice
    stop = np.minimum(until, scene.end)
    uses = np.maximum((stop - active) / (rhythm * DAY), 0)
    place = (uses * dice.between("ready", 0.3, 0.75)).astype(np.int64)
    at = _used_at(dice, active, rhythm, place)
    fits = (active < NEVER) & (place > 5) & (rhythm <= 20) & (stop - at > 45 * DAY) & (hush.begins == NEVER)
    ready = fits & dice.chance("gets ready", scene.firm.expanding)
    return np.where(ready, place, -1), np.where(ready, at, NEVER)


def usage_table(scene: Scene, active: Ints, until: Ints, rhythm: Floats, *, ready: Ints, hush: Hush) -> Table:
    """Return a row for each use; ready is the place of the use that makes an account ready, -1 for none."""
    stop = np.minimum(until, scene.end)
    counts = np.where(active < NEVER, np.maximum((stop - active) / (rhythm * DAY) - 0.3, 0), 0).astype(np.int64)
    owner, place = spread(counts)
    at = _used_at(scene.dice[owner], active[owner], rhythm[owner], place)
    die = scene.dice[owner].each("use", place)
    usual = scene.dice.between("seats", 30, 78)[owner]
    high = (ready[owner] >= 0) & (place <= ready[owner]) & (place > ready[owner] - _HIGH_USES)
    seats = np.where(high, die.between("full", 90, 99.9), np.clip(usual + die.between("seats", -8, 8), 5, 88))
    table = {"tenant": tenant(scene.accounts.index[owner]), "at": in_zone(at, "UTC"), "seats": seats.astype(np.int64)}
    return taken(table, (at < stop[owner]) & ~hush.covers(owner, at))


def _used_at(dice: Dice, active: Ints, rhythm: Floats, place: Ints) -> Ints:
    """The time of the place-th use, at six in the morning to ten in the evening."""
    die = dice.each("use", place)
    at = active + ((place + 0.5 + die.between("jitter", -_JITTER, _JITTER)) * rhythm * DAY).astype(np.int64)
    moved = at // DAY * DAY + 6 * HOUR + (die.uniform("hour") * 16 * HOUR).astype(np.int64)
    return np.where(active < NEVER, np.maximum(moved, active), NEVER)
