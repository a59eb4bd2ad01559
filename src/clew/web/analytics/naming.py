"""What an account is called, by an attribute that a source gives it; and which account an entity is by now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from clew.archive.layout import ATTRIBUTES
from clew.archive.model import NO_CODE
from clew.clock import MINUTE_US
from clew.context.attributes import NAMES
from clew.context.header import called as nameless
from clew.live.contexts.queries import names_of_threads
from clew.web.analytics.keeping import analytics_of

if TYPE_CHECKING:
    from clew.live.fresh.log import Fresh
    from clew.web.request import Asked

KEPT = "names"
WAIT_S = 0.05  # a page does not wait longer for names: it shows ids
HOLDS_US = MINUTE_US  # a name that was read is not read again for so long
MOST = 20_000

Known = dict[str, tuple[int, str]]  # thread -> (when it was read, its name, "" for none)


def names_of(asked: Asked, threads: Collection[str]) -> Mapping[str, str]:
    """Return the names of those of these accounts that have one, as far as they are at hand.

    Those that were derived have theirs in the database; names of others are read from the log.
    """
    with asked.parts.database.read() as connection:
        derived = names_of_threads(connection, threads)
    others = {one for one in threads if one not in derived}
    return {**derived, **(_from_log(asked, others) if others else {})}


def _from_log(asked: Asked, threads: Collection[str]) -> Mapping[str, str]:
    known: Known = asked.parts.kept.setdefault(KEPT, {})
    missing = {one for one in threads if one not in known or known[one][0] < asked.now - HOLDS_US}
    if missing:
        work = partial(read_names, threads=missing, now=asked.now)
        found = analytics_of(asked.parts).glance(asked.now, work, wait_s=WAIT_S)
        if found is not None:
            if len(known) > MOST:
                known.clear()
            known.update({one: (asked.now, found.get(one, "")) for one in missing})
    return {one: known[one][1] for one in threads if one in known and known[one][1]}


def read_names(fresh: Fresh, threads: Collection[str], now: int) -> Mapping[str, str]:
    """Read the latest name of each of these threads that has one."""
    view = fresh.view_of(threads, now)
    table, entity = view.bucket.table(ATTRIBUTES), view.names["entity"]
    found: dict[str, str] = {}
    for name in reversed(NAMES):  # the first of them wins
        code = view.names["attribute"].code(name)
        if code != NO_CODE:
            values = view.names[f"attribute:{name}"]
            rows = np.flatnonzero(table.column("name") == code)
            rows = rows[np.argsort(table.column("at")[rows], kind="stable")]
            for thread, value in zip(
                table.column("thread")[rows].tolist(), table.column("value")[rows].tolist(), strict=True
            ):
                if value != NO_CODE:
                    found[entity.text(thread)] = values.text(value)
    return found


def accounts_of(asked: Asked, entities: Collection[str]) -> Mapping[str, str]:
    """Return which account the log takes each of these entities for; nothing while it is not at hand."""
    work = partial(read_accounts, entities=entities)
    return analytics_of(asked.parts).glance(asked.now, work, wait_s=WAIT_S) or {}


def read_accounts(fresh: Fresh, entities: Collection[str]) -> Mapping[str, str]:
    """Read the canonical account of each of these entities that the log knows."""
    standing = fresh.standing
    code, threads = standing.names["entity"].code, standing.identity.threads
    codes = {one: place for one in entities if NO_CODE < (place := code(one)) < len(threads)}
    texts = standing.texts(threads[np.array(list(codes.values()), np.int64)])
    return dict(zip(codes, texts, strict=True))


def called(thread: str, names: Mapping[str, str]) -> str:
    """Return what to call an entity: its name, else its id; with its kind only where it is no account."""
    return names.get(thread) or nameless(thread)
