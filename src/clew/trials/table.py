"""The curves as an answer: recall and precision by detector and size, and false alarms where nothing was planted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clew.questions.figures import Row, share_cells, share_columns
from clew.questions.model import Answer, Column, Unit
from clew.stats.shares import MINIMUM_FOR_SHARE
from clew.trials.match import Tally
from clew.trials.run import SHARE, SHARES, Trial

RECALL_GOAL, PRECISION_GOAL = 0.9, 0.8
_BLOCKS = "·▁▂▃▄▅▆▇█"


def merged(trials: Iterable[Trial]) -> dict[tuple[str, float], Tally]:
    """Add the tallies of all seeds, by (detector, size), in order of detector and rising size."""
    found: dict[tuple[str, float], Tally] = {}
    for trial in trials:
        for detector, tally in trial.tallies.items():
            found[detector, trial.size] = found.get((detector, trial.size), Tally()) + tally
    detectors = list(dict.fromkeys(name for name, _ in found))
    return dict(sorted(found.items(), key=lambda item: (detectors.index(item[0][0]), item[0][1])))


def below_goal(trials: Sequence[Trial]) -> list[str]:
    """Name the detectors that at the largest size miss a goal, or had nothing to find; none if nothing was planted."""
    found = merged(trials)
    largest = max(size for _, size in found)
    if not largest:
        return []
    return [
        name
        for (name, size), tally in found.items()
        if size == largest and ((tally.recall or 0) < RECALL_GOAL or (tally.precision or 0) < PRECISION_GOAL)
    ]


def curve_lines(trials: Sequence[Trial]) -> list[str]:
    """Draw how recall rises with size, one line for each detector: blocks of an eighth, then the shares."""
    found = merged(trials)
    sizes = sorted({size for _, size in found if size > 0})
    names = list(dict.fromkeys(name for name, _ in found))
    if not sizes:
        return []
    width = max(map(len, names))
    lines = [f"{'recall at size':<{width}}  {' ' * len(sizes)}  {''.join(f'{size:>7g}' for size in sizes)}"]
    for name in names:
        recalls = [found[name, size].recall for size in sizes]
        drawn = "".join(" " if recall is None else _BLOCKS[round(recall * 8)] for recall in recalls)
        shares = "".join(f"{'–' if recall is None else f'{recall:.0%}':>7}" for recall in recalls)
        lines.append(f"{name:<{width}}  {drawn}  {shares}")
    return lines


def as_answer(trials: Sequence[Trial], *, accounts: int, as_of: int) -> Answer:
    """Put the curves into a table with one row for each detector and size; intervals are Wilson's."""
    seeds = list(dict.fromkeys(trial.seed for trial in trials))
    rows = [_row(name, size, tally) for (name, size), tally in merged(trials).items()]
    return Answer(
        question="trial",
        title="Detectors on firms whose truth is known",
        columns=_columns(),
        rows=rows,
        n=len(trials),
        n_of="invented firms",
        as_of=as_of,
        notes=(
            f"{accounts:,} accounts each, seeds {', '.join(map(str, seeds))}; a fault of every kind is planted in "
            f"{SHARE:.0%} of what is eligible ({_other_shares()}).",
            "Size: how plainly a fault shows, 0 not at all, 1 plainly.",
            "A signal is right if it falls into the window of a planted fault of its account, give or take a day.",
            "At size 0 nothing is planted: every signal there is a false alarm.",
            _goal(trials),
        ),
    )


def _goal(trials: Sequence[Trial]) -> str:
    below = below_goal(trials)
    if not any(trial.size for trial in trials):
        return "Nothing was planted, so there is nothing to find: recall and precision need a size above 0."
    aim = f"recall of {RECALL_GOAL:.0%} at a precision of {PRECISION_GOAL:.0%}"
    if not below:
        return f"At the largest size every detector reaches a {aim}."
    return f"At the largest size below a {aim}: {', '.join(below)}."


def _other_shares() -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in SHARES.items())


def _row(name: str, size: float, tally: Tally) -> Row:
    clean = size == 0
    return {
        "detector": name,
        "size": size,
        "planted": tally.planted,
        "signals": tally.signals,
        **({"recall": None} if clean else _share("recall", tally.found, tally.planted)),
        **({"precision": None} if clean else _share("precision", tally.right, tally.signals)),
        **_share("alarmed", tally.signals - tally.right, tally.occasions),
        "occasions": tally.occasions,
    }


def _share(name: str, hits: int, n: int) -> Row:
    return dict(share_cells(name, min(hits, n), n, MINIMUM_FOR_SHARE))


def _columns() -> list[Column]:
    return [
        Column("detector", "detector", Unit.TEXT, "Which detector."),
        Column("size", "size", Unit.NUMBER, "How plainly the planted faults show; 0: nothing is planted."),
        Column("planted", "planted", Unit.COUNT, "Faults there were to find."),
        Column("signals", "signals", Unit.COUNT, "Signals raised."),
        *share_columns("recall", "recall", "Planted faults that a signal found.", "planted"),
        *share_columns("precision", "precision", "Signals that found a planted fault.", "signals"),
        *share_columns("alarmed", "false alarms", "Signals without a fault, of all occasions.", "occasions"),
        Column("occasions", "occasions", Unit.COUNT, "Occasions on which the detector could have raised a signal."),
    ]
