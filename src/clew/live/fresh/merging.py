"""Why ids are one account: the links of an account, and which of them would have to part to split it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from clew.archive.identity import CONTACT
from clew.archive.model import NO_CODE
from clew.archive.words import APART
from clew.live.fresh.links import Link, parted
from clew.live.fresh.log import Fresh
from clew.live.fresh.standing import Standing


@dataclass(frozen=True)
class AccountLink:
    """What somebody says of two ids.

    left, right  entities as texts         at     from when it holds, clock.ALWAYS where undated
    source       its name; "clew": a person's word
    word         of clew.archive.words     joins  whether it makes both one; False: a person's later word is against it
    """

    left: str
    right: str
    at: int
    source: str
    word: int
    joins: bool


def links_of(fresh: Fresh, thread: str) -> Sequence[AccountLink]:
    """Return everything said of who is one account with an id of this one, the earliest first.

    Words against it are among them, with ids that a person parted from it; contacts are not: they make nobody the same.
    """
    standing = fresh.standing
    code = standing.names["entity"].code(thread)
    if code == NO_CODE:
        return ()
    parties = standing.identity.parties(np.array([code], np.int32))
    found = {link for party in parties.tolist() for link in standing.links.of(party)}
    texts = standing.names["entity"].texts()
    accounts = [link for link in found if not any(texts[end].startswith(CONTACT) for end in link.pair)]
    told = sorted(accounts, key=lambda link: (link.at, link.position, link.key, link.pair))
    apart = parted(told)
    return [_spelt(standing, link, apart) for link in told]


def cut(links: Sequence[AccountLink], chosen: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return the pairs that have to part so that the chosen ids are another account than the rest.

    chosen  entities of the account; those that no link names part from nothing
    """
    crossing = [link for link in links if link.joins and (link.left in chosen) is not (link.right in chosen)]
    return sorted({(min(link.left, link.right), max(link.left, link.right)) for link in crossing})


def _spelt(standing: Standing, link: Link, apart: Collection[tuple[int, int]]) -> AccountLink:
    text, names = standing.names["entity"].text, standing.whole.sources.numbers
    source = next((name for name, number in names.items() if number == link.source), "")
    joins = link.word != APART and link.pair not in apart
    return AccountLink(text(link.left), text(link.right), link.at, source, link.word, joins)
