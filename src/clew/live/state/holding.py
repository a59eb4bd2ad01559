"""The shards that a process holds: how far each is folded, and which must be compared with the log as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from clew.db.engine import Database
from clew.db.leases import Lease
from clew.live.state.model import Cause, Definitions
from clew.live.state.queries import Shard, shards

FOLD = "fold:"  # leases "fold:0" to "fold:15"


class Holding:
    """Shards under their leases.

    pending  shard -> why it must be compared as a whole, and up to which instant it is folded
    """

    def __init__(self) -> None:
        self._shards: dict[int, tuple[Lease, Shard]] = {}
        self.pending: dict[int, tuple[Cause, int]] = {}

    def __bool__(self) -> bool:
        return bool(self._shards)

    @property
    def leases(self) -> list[Lease]:
        return [lease for lease, _ in self._shards.values()]

    @property
    def as_of(self) -> int:
        """The latest instant up to which something is folded: time must not go back behind it."""
        return max(shard.as_of for _, shard in self._shards.values())

    @property
    def is_even(self) -> bool:
        """Whether all shards are equally far."""
        return len({shard.position for _, shard in self._shards.values()}) < 2

    def take(self, database: Database, leases: Sequence[Lease]) -> bool:
        """Let go of what is not held any more, learn how far new shards are; say whether anything changed."""
        held = {int(lease.name.removeprefix(FOLD)): lease for lease in leases if lease.name.startswith(FOLD)}
        before = {number: lease for number, (lease, _) in self._shards.items()}
        if held == before:
            return False
        new = {number for number, lease in held.items() if before.get(number) != lease}
        with database.read() as connection:
            stored = shards(connection, new)
        for number in before.keys() - held.keys() | new:
            self._shards.pop(number, None)
            self.pending.pop(number, None)
        for number in sorted(new):
            self._shards[number] = held[number], stored.get(number) or Shard(number, 0, 0, "", 0)
        return True

    def compare_with(self, definitions: Definitions, loads: int, *, now: int) -> None:
        """Find the shards that were folded by other definitions, or before the latest load."""
        for number, (_, shard) in self._shards.items():
            reason = _reason(shard, definitions.fingerprint, loads)
            if reason is None:
                self.pending.pop(number, None)
            elif self.pending.get(number, (None, 0))[0] is not reason:
                self.pending[number] = reason, max(shard.as_of or now, definitions.since)

    def next_stretch(self, position: int, rows: int) -> tuple[Collection[int], int, int]:
        """Return the shards that are furthest behind, and from where to where to take them.

        position  of the log          rows  at most to take
        """
        places = sorted({shard.position for _, shard in self._shards.values()})
        since = places[0]
        until = max(since, min(position, since + rows, *places[1:2]))
        return {number for number, (_, shard) in self._shards.items() if shard.position == since}, since, until

    def moved(self, numbers: Collection[int], position: int, *, as_of: int) -> list[Shard]:
        """Return shards as they are once they are folded up to a position and an instant."""
        return [replace(self._shards[number][1], position=position, as_of=as_of) for number in numbers]

    def swept(self, numbers: Collection[int], fingerprint: str, loads: int) -> list[Shard]:
        """Return shards as they are once they were compared as a whole."""
        return [
            replace(shard, definition=fingerprint, loads=loads)
            for number, (_, shard) in self._shards.items()
            if number in numbers
        ]

    def done(self, numbers: Collection[int]) -> None:
        """Let shards wait for no comparison any more; `compare_with` says whether there is another reason."""
        for number in numbers:
            self.pending.pop(number, None)

    def note(self, shards: Iterable[Shard]) -> None:
        """Take over what was written."""
        for shard in shards:
            self._shards[shard.number] = self._shards[shard.number][0], shard


def _reason(shard: Shard, fingerprint: str, loads: int) -> Cause | None:
    if shard.definition != fingerprint:
        return Cause.VERSION if shard.definition else Cause.LOAD
    return Cause.LOAD if shard.loads != loads else None
