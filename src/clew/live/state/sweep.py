"""Compare the whole log with what is stored, bucket by bucket: after a load, other definitions, at the first start."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np

from clew.archive.model import Bucket, LogView
from clew.clock import NEVER
from clew.db.engine import Database
from clew.db.leases import Lease
from clew.live.faults import OURS
from clew.live.model import FreshLog, shard_of
from clew.live.state.courses import Course
from clew.live.state.folding import plan
from clew.live.state.model import Cause, Pass, Plan, Why
from clew.live.state.narrowed import Narrowed
from clew.live.state.poison import FoldedThreads, Folding
from clew.live.state.queries import known_of, portions, stored_threads
from clew.live.state.storable import storable

THREADS_AT_ONCE = 4_000


class Sweep:
    """One comparison, part by part; ordinary rounds go on in between.

    shards  that it is made for            reason  load or version        loads  those that it sees
    as_of   instant up to which it folds: the one up to which these shards were folded when it began. What time changes
            after that is left to instants that come due, so it counts as what it is
    """

    def __init__(
        self,
        database: Database,
        fresh: FreshLog,
        folding: Folding,
        *,
        shards: Collection[int],
        reason: Cause,
        as_of: int,
        loads: int,
    ) -> None:
        self._database, self._fresh, self._folding = database, fresh, folding
        self.shards, self.as_of, self.loads = frozenset(shards), as_of, loads
        self._why = Why(quiet=True, reason=reason)
        self._buckets = len(fresh.view(as_of).buckets())
        self._next = 0
        self._had: set[str] = set()
        self._swept: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
        self.is_over = False

    @property
    def is_outdated(self) -> bool:
        """Whether threads lie in other buckets by now, so that it must begin anew."""
        return len(self._fresh.view(self.as_of).buckets()) != self._buckets

    def leave_out(self, threads: Iterable[str]) -> None:
        """Let these be: a round has folded them, by the present definitions and the whole log."""
        self._had.update(threads)

    def has_had(self, thread: str) -> bool:
        return thread in self._had

    def part(self, leases: Sequence[Lease]) -> Iterator[Plan]:
        """Plan the next part; the log must be as the rounds before took it up. The last one removes what is no more."""
        if self._next < self._buckets:
            yield from self._bucket(self._next, leases)
            self._next += 1
            return
        yield from self._others(leases)
        self.is_over = True

    def _bucket(self, number: int, leases: Sequence[Lease]) -> Iterator[Plan]:
        view = self._fresh.view(self.as_of)
        bucket = view.buckets()[number]
        threads = self._threads(view, bucket)
        self._swept.append(np.array([hash(thread) for thread in threads], np.int64))
        waiting = [thread for thread in threads if thread not in self._had]
        if not waiting:
            return
        folded = self._folded(number, waiting, leases)
        good = [thread for thread in waiting if thread not in folded.failing]
        for some in portions(good, THREADS_AT_ONCE):
            yield self._plan(folded.courses, some, folded.ahead)

    def _folded(self, number: int, threads: list[str], leases: Sequence[Lease]) -> FoldedThreads:
        view = self._fresh.view(self.as_of)
        try:
            courses = self._folding.of_view(Narrowed(view, [view.buckets()[number]]))
        except OURS:
            raise
        except Exception:  # of one thread: fold them apart, as a round would, which parks what is to blame
            return self._folding.courses(Pass(None, self.as_of, dict.fromkeys(threads, self._why)), leases)
        return FoldedThreads(courses, self._fresh.next_after(threads, self.as_of), frozenset())

    def _threads(self, view: LogView, bucket: Bucket) -> list[str]:
        codes = np.union1d(np.unique(bucket.thread), np.unique(bucket.attributes.thread))
        text = view.names["entity"].text
        return [thread for thread in storable(map(text, codes.tolist())) if shard_of(thread) in self.shards]

    def _plan(self, courses: list[Course], threads: Collection[str], ahead: Mapping[str, int]) -> Plan:
        with self._database.read() as connection:
            known = known_of(connection, threads)
        why = dict.fromkeys(threads, self._why)
        speak_of = self._folding.definitions.speak_of
        return plan(courses, known, why, now=self.as_of, ahead=ahead, speak_of=speak_of)

    def _others(self, leases: Sequence[Lease]) -> Iterator[Plan]:
        """Plan the end of runs whose threads are no more, and the beginning of threads that lie in the future."""
        swept = np.unique(np.concatenate([np.empty(0, np.int64), *self._swept]))
        later = self._fresh.view(NEVER - 1)
        with self._database.read() as connection:
            others = set(stored_threads(connection, self.shards))
        others.update(thread for bucket in later.buckets() for thread in self._threads(later, bucket))
        listed = sorted(others - self._had)
        new = ~np.isin(np.array([hash(thread) for thread in listed], np.int64), swept)
        for some in portions([listed[place] for place in np.flatnonzero(new).tolist()], THREADS_AT_ONCE):
            told = self._folding.courses(Pass(None, self.as_of, dict.fromkeys(some, self._why)), leases)
            yield self._plan(told.courses, [thread for thread in some if thread not in told.failing], told.ahead)
