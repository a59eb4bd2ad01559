"""Plan what to write after threads were folded: a comparison of what is with what is stored. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clew.clock import ALWAYS
from clew.live.state.courses import Course
from clew.live.state.model import Cause, Plan, RunKey, Step, StoredRun, TransitionRow, Why
from clew.live.state.paths import changes, read


@dataclass(frozen=True)
class Known:
    """What is stored of some threads.

    runs  every run of them            due  thread -> its next instant
    """

    runs: Mapping[RunKey, StoredRun]
    due: Mapping[str, int]


def plan(
    courses: Sequence[Course],
    known: Known,
    why: Mapping[str, Why],
    *,
    now: int,
    ahead: Mapping[str, int],
    speak_of: Callable[[str], bool] = lambda _journey: True,
) -> Plan:
    """Compare folded threads with what is stored of them.

    courses  every journey over these threads (and perhaps more)    why    the threads, each with why it was folded
    now      as_of of the fold; when changes are learnt
    ahead    thread -> its next row that lies in the future
    speak_of whether the definitions say anything of a journey: other runs stay as they are
    """
    made = Plan(threads=list(why), now=now)
    seen = {key for course in courses for key in _compared(course, known, why, made, now)}
    for key, stored in known.runs.items():
        if key not in seen and key.thread in why and speak_of(key.journey):
            made.gone.append(key)
            differing = _Differing(key, stored.version, stored, known.due.get(key.thread))
            made.transitions += differing.rows([], why[key.thread], now, frozenset())
    made.due = _due(courses, known, why, ahead)
    return made


def after(known: Known, made: Plan) -> Known:
    """Return what is stored once a plan is written."""
    gone = set(made.gone)
    runs = {key: stored for key, stored in known.runs.items() if key not in gone}
    for row in made.runs:
        runs[RunKey(*row[:4])] = StoredRun(row.digest, row.version, row.due_at, row.path)
    due = {**known.due, **{thread: at for thread, at in made.due.items() if at is not None}}
    return Known(runs, {thread: at for thread, at in due.items() if made.due.get(thread, at) is not None})


def _compared(course: Course, known: Known, why: Mapping[str, Why], made: Plan, now: int) -> Iterator[RunKey]:
    """Plan what differs in one journey; yields each of its runs."""
    for thread, reason in why.items():
        for run, key in course.keys(thread):
            yield key
            stored = known.runs.get(key)
            if stored is None or stored.digest != course.digests[run]:
                row, path = course.told(run, key)
                made.runs.append(row)
                differing = _Differing(key, row.version, stored, known.due.get(thread))
                made.transitions += differing.rows(path, reason, now, course.reopened(run))


@dataclass(frozen=True)
class _Differing:
    """A run that is not as it was; due_at is the instant its thread waited for."""

    key: RunKey
    version: str
    stored: StoredRun | None
    due_at: int | None

    def rows(self, path: Sequence[Step], why: Why, now: int, reopened: frozenset[int]) -> Iterator[TransitionRow]:
        """Yield a transition for each step that is withdrawn or new."""
        former = read(self.stored.path) if self.stored else []
        withdrawn, new = changes(former, path)
        for step in withdrawn:
            cause = Cause.EVENT if step.at in reopened and step.outcome else self._correcting(why)
            yield self._row(step, cause, why, now=now, withdrawn=True)
        known = former[-1].at + bool(withdrawn) if former else ALWAYS
        for step in new:
            yield self._row(step, self._cause(step, known, why), why, now=now, withdrawn=False)

    def _cause(self, step: Step, known: int, why: Why) -> Cause:
        """What made a step; before `known` everything had been told already."""
        if why.reason is not None:
            return why.reason
        if not why.rows or self.due_at == step.at or (self.stored is not None and self.stored.due_at == step.at):
            return Cause.TIME
        return Cause.LATE if step.at < known else Cause.EVENT

    def _correcting(self, why: Why) -> Cause:
        return why.reason or (Cause.LATE if why.rows else Cause.TIME)

    def _row(self, step: Step, cause: Cause, why: Why, *, now: int, withdrawn: bool) -> TransitionRow:
        return TransitionRow(
            journey=self.key.journey,
            version=self.version,
            thread=self.key.thread,
            subject=self.key.subject,
            number=self.key.number,
            came=step.came,
            went=step.went,
            outcome=step.outcome,
            at=step.at,
            learnt_at=now,
            cause=cause.value,
            quiet=why.reason is not None or (why.quiet and cause is not Cause.TIME),
            withdrawn=withdrawn,
        )


def _due(
    courses: Sequence[Course], known: Known, why: Mapping[str, Why], ahead: Mapping[str, int]
) -> dict[str, int | None]:
    """The threads whose next instant is another than the stored one."""
    sources = [ahead, *(course.next_instants for course in courses)]
    found: dict[str, int | None] = {}
    for thread in why:
        following = min((each[thread] for each in sources if thread in each), default=None)
        if following != known.due.get(thread):
            found[thread] = following
    return found
