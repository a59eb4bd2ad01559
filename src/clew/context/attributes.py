"""Dated attributes of accounts as they are in force: by name, and as what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from clew.archive.model import NO_CODE, NO_VALUE
from clew.clock import DAY_US
from clew.context.seen import Seen, Texts
from clew.engine.attributes import Units, code_in_force
from clew.engine.happenings import hold_at
from clew.engine.ordered import segment_starts
from clew.engine.terms import NO_INSTANT

NAMES = ("name", "company", "company name", "company_name", "account name", "account_name", "organization")
OWNERS = ("owner", "account owner", "account_owner")
TEAMS = ("team", "owner_team", "account_team")
INDUSTRIES, SEGMENTS = ("industry", "branch"), ("segment",)
PARENTS = ("parent", "parent_account", "parent_id")
RENEWALS = ("renewal_date", "renewal date", "renews_on", "renews")

Values = Mapping[str, Texts]  # attribute -> its value of each account, None where none is in force


def in_force(seen: Seen) -> Values:
    """Return every attribute that some account of the bucket has."""
    table, names = seen.bucket.attributes, seen.view.names["attribute"]
    units = Units(seen.threads, seen.threads, True)
    every, when = np.arange(len(seen.threads)), np.full(len(seen.threads), seen.now, np.int64)
    found: dict[str, Texts] = {}
    for name in sorted(names.text(code) for code in np.unique(np.asarray(table.name)).tolist()):
        codes = code_in_force(seen.bucket, seen.terms, units, name, unit=every, when=when)
        found[name] = seen.texts(f"attribute:{name}", codes)
    return found


def first_of(values: Values, own: str | None, usual: Sequence[str], count: int) -> Texts:
    """Return for each account the value of the attribute that the firm names, else of the first usual one it has."""
    found: Texts = [None] * count
    for name in reversed([own] if own else usual):
        texts = values.get(name, ())
        for place, text in enumerate(texts):
            found[place] = text if text and text.strip() else found[place]
    return found


def segments(seen: Seen, values: Values) -> Texts:
    """Return the first segment of clew.yaml that each account is in, else what an attribute says."""
    found = first_of(values, None, SEGMENTS, len(seen.threads))
    firm = seen.words.firm
    masks = hold_at(seen.bucket, seen.terms, seen.threads, firm.segments.values(), now=seen.now)
    for name, mask in reversed(list(zip(firm.segments, masks, strict=True))):
        for place in np.flatnonzero(mask).tolist():
            found[place] = name
    return found


def revenues(seen: Seen) -> list[int | None]:
    """Return what each account brings a year, millionths."""
    name, count = seen.words.meanings.revenue, len(seen.threads)
    if name is None:
        return [None] * count
    units, when = Units(seen.threads, seen.threads, True), np.full(count, seen.now, np.int64)
    code = code_in_force(seen.bucket, seen.terms, units, name, unit=np.arange(count), when=when)
    amounts = seen.terms.amounts(name)[code].tolist()
    return [None if one == NO_VALUE else one for one in amounts]


def renewals(seen: Seen) -> list[int | None]:
    """Return when each account, or one of its things, renews next; the latest one where all are past."""
    own = seen.words.meanings.account.renewal
    found: list[int | None] = [None] * len(seen.threads)
    for name in reversed([own] if own else RENEWALS):
        for place, at in _renewals(seen, name).items():
            found[place] = at
    return found


def _renewals(seen: Seen, name: str) -> dict[int, int]:
    table, code = seen.bucket.attributes, seen.view.names["attribute"].code(name)
    if code == NO_CODE:
        return {}
    rows = np.flatnonzero((np.asarray(table.name) == code) & (np.asarray(table.at) <= seen.now))
    thread, entity = np.asarray(table.thread)[rows], np.asarray(table.entity)[rows]
    last = rows[segment_starts(thread, entity)[1:] - 1] if len(rows) else rows  # rows of an entity rise in time
    at = seen.terms.instants(name)[np.asarray(table.value)[last]]
    found: dict[int, int] = {}
    places = np.searchsorted(seen.threads, np.asarray(table.thread)[last])
    for place, code_of, instant in zip(
        places.tolist(), np.asarray(table.thread)[last].tolist(), at.tolist(), strict=True
    ):
        if instant != NO_INSTANT and place < len(seen.threads) and seen.threads[place] == code_of:
            found[place] = _nearer(found.get(place), instant, seen.now - DAY_US)
    return found


def _nearer(known: int | None, instant: int, past: int) -> int:
    """The earlier of those that are not past, else the later one."""
    if known is None:
        return instant
    ahead = [one for one in (known, instant) if one > past]
    return min(ahead) if ahead else max(known, instant)


def parents(seen: Seen, values: Values) -> Texts:
    """Return the account above each, as an entity: "crm:17", or the bare id as the kind of the account's own thread."""
    told = first_of(values, seen.words.meanings.account.parent, PARENTS, len(seen.threads))
    dictionary = seen.view.names["entity"]
    found: Texts = []
    for text, thread in zip(told, seen.threads.tolist(), strict=True):
        whole = text is not None and ":" in text and dictionary.code(text) != NO_CODE
        found.append(text if text is None or whole else f"{dictionary.text(thread).partition(':')[0]}:{text.strip()}")
    return found
