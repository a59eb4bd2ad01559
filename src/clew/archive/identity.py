"""Identity: linked ids are one thread, which bears the smallest text of its component; contacts are members of it.

A link between two accounts, or things of accounts, makes them one. A link that has a contact at one end makes nobody
the same: the contact is a *member*. What is known of a contact alone goes to its account where all its member links
lead to one; with links to several accounts, or none, the contact stays a thread of its own. So no contact ever joins
two accounts. A link from one contact to another says that the left id was the right one's before, as an anonymous id
before somebody signed in: an id without members' links of its own goes where the other one goes, if there is only one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clew.archive.layout import Array

CONTACT = "contact:"

Pairs = list[tuple[int, int]]


def threads_of_entities(texts: Sequence[str], left: Array, right: Array) -> Array:
    """Return for each entity the code of its canonical entity: depends on the set of pairs and on nothing else.

    texts        entity texts by code
    left, right  codes of the two ends of each link in force; any order, repetitions allowed
    """
    threads = np.arange(len(texts), dtype=np.int32)
    if not len(left):
        return threads
    pairs = np.unique((left.astype(np.int64) << 32) | right.astype(np.int64))
    left, right = pairs >> 32, pairs & 0xFFFFFFFF
    of_contact = _are_contacts(texts, left), _are_contacts(texts, right)
    same = ~(of_contact[0] | of_contact[1])
    _join(threads, texts, left[same], right[same])
    if not same.all():
        _take_in_members(threads, texts, (left[~same], right[~same]), (of_contact[0][~same], of_contact[1][~same]))
    return threads


def _are_contacts(texts: Sequence[str], codes: Array) -> Array:
    distinct, which = np.unique(codes, return_inverse=True)
    flags = np.fromiter((texts[code].startswith(CONTACT) for code in distinct.tolist()), np.bool_, len(distinct))
    return flags[which]


def _join(threads: Array, texts: Sequence[str], left: Array, right: Array) -> None:
    """Give every entity of a component the smallest of it."""
    parents = _components(left, right)
    smallest: dict[int, int] = {}
    roots = {code: _root(parents, code) for code in parents}
    for code, root in roots.items():
        best = smallest.get(root)
        if best is None or texts[code] < texts[best]:
            smallest[root] = code
    members = np.fromiter(roots, np.int64, len(roots))
    threads[members] = np.fromiter((smallest[root] for root in roots.values()), np.int32, len(roots))


def _components(left: Array, right: Array) -> dict[int, int]:
    parents: dict[int, int] = {}
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        a, b = _root(parents, one), _root(parents, other)
        if a != b:
            parents[max(a, b)] = min(a, b)
    return parents


def _root(parents: dict[int, int], code: int) -> int:
    parent = parents.setdefault(code, code)
    while parent != code:
        above = parents[parent]
        parents[code] = above  # halves the path for the next walk
        code, parent = above, parents[above]
    return code


def _take_in_members(threads: Array, texts: Sequence[str], ends: tuple[Array, Array], are: tuple[Array, Array]) -> None:
    """Bring contacts to the thread of their only account, ids of old to what their only successor goes to."""
    left, right = ends
    from_left, from_right = are
    contact = np.concatenate([left[from_left & ~from_right], right[from_right & ~from_left]])
    account = np.concatenate([right[from_left & ~from_right], left[from_right & ~from_left]])
    belongs = _only(contact, threads[account])
    both = from_left & from_right & (left != right)
    follows = {old: new for old, new in _only(left[both], right[both]).items() if old not in belongs}
    homes = _homes(belongs, follows, texts)
    threads[np.fromiter(homes, np.int64, len(homes))] = np.fromiter(homes.values(), np.int32, len(homes))


def _only(keys: Array, values: Array) -> dict[int, int | None]:
    """Return by key its value, None where it has several."""
    found: dict[int, int | None] = {}
    for key, value in zip(keys.tolist(), values.tolist(), strict=True):
        found[key] = value if found.get(key, value) == value else None
    return found


def _homes(belongs: dict[int, int | None], follows: dict[int, int | None], texts: Sequence[str]) -> dict[int, int]:
    """Return where each contact goes: to its only account, or with its only successor; a circle is its smallest."""
    homes = {code: code if account is None else account for code, account in belongs.items()}
    for start in follows:
        walked: dict[int, None] = {}
        code: int | None = start
        while code is not None and code not in homes and code not in walked:
            walked[code] = None
            code = follows.get(code)
        last = next(reversed(walked), start)
        if code is None:
            end = last
        elif code in walked:
            circle = list(walked)[list(walked).index(code) :]
            end = min(circle, key=lambda one: texts[one])
        else:
            end = homes[code]
        homes |= dict.fromkeys(walked, end)
    return homes
