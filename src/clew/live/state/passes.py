"""Which threads to fold in a round, as the log was at which position, and why. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from clew.live.state.model import Cause, Pass, Why

Touched = Callable[[int, int], Iterable[str]]


def passes_of(
    ranges: Sequence[tuple[int, int, bool]],
    touched: Touched,
    woken: Iterable[str],
    *,
    now: int,
    before: int | None = None,
    other_reason: Callable[[str], tuple[Cause, int] | None] = lambda _thread: None,
) -> list[Pass]:
    """Say how to fold the threads of a round so that every change gets its own cause.

    ranges   (first, behind the last, quiet) positions that are new, in order
    touched  threads of mine that rows of a range touch          woken  threads whose instant has come
    now      instant up to which the last pass folds             before  position before which it sees the log
    other_reason  why a thread would differ even without new rows (a load, other definitions), and up to which instant
             it is folded already: it is folded as it was then first
    """
    earlier: dict[tuple[int | None, int], dict[str, Why]] = {}
    last: dict[str, Why] = {}
    since = ranges[0][0] if ranges else before

    def begin(thread: str) -> None:
        other = other_reason(thread)
        if other is not None:
            earlier.setdefault((since, other[1]), {})[thread] = Why(quiet=True, reason=other[0])

    for first, behind, quiet in ranges:
        for thread in touched(first, behind):
            known = last.get(thread)
            if known is None:
                begin(thread)
            elif known.quiet != quiet:
                earlier.setdefault((first, now), {})[thread] = known
            last[thread] = Why(quiet=quiet)
    for thread in woken:
        if thread not in last:
            begin(thread)
            last[thread] = Why(rows=False)
    made = [Pass(at, as_of, why) for (at, as_of), why in earlier.items()]
    return [*sorted(made, key=_moment), *([Pass(before, now, last)] if last else [])]


def _moment(each: Pass) -> tuple[float, int]:
    return float("inf") if each.before is None else each.before, each.as_of


def in_portions(passes: Sequence[Pass], at_most: int) -> list[list[Pass]]:
    """Cut passes by threads, so that each portion can be written on its own; each thread's passes stay together."""
    if not passes:
        return []
    threads = list(passes[-1].why)
    cut = [set(threads[first : first + at_most]) for first in range(0, len(threads), at_most)]
    return [[_only(each, portion) for each in passes] for portion in cut]


def _only(each: Pass, threads: set[str]) -> Pass:
    return Pass(each.before, each.as_of, {thread: why for thread, why in each.why.items() if thread in threads})
