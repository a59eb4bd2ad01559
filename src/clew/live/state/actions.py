"""Keep stored runs equal to the fold: one round takes up what is new for the shards that this process holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from clew import metrics
from clew.db.engine import Database
from clew.db.leases import Lease, check
from clew.live.failpoints import reach
from clew.live.model import FreshLog, shard_of
from clew.live.state.folding import after, plan
from clew.live.state.holding import Holding
from clew.live.state.model import Cause, Definitions, Pass, Plan
from clew.live.state.parking import take_in_again
from clew.live.state.passes import in_portions, passes_of
from clew.live.state.poison import Folding
from clew.live.state.queries import Shard, due_threads, known_of, quiet_ranges
from clew.live.state.storable import storable
from clew.live.state.sweep import Sweep
from clew.live.state.writing import write_plan, write_shards

ROWS_PER_ROUND = 50_000  # of the log: bounds what a backlog keeps in memory
WOKEN_PER_ROUND = 4_000  # threads whose instant has come
THREADS_AT_ONCE = 4_000  # written in one transaction


@dataclass(frozen=True)
class Round:
    """What a round did.

    rows     positions taken up        threads  folded because of rows    woken  folded because an instant came
    changed  runs written or removed   behind   rows of the log that are not in the live state yet
    swept    a part of the whole log was compared with what is stored     more   there is something left to do at once
    begin    position from which it took rows up     due    instants that had come
    """

    rows: int = 0
    threads: int = 0
    woken: int = 0
    changed: int = 0
    behind: int = 0
    swept: bool = False
    more: bool = False
    begin: int = 0
    due: Sequence[int] = ()


class LiveState:
    """The live state of some shards, as one thread of one process keeps it.

    loads  gives the number of loads of exports in the log as it was refreshed last: they told it more than the tail
    """

    def __init__(
        self,
        database: Database,
        fresh: FreshLog,
        definitions: Definitions,
        *,
        loads: Callable[[], int] = lambda: 0,
        rows_per_round: int = ROWS_PER_ROUND,
        threads_at_once: int = THREADS_AT_ONCE,
    ) -> None:
        self._database, self._fresh, self._loads = database, fresh, loads
        self._rows, self._portion = rows_per_round, threads_at_once
        self._folding = Folding(database, fresh, definitions)
        self._holding = Holding()
        self._sweep: Sweep | None = None

    @property
    def definitions(self) -> Definitions:
        """What is folded: journeys whose conditions cannot be walked are among those left alone."""
        return self._folding.definitions

    @property
    def failed(self) -> dict[str, str]:
        """Journeys whose conditions cannot be walked, with the reason."""
        return self._folding.failed

    def define(self, definitions: Definitions) -> None:
        """Fold by other definitions from now on."""
        self._folding = Folding(self._database, self._fresh, definitions)
        self._drop_sweep()

    def forget(self) -> None:
        """Drop what is known of shards: another process may have written them."""
        self._holding = Holding()
        self._sweep = None

    def round(self, leases: Sequence[Lease], *, now: int) -> Round:
        """Take up what is new and what has come due, at most so much; then a part of what is to be compared.

        leases  of the shards to keep, "fold:<number>"; others are left alone
        Raises  Fenced, nothing of the present portion is written then
        """
        self._fresh.refresh()
        self._folding.refresh()
        if self._holding.take(self._database, leases):
            self._drop_sweep()
        if not self._holding:
            return Round()
        now = max(now, self._holding.as_of)
        self._holding.compare_with(self.definitions, self._loads(), now=now)
        done = self._take_up(now)
        if done.behind == 0 and self._holding.pending:
            done = replace(done, swept=True, changed=done.changed + self._sweep_on(), more=True)
        return done

    def _take_up(self, now: int) -> Round:
        mine, since, until = self._holding.next_stretch(self._fresh.position, self._rows)
        with self._database.read() as connection:
            ranges = quiet_ranges(connection, since, until)
            woken = due_threads(connection, mine, now=now, at_most=WOKEN_PER_ROUND)

        def touched(first: int, behind: int) -> Iterable[str]:
            return (thread for thread in storable(self._fresh.touched(first, behind)) if shard_of(thread) in mine)

        before = until if until < self._fresh.position else None
        passes = passes_of(ranges, touched, woken, now=now, before=before, other_reason=self._other_reason)
        changed = self._fold_and_write(passes, self._holding.moved(mine, until, as_of=now) if passes or ranges else [])
        last = passes[-1].why if passes else {}
        rows = sum(why.rows for why in last.values())
        behind = self._fresh.position - until
        more = behind > 0 or len(woken) == WOKEN_PER_ROUND or not self._holding.is_even
        return Round(
            until - since, rows, len(last) - rows, changed, behind, more=more, begin=since, due=tuple(woken.values())
        )

    def _other_reason(self, thread: str) -> tuple[Cause, int] | None:
        """Why a thread would differ even if it were not touched, and up to which instant it is folded already."""
        pending = self._holding.pending.get(shard_of(thread))
        return None if pending is None or (self._sweep is not None and self._sweep.has_had(thread)) else pending

    def _fold_and_write(self, passes: Sequence[Pass], moved: Sequence[Shard]) -> int:
        """Fold and write by portions of threads; the last one notes how far the shards are."""
        portions = in_portions(passes, self._portion)
        changed = 0
        for number, portion in enumerate(portions, 1):
            plans = self._plans(portion)
            self._write(plans, moved if number == len(portions) else [])
            if self._sweep is not None:
                self._sweep.leave_out(portion[-1].why)
            changed += sum(len(made.runs) + len(made.gone) for made in plans)
        if not portions:
            self._write([], moved)
        return changed

    def _plans(self, passes: Sequence[Pass]) -> list[Plan]:
        """Fold each pass and compare it with what is stored once the ones before it are written."""
        with self._database.read() as connection:
            known = known_of(connection, list(passes[-1].why))
        made: list[Plan] = []
        for each in passes:
            if not each.why:
                continue
            told = self._folding.courses(each, self._holding.leases)
            why = {thread: why for thread, why in each.why.items() if thread not in told.failing}
            done = plan(told.courses, known, why, now=each.as_of, ahead=told.ahead, speak_of=self.definitions.speak_of)
            known = after(known, done)
            made.append(done)
        return made

    def _write(self, plans: Sequence[Plan], moved: Sequence[Shard]) -> None:
        if not moved and not any(plans):
            return
        reach("state.before-write")
        with self._database.write() as connection:
            check(connection, self._holding.leases)
            for made in plans:
                write_plan(connection, made)
            reach("state.between-runs-and-position")
            write_shards(connection, moved)
            reach("state.before-commit")
        reach("state.after-commit")
        for cause, count in Counter(row.cause for made in plans for row in made.transitions).items():
            metrics.TRANSITIONS.labels(cause).inc(count)
        self._holding.note(moved)

    def _sweep_on(self) -> int:
        """Compare one part of the whole log with what is stored; the last part notes that the shards are done."""
        if self._sweep is not None and self._sweep.is_outdated:
            self._drop_sweep()
            return 0
        if self._sweep is None:
            self._sweep = self._begin_sweep()
            take_in_again(self._database, self._sweep.shards, self._holding.leases, now=self._sweep.as_of)
            self._folding.refresh()
        changed = 0
        for made in self._sweep.part(self._holding.leases):
            self._write([made], [])
            changed += len(made.runs) + len(made.gone)
        reach("state.between-parts-of-a-sweep")
        if self._sweep.is_over:
            self._write([], self._holding.swept(self._sweep.shards, self.definitions.fingerprint, self._sweep.loads))
            self._holding.done(self._sweep.shards)
            self._sweep = None
        return changed

    def _drop_sweep(self) -> None:
        """Begin anew, from how far shards are folded by now: what rounds did meanwhile is not known any more."""
        self._sweep = None
        self._holding.done(list(self._holding.pending))

    def _begin_sweep(self) -> Sweep:
        """Begin with the shards that are to be compared for one reason and up to one instant."""
        reason, as_of = min(self._holding.pending.values())
        shards = [number for number, each in self._holding.pending.items() if each == (reason, as_of)]
        return Sweep(
            self._database, self._fresh, self._folding, shards=shards, reason=reason, as_of=as_of, loads=self._loads()
        )
