"""Facts about customers who left: how many without a loud word, and how early their first small sign came."""

from __future__ import annotations

from collections.abc import Iterator

from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.words import median_words, share_words, too_few, unknown
from clew.diagnosis.model import Fact, Measure
from clew.errors import NotEnoughData
from clew.questions.model import TooFew
from clew.signals.measuring.losses import Losses, losses
from clew.signals.registry import DETECTORS

SEE, LOST, QUIET = "clew signals", "customers lost", "quiet losses with a small sign"


def losses_of(base: Base) -> Losses:
    """Look back from every loss of the log."""
    return losses(base.sight, DETECTORS)


def loss_facts(found: Losses) -> Iterator[Fact]:
    """Measure them."""
    yield quiet_losses(found)
    yield warning_days(found)


def quiet_losses(found: Losses) -> Fact:
    """The share of lost customers who gave no loud signal within the time of notice."""
    name = "quiet-losses"
    if isinstance(found.share, TooFew):
        return too_few(name, Measure.SHARE, _lack(found.share, LOST), n_of=LOST, see=SEE)
    if found.share is None:
        return unknown(name, Measure.SHARE, " ".join(found.blind), SEE)
    words = (
        f"{share_words(found.share, found.lost)} of customers lost had neither complained nor given a poor score in "
    )
    words += f"the {found.notice} before"
    words += f"; {found.unwatched:,} lost sooner after the log begins are left out." if found.unwatched else "."
    return Fact(name, Measure.SHARE, found.share.value, found.lost, LOST, words, SEE, found.share.low, found.share.high)


def warning_days(found: Losses) -> Fact:
    """The median days from the first small sign of those who left quietly to their loss."""
    name = "warning-days"
    if found.days is None:
        return unknown(name, Measure.DAYS, " ".join(found.blind), SEE)
    if isinstance(found.days, TooFew):
        return too_few(name, Measure.DAYS, _lack(found.days, QUIET), n_of=QUIET, see=SEE)
    days, spoke = found.days, found.spoke or 0
    words = (
        f"Half of the {spoke:,} quiet losses that had shown a small sign (any signal) within {found.notice} had shown "
        f"the first {median_words(days)} days before, or earlier."
    )
    return Fact(name, Measure.DAYS, days.value, days.n, QUIET, words, SEE, days.low, days.high)


def _lack(few: TooFew, of: str) -> NotEnoughData:
    return NotEnoughData(few.n, few.needed, of)
