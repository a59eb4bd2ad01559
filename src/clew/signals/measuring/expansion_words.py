"""What the comparison of ready accounts says, in sentences."""

from __future__ import annotations

from clew.questions.model import TooFew
from clew.questions.words import counted, points, share
from clew.signals.measuring.expansion import ALL, Followed, Side, Stratum

ASSOCIATION = (
    "Association, not cause: whom somebody called may have been likelier to expand anyway; only calling some and not "
    "others by lot can tell."
)


def sentences(found: Followed) -> list[str]:
    """Say how many expanded with and without outreach, what was left out, and what keeps it from being a proof."""
    ready = found.ready
    head = (
        f"'{ready.name}': {counted(found.accounts, 'account')} ready, each taken at its first time; "
        f"{found.too_early:,} too early to know, ready less than {ready.watch} ago."
    )
    if ready.watch.micros <= ready.within.micros:
        return [head, f"'watch' ({ready.watch}) ends before the deadline ({ready.within}): nothing can be compared."]
    return [
        head,
        *(_compared(found, stratum) for stratum in (found.whole, *found.strata)),
        _left_out(found),
        *(
            [f"The two sides differ in mix, compare within segments: {'; '.join(found.differs)}."]
            if found.differs
            else []
        ),
        ASSOCIATION,
    ]


def _compared(found: Followed, stratum: Stratum) -> str:
    where = "" if stratum.segment == ALL else f"{stratum.segment}: "
    one, other = _side(stratum.reached), _side(stratum.unreached)
    text = f"{where}with outreach within {found.ready.within} {one}, without {other}"
    if isinstance(stratum.difference, TooFew):
        return f"{text}: {stratum.difference} to compare."
    gap = stratum.difference.difference
    assert gap.value is not None
    assert gap.low is not None
    assert gap.high is not None
    return f"{text}: a difference of {points(gap.value)} (95 %: {points(gap.low)} to {points(gap.high)})."


def _side(side: Side) -> str:
    told = f"{side.expanded:,} of {side.n:,} expanded after the deadline"
    if isinstance(side.share, TooFew):
        return told
    revenue = f", {side.revenue:,.0f} a year known of {side.known:,}" if side.revenue is not None else ""
    return f"{told} ({share(side.share.value)}, {share(side.share.low)} to {share(side.share.high)}{revenue})"


def _left_out(found: Followed) -> str:
    return (
        f"Both are followed from the deadline until {found.ready.watch} after readiness. Before the deadline "
        f"{found.expanded_reached:,} had expanded after an outreach, {found.expanded_unasked:,} without one, and "
        f"{found.lost:,} had left: they are on neither side."
    )
