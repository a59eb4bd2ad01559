"""Fold threads; where one makes the fold fail, find the row that does it, park it, and go on with everything else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from clew.archive.model import LogView
from clew.db.engine import Database
from clew.db.leases import Lease
from clew.errors import ClewError, kind_and_place
from clew.live.faults import OURS
from clew.live.model import FreshLog
from clew.live.state.compact import compact
from clew.live.state.courses import Course, courses_of
from clew.live.state.definitions import define, folded
from clew.live.state.model import Definitions, Pass
from clew.live.state.narrowed import RowKeys, without
from clew.live.state.parking import Fault, park, postpone
from clew.live.state.queries import parked_rows


@dataclass(frozen=True)
class FoldedThreads:
    """What a fold of threads came to.

    courses  every journey over them     ahead  thread -> its next row that lies in the future
    failing  threads whose fold fails for no row that could be found: they are tried again later
    """

    courses: list[Course]
    ahead: Mapping[str, int]
    failing: frozenset[str]


class Folding:
    """Folds threads by definitions over a fresh log.

    definitions  those whose conditions can be walked     failed  journeys that cannot, with the reason
    """

    def __init__(self, database: Database, fresh: FreshLog, definitions: Definitions) -> None:
        self._database, self._fresh = database, fresh
        self.failed: dict[str, str] = {}
        self.definitions = self._walkable(definitions)
        self._parked: RowKeys = frozenset()

    def _walkable(self, definitions: Definitions) -> Definitions:
        """Leave out journeys that fail on an empty log: no event is to blame for that."""
        nothing = self._fresh.view_of((), 0)
        for each in definitions.defined:
            try:
                folded(nothing, each)
            except ClewError as fault:
                self.failed[each.journey.name] = str(fault)
        if not self.failed:
            return definitions
        usable = [each for each in definitions.defined if each.journey.name not in self.failed]
        return define(usable, complete=False)

    def refresh(self) -> None:
        """Learn which rows are parked."""
        with self._database.read() as connection:
            self._parked = frozenset((hi, lo) for _, hi, lo in parked_rows(connection))

    def of_view(self, view: LogView) -> list[Course]:
        """Fold every journey over a view, without the rows that are parked. Raises whatever the fold raises."""
        return self._courses(without(view, self._parked))

    def _courses(self, view: LogView) -> list[Course]:
        return [course for each in self.definitions.defined for course in courses_of(folded(view, each), view)]

    def courses(self, each: Pass, leases: Sequence[Lease]) -> FoldedThreads:
        """Fold the threads of a pass; rows that make it fail are parked. Raises Fenced"""
        threads = list(each.why)
        found, suspects = self._by_halves(threads, each)
        failing = set()
        for thread in suspects:
            mended = self._without_fault(thread, each, leases)
            found += mended or []
            failing |= {thread} if mended is None else set()
        return FoldedThreads(found, self._fresh.next_after(threads, each.as_of), frozenset(failing))

    def _by_halves(self, threads: Sequence[str], each: Pass) -> tuple[list[Course], list[str]]:
        """Fold threads; return also those that cannot be folded."""
        try:
            return self._fold(threads, each.as_of, each.before), []
        except OURS:
            raise
        except Exception:
            if len(threads) == 1:
                return [], list(threads)
        middle = len(threads) // 2
        found, failing = self._by_halves(threads[:middle], each)
        more, others = self._by_halves(threads[middle:], each)
        return found + more, failing + others

    def _fold(self, threads: Collection[str], as_of: int, before: int | None) -> list[Course]:
        seen = compact(without(self._fresh.view_of(threads, as_of, before=before), self._parked))
        return self._courses(seen)

    def _without_fault(self, thread: str, each: Pass, leases: Sequence[Lease]) -> list[Course] | None:
        """Park rows of a thread until it can be folded; None where that does not help."""
        while (fault := self._fault(thread, each)) is not None:
            if fault.position is None or not park(self._database, fault, leases, now=each.as_of):
                postpone(self._database, fault, leases, now=each.as_of)
                return None
            self.refresh()
        return self._fold([thread], each.as_of, each.before)

    def _fault(self, thread: str, each: Pass) -> Fault | None:
        """Find the row with which the fold of a thread begins to fail, by bisection; None where it does not fail."""
        whole = self._error(thread, each.as_of, each.before)
        if whole is None:
            return None
        low, high = 0, self._fresh.position if each.before is None else each.before
        if self._error(thread, each.as_of, low):
            return Fault(thread, None, *whole)
        while high - low > 1:
            middle = (low + high) // 2
            if self._error(thread, each.as_of, middle):
                high = middle
            else:
                low = middle
        return Fault(thread, high - 1, *whole) if self._error(thread, each.as_of, high) else None

    def _error(self, thread: str, as_of: int, before: int | None) -> tuple[str, str] | None:
        """Return the journey whose fold of a thread fails and its error, None where all succeed."""
        view = without(self._fresh.view_of([thread], as_of, before=before), self._parked)
        for each in self.definitions.defined:
            try:
                folded(view, each)
            except OURS:
                raise
            except Exception as error:
                return each.journey.name, kind_and_place(error)
        return None
