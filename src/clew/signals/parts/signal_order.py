"""Signals and occasions as every detector hands them over: in order of account, then instant."""

from __future__ import annotations

import numpy as np

from clew.archive.model import Bucket, Codes, Times
from clew.signals.model import NO_ROW, Amounts, Exposed, Found, Rows, Seen


def at_rows(bucket: Bucket, occasions: Rows, *, last: Rows, first: Rows, measure: Amounts) -> Seen:
    """Say which events were occasions and which of them completed a signal about the account itself.

    occasions, last  rows of the bucket, rising      first, measure  of each signal
    """
    thread, at = bucket.thread[last].astype(np.int32), bucket.at[last]
    exposed = Exposed(bucket.thread[occasions].astype(np.int32), bucket.at[occasions])
    return Seen(Found(thread, thread, at, first, last, measure), exposed)


def arranged(found: Found, exposed: Exposed) -> Seen:
    """Sort both by (thread, at); equal ones stay as they stood."""
    by, over = np.lexsort((found.at, found.thread)), np.lexsort((exposed.at, exposed.thread))
    occasion = None if found.occasion is None else found.occasion[by]
    in_order = Found(
        found.thread[by], found.subject[by], found.at[by], found.first[by], found.last[by], found.measure[by], occasion
    )
    return Seen(in_order, Exposed(exposed.thread[over], exposed.at[over]))


def by_time_alone(thread: Codes, at: Times, first: Rows, *, subject: Codes | None = None) -> Found:
    """Put together signals that no event completes; without a subject they are about the account."""
    threads = thread.astype(np.int32)
    subjects = threads if subject is None else subject.astype(np.int32)
    return Found(threads, subjects, at, first, np.full(len(at), NO_ROW, np.int64), np.full(len(at), np.nan))
