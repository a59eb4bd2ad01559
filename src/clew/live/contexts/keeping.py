"""Keep what is stored of accounts equal to what is derived from the log: a bounded piece of work beside each fold.

The fold notes, in its own transaction, whose thread it touched. Here those are taken in portions, derived from the same
log and replaced in one transaction that makes sure the leases still hold. A thread that is touched a hundred times
meanwhile is derived once; a process that dies in between leaves them waiting.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from clew.archive.model import LogView
from clew.context.derive import derive
from clew.context.model import Context
from clew.context.standing import team_of_stage, with_standing
from clew.context.words import Words
from clew.db.bulk import among
from clew.db.engine import Database
from clew.db.leases import Lease, check
from clew.db.tables import account, run
from clew.errors import kind_and_place
from clew.live.contexts.waiting import derived_by, done, is_anything_waiting, let_wait, note_words, postpone, waiting
from clew.live.contexts.writing import replace_contexts
from clew.live.failpoints import reach
from clew.live.faults import OURS
from clew.live.model import FreshLog, shard_of
from clew.live.state.compact import compact
from clew.live.state.holding import FOLD
from clew.live.state.narrowed import without
from clew.live.state.queries import parked_rows, portions
from clew.live.state.storable import storable

LEAST_AT_ONCE, MOST_AT_ONCE = 50, 300  # accounts derived in one transaction
PORTION_S = 0.08  # how long a portion should take
NOTED_AT_ONCE = 5_000  # accounts that are noted as waiting in one transaction


@dataclass(frozen=True)
class Derived:
    """What a step did. accounts  derived; since  when each began to wait; more  whether others wait"""

    accounts: int = 0
    since: Sequence[int] = ()
    more: bool = False


class Contexts:
    """The contexts of the accounts whose shards this process holds, as one thread of one process keeps them.

    fresh        the log, as far as the fold took it up       fingerprint  of the words
    """

    def __init__(self, database: Database, fresh: FreshLog, words: Words, fingerprint: int) -> None:
        self._database, self._fresh = database, fresh
        self._at_once, self._now, self._turn = LEAST_AT_ONCE, 0, 0
        self.define(words, fingerprint)

    def define(self, words: Words, fingerprint: int) -> None:
        """Derive by other words from now on; what was derived by others is derived anew."""
        self.words, self._fingerprint = words, fingerprint
        self._teams = team_of_stage(words)
        self._current: set[Lease] = set()  # shards known to be derived by these words
        self._noting: Iterator[Sequence[str]] | None = None
        self._noted: set[int] = set()

    def forget(self) -> None:
        """Drop what is known of shards: another process may have written them."""
        self._current, self._noting = set(), None

    def step(self, leases: Sequence[Lease], *, now: int, seconds: float) -> Derived:
        """Derive accounts that wait, for so long and a portion at least. Raises Fenced."""
        held = [lease for lease in leases if lease.name.startswith(FOLD)]
        now = self._now = max(now, self._now)
        if not held:
            return Derived()
        noting = self._note(held, now)
        until, accounts, since = time.perf_counter() + seconds, 0, list[int]()
        while some := self._take(held, now):
            begun = time.perf_counter()
            self._derive([thread for thread, _ in some], some, held, now=now)
            spent = time.perf_counter() - begun
            self._at_once = max(LEAST_AT_ONCE, min(MOST_AT_ONCE, int(len(some) * PORTION_S / max(spent, 1e-6))))
            accounts, since = accounts + len(some), since + [at for _, at in some]
            if time.perf_counter() >= until:
                break
        return Derived(accounts, since, noting or bool(some))

    def _take(self, held: Sequence[Lease], now: int) -> list[tuple[str, int]]:
        """The next that wait; every shard comes first in its turn.

        By turns those that wait longest and those that were touched last: where more is touched than can be derived,
        what somebody has just done shows all the same.
        """
        numbers = sorted(map(_number, held))
        self._turn += 1
        latest, first = bool(self._turn % 2), self._turn // 2 % len(numbers)
        with self._database.read() as connection:
            if not is_anything_waiting(connection, numbers, now=now):
                return []
            return waiting(connection, numbers[first:] + numbers[:first], now=now, at_most=self._at_once, latest=latest)

    def _derive(
        self, threads: Sequence[str], some: Sequence[tuple[str, int]], held: Sequence[Lease], *, now: int
    ) -> None:
        """Derive and write; where an account cannot be derived the others are, and it is tried again later."""
        try:
            contexts = self._contexts(threads, now)
        except OURS:
            raise
        except Exception as error:
            if len(threads) > 1:
                middle = len(threads) // 2
                self._derive(threads[:middle], some, held, now=now)
                self._derive(threads[middle:], some, held, now=now)
                return
            with self._database.write() as connection:
                check(connection, held)
                postpone(connection, threads[0], kind_and_place(error), now=now)
            return
        self._write(contexts, [one for one in some if one[0] in set(threads)], held, now=now)

    def _contexts(self, threads: Sequence[str], now: int) -> Mapping[str, Context]:
        with self._database.read() as connection:
            parked = frozenset((hi, lo) for _, hi, lo in parked_rows(connection))
            standing = select(run.c.thread, run.c.journey, run.c.stage).where(run.c.ended_at.is_(None))
            rows = connection.execute(standing.where(among(connection, run.c.thread, threads))).all()
        stages = defaultdict[str, list[tuple[str, str | None]]](list)
        for thread, journey, stage in rows:
            stages[thread].append((journey, stage))
        view: LogView = compact(without(self._fresh.view_of(threads, now), parked))
        found = derive(view, self.words, now)
        wanted = set(threads)
        return {
            thread: with_standing(context, stages[thread], self._teams)
            for thread, context in found.items()
            if thread in wanted
        }

    def _write(
        self, contexts: Mapping[str, Context], some: Sequence[tuple[str, int]], held: Sequence[Lease], *, now: int
    ) -> None:
        reach("contexts.before-write")
        with self._database.write() as connection:
            check(connection, held)
            replace_contexts(connection, [thread for thread, _ in some], contexts, now=now)
            reach("contexts.between-rows-and-waiting")
            done(connection, some)
            reach("contexts.before-commit")
        reach("contexts.after-commit")

    def _note(self, held: Sequence[Lease], now: int) -> bool:
        """Let every account wait whose shard was derived by other words; a portion of them, and whether there are more.

        A fold of all, at the first start or after a load, notes its threads itself.
        """
        if self._noting is None:
            others = self._derived_otherwise(held)
            if not others:
                return False
            self._noting = portions(self._every(others), NOTED_AT_ONCE)
        some = next(self._noting, None)
        with self._database.write() as connection:
            check(connection, held)
            if some is not None:
                let_wait(connection, some, now=now)
            else:
                note_words(connection, self._noted & {_number(lease) for lease in held}, self._fingerprint)
        self._noting = None if some is None else self._noting
        return some is not None

    def _every(self, shards: set[int]) -> Sequence[str]:
        """Every thread of shards, those that are no more but still stored included."""
        with self._database.read() as connection:
            stored = connection.execute(select(account.c.thread).where(account.c.shard.in_(shards))).scalars().all()
        view = self._fresh.view(self._now)
        text = view.names["entity"].text
        codes = [view.threads_of(kind)[1] for kind in view.entity_kinds().keys() - view.subject_kinds]
        told = map(text, np.unique(np.concatenate([np.zeros(0, np.int64), *codes])).tolist())
        return sorted({*stored, *(one for one in storable(told) if shard_of(one) in shards)})

    def _derived_otherwise(self, held: Sequence[Lease]) -> set[int]:
        """Shards whose accounts were derived by other words."""
        new = [lease for lease in held if lease not in self._current]
        if not new:
            return set()
        with self._database.read() as connection:
            found = {lease: derived_by(connection, _number(lease)) == self._fingerprint for lease in new}
        self._current.update(lease for lease, same in found.items() if same)
        self._noted = {_number(lease) for lease, same in found.items() if not same}
        return self._noted


def _number(lease: Lease) -> int:
    """The shard of a lease."""
    return int(lease.name.removeprefix(FOLD))
