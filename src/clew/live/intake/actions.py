"""Take in what has arrived: the one who holds the lease "intake" does, turn by turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clew.accounts.persons import PersonStore
from clew.db.engine import Database
from clew.db.leases import Lease
from clew.ingest.arriving.actions import forget
from clew.live import failpoints
from clew.live.faults import OURS
from clew.live.intake.acting import known_by
from clew.live.intake.decoding import events_of
from clew.live.intake.forgetting import unsearchable, without_erased
from clew.live.intake.keys import KnownKeys
from clew.live.intake.model import RECEIVED, Counts, Fate, Judged, Outcome, Taken, by_source, total
from clew.live.intake.reading import Batch, next_batch
from clew.live.intake.shaping import Shaping, Sources
from clew.live.intake.writing import Changed, Writing
from clew.workspace.workspace import Workspace

LEASE = "intake"
LIMIT = 1_000


class Memory:
    """What the holder of the lease keeps between turns: which events the log has, who has which number.

    For one holder only: whoever takes over begins with a new one. Used by one thread at a time.
    """

    def __init__(self, store: Path) -> None:
        self.keys, self.persons = KnownKeys(store), PersonStore(store)

    def close(self) -> None:
        self.persons.close()


def take_in(
    database: Database,
    workspace: Workspace,
    lease: Lease,
    *,
    now: int,
    limit: int = LIMIT,
    memory: Memory | None = None,
    look_again: Callable[[], Workspace] | None = None,
) -> Taken:
    """Take in what waits in the inbox, what people did, what was held until now, and what is to be tried again.

    lease   "intake"; it is checked where everything is written at once, so a second holder can do no harm
    now     microseconds UTC: what lies after it is held
    limit   bodies of the inbox in this turn, and acts
    memory  kept between the turns of one holder; without one everything known is read anew
    look_again  reads the files of the workspace anew, before an event is refused because its source is not there
    Raises  Fenced where another process took over. A crash anywhere repeats the turn: the ids of the events, the
            numbers of persons and the cursor make that the same as one turn.
    """
    with _remembering(workspace.store, memory) as kept:
        batch = next_batch(database, now=now, limit=limit)
        failpoints.reach("intake.read")
        if not batch:
            return Taken()
        try:
            return _Turn(database, lease, kept, now).run(batch, workspace, look_again)
        except Changed:
            kept.keys.forget()
            return Taken(more=True)
        except BaseException:
            kept.keys.forget()
            raise


class _Turn:
    """One turn."""

    def __init__(self, database: Database, lease: Lease, memory: Memory, now: int) -> None:
        self._database, self._lease, self._memory, self._now = database, lease, memory, now

    def run(self, batch: Batch, workspace: Workspace, look_again: Callable[[], Workspace] | None) -> Taken:
        keys = self._memory.keys
        with self._database.read() as connection:
            keys.refresh(connection)
        self._memory.persons.catch_up()
        comings = known_by(events_of(batch), self._memory.persons)
        failpoints.reach("intake.decoded")
        position, learnt_at = keys.position, max(self._now, keys.learnt_at)
        sources = Sources(workspace, look_again)
        shaping = Shaping(sources, keys, self._memory.persons, self._now)
        judged = [self._forgetting(each) for each in shaping.run(comings)]
        failpoints.reach("intake.persons-kept")
        writing = Writing(batch, judged, position=position, learnt_at=learnt_at, now=self._now)
        writing.run(self._database, self._lease)
        keys.learnt_at = learnt_at
        forget(self._database, batch.end)
        failpoints.reach("intake.inbox-cleared")
        return _told(batch, writing.counts, keys.position)

    def _forgetting(self, judged: Judged) -> Judged:
        """Let nothing that names an erased person be kept as it was sent."""
        parked = (Outcome.HELD, Outcome.REJECTED)
        return Judged(
            judged.lots, [self._without_erased(fate) if fate.outcome in parked else fate for fate in judged.fates]
        )

    def _without_erased(self, fate: Fate) -> Fate:
        try:
            return without_erased(fate, self._memory.persons)
        except OURS:
            raise
        except Exception:  # a mistake of ours: the event goes rather than a person staying in it, or others waiting
            return unsearchable(fate)


def _told(batch: Batch, counts: Counts, position: int) -> Taken:
    return Taken(
        bodies=len(batch.bodies) + len(batch.replays) + len(batch.acts),
        received=total(counts, RECEIVED),
        **{name: total(counts, name) for name in (*(outcome.value for outcome in Outcome), "late", "about")},
        settled=len(batch.due) + len(batch.replays),
        position=position,
        more=batch.more,
        became=by_source(counts),
    )


@contextmanager
def _remembering(store: Path, memory: Memory | None) -> Iterator[Memory]:
    if memory is not None:
        yield memory
        return
    own = Memory(store)
    try:
        yield own
    finally:
        own.close()
