"""From the log to what everybody should know of each account. Pure: the same log, words and moment, the same answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from clew.archive.model import Bucket, Codes, LogView
from clew.context.answers import answers_of
from clew.context.committee import memberships_of
from clew.context.handoffs import handoffs_of, owners
from clew.context.header import headers_of, with_owing
from clew.context.model import Context
from clew.context.promises import promises_of
from clew.context.seen import Seen
from clew.context.touches import kinds_of, touches_of
from clew.context.words import Words
from clew.engine.terms import Terms

Ids = Mapping[int, Sequence[str]]  # thread -> the entities that it is


def derive(view: LogView, words: Words, now: int) -> Mapping[str, Context]:
    """Derive every account of a view.

    now      moment at which dated attributes are asked for; what else depends on it is left to whoever reads
    Returns  thread -> its context. Teams are those that the account's own events name: the ones of stages where its
             runs stand are added by whoever keeps runs (`clew.context.standing`)
    """
    terms = Terms(view, words.firm)
    ids = _ids(view)
    found: dict[str, Context] = {}
    seen_by_now: set[int] = set()
    for bucket in view.buckets():
        threads = _threads(bucket, ids)
        seen_by_now.update(threads.tolist())
        if len(threads):
            found |= _of_bucket(Seen(view, bucket, words, terms=terms, threads=threads, now=now), ids)
    rest = np.array(sorted(ids.keys() - seen_by_now), np.int32)  # known by links alone
    if len(rest) and view.buckets():
        found |= _of_bucket(Seen(view, view.buckets()[0], words, terms=terms, threads=rest, now=now), ids)
    return found


def _of_bucket(seen: Seen, ids: Ids) -> Mapping[str, Context]:
    kinds = kinds_of(seen)
    touches, promises = touches_of(seen, kinds), promises_of(seen)
    handoffs = handoffs_of(seen, promises)
    columns = zip(
        headers_of(seen, kinds, handoffs, ids=[ids.get(thread, ()) for thread in seen.threads.tolist()]),
        memberships_of(seen, kinds),
        answers_of(seen),
        promises,
        handoffs,
        touches,
        strict=True,
    )
    found = {}
    for header, members, answers, promised, handed, told in columns:
        owed = owners(promised, handed)
        latest = dict(told.latest)
        found[header.thread] = Context(
            with_owing(header, owed), members, answers, owed, handed, latest, told.counts, told.by_team, told.last
        )
    return found


def _ids(view: LogView) -> Ids:
    """Every entity of each account, rising; things of accounts are left out."""
    text, found = view.names["entity"].text, defaultdict[int, list[str]](list)
    for kind in sorted(view.entity_kinds().keys() - view.subject_kinds):
        entities, threads = view.threads_of(kind)
        for entity, thread in zip(entities.tolist(), threads.tolist(), strict=True):
            found[thread].append(text(entity))
    return {thread: sorted(set(entities)) for thread, entities in found.items()}


def _threads(bucket: Bucket, ids: Ids) -> Codes:
    """The accounts that events or attributes of a bucket are of, rising."""
    every = np.union1d(np.asarray(bucket.thread), np.asarray(bucket.attributes.thread))
    return np.array([thread for thread in np.unique(every).tolist() if thread in ids], np.int32)
