"""Facts about customers who left: how many without a loud word, and how early their first small sign came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.reach import Reach, last_year, whole_log
from clew.diagnosis.facts.unheard import unheard
from clew.diagnosis.facts.words import median_words, share_words, too_few, unknown
from clew.diagnosis.model import Fact, Measure
from clew.errors import NotEnoughData
from clew.questions.model import TooFew
from clew.signals.measuring.losses import Losses, losses
from clew.signals.registry import DETECTORS

LOST, QUIET = "customers lost", "quiet losses with a small sign"


@dataclass(frozen=True)
class Lost:
    """Losses, and from when on they are looked at."""

    found: Losses
    reach: Reach

    @property
    def see(self) -> str:
        """Return the command that shows them."""
        return f"clew signals {self.reach.option('since')}".rstrip()


def losses_of(base: Base) -> Lost:
    """Look back from every loss of the last 12 months; where those are too few for a share, from all of the log."""
    reach = last_year(base.sight)
    if gap := unheard(base.sight, "lost", "loud"):
        return Lost(
            replace(losses(base.sight, DETECTORS), share=None, quiet=None, spoke=None, days=None, blind=[gap]), reach
        )
    found = losses(base.sight, DETECTORS, since=reach.since)
    if not isinstance(found.share, TooFew):
        return Lost(found, reach)
    return Lost(losses(base.sight, DETECTORS), whole_log())


def loss_facts(lost: Lost) -> Iterator[Fact]:
    """Yield quiet-losses and warning-days."""
    yield quiet_losses(lost)
    yield warning_days(lost)


def quiet_losses(lost: Lost) -> Fact:
    """The share of lost customers who gave no loud signal within the time of notice."""
    name, found, see = "quiet-losses", lost.found, lost.see
    if isinstance(found.share, TooFew):
        return too_few(name, Measure.SHARE, _lack(found.share, LOST), n_of=LOST, see=see)
    if found.share is None:
        return unknown(name, Measure.SHARE, " ".join(found.blind), see)
    words = (
        f"{share_words(found.share, found.lost)} of customers lost {lost.reach.words} had neither complained nor "
        f"given a poor score in the {found.notice} before"
    )
    words += f"; {found.unwatched:,} lost sooner after the log begins are left out." if found.unwatched else "."
    return Fact(name, Measure.SHARE, found.share.value, found.lost, LOST, words, see, found.share.low, found.share.high)


def warning_days(lost: Lost) -> Fact:
    """The median days from the first small sign of those who left quietly to their loss."""
    name, found, see = "warning-days", lost.found, lost.see
    if found.days is None:
        return unknown(name, Measure.DAYS, " ".join(found.blind), see)
    if isinstance(found.days, TooFew):
        return too_few(name, Measure.DAYS, _lack(found.days, QUIET), n_of=QUIET, see=see)
    days, spoke = found.days, found.spoke or 0
    words = (
        f"Half of the {spoke:,} quiet losses {lost.reach.words} that had shown a small sign (any signal) within "
        f"{found.notice} had shown the first {median_words(days)} days before, or earlier."
    )
    return Fact(name, Measure.DAYS, days.value, days.n, QUIET, words, see, days.low, days.high)


def _lack(few: TooFew, of: str) -> NotEnoughData:
    return NotEnoughData(few.n, few.needed, of)
