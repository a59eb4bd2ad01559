"""Firms as rows of a table that can be compared: words of names, domains, and keys by which pairs are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clew.duplicates.comparing import KEYS
from clew.duplicates.model import Firm
from clew.duplicates.naming import branch_in, numbers_in, skeleton, stem, words_of
from clew.sources.domains import is_free_mail

CROWD = 100  # more firms than this with one key: the key tells nothing of who they are
COMMON = 5  # a word in more names than this does not tell a firm from others
_BEGINNING, _ENDING = 5, 5  # letters

Row = dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """Rows to compare, one a firm, and the firms by their thread."""

    rows: Sequence[Row]
    firms: dict[str, Firm]


def prepare(firms: Iterable[Firm]) -> Prepared:
    """Make rows of firms, in the order of their threads: the same firms are always the same rows."""
    known = {firm.thread: firm for firm in firms}
    ordered = [known[thread] for thread in sorted(known)]
    words = [words_of(firm.name) for firm in ordered]
    counts = Counter(word for each in words for word in set(each))
    rows = [_row(firm, each, counts) for firm, each in zip(ordered, words, strict=True)]
    _leave_out_crowds(rows)
    return Prepared(rows, known)


def _row(firm: Firm, words: tuple[str, ...], counts: Counter[str]) -> Row:
    compact, ordered = "".join(words), " ".join(sorted(words))
    rare = min(words, key=lambda word: (counts[word], -len(word), word), default="")
    domains = sorted({one for one in (*firm.domains, *firm.written) if not is_free_mail(one)})
    first = next((one for one in (*firm.domains, *firm.written) if one in domains), None)
    return {
        "unique_id": firm.thread,
        "core": " ".join(words) or None,
        "compact": compact,
        "ordered": ordered or None,
        "words": sorted(set(words)),
        "numbers": " ".join(numbers_in(words)),
        "branch": " ".join(branch_in(words)),
        "common": bool(words) and counts[rare] > COMMON,
        "domains": domains,
        "stems": sorted({stem(one) for one in domains}),
        "country": firm.country.casefold() or None,
        "place": firm.place.casefold() or None,
        "number": "".join(sign for sign in firm.number.casefold() if sign.isalnum()) or None,
        "industry": firm.industry.casefold() or None,
        "parent": firm.parent or None,
        "rare_word": rare or None,
        "skeleton": skeleton(rare) or None,
        "beginning": rare[:_BEGINNING] or None,
        "ending": rare[-_ENDING:] or None,
        "domain": first,
        "domain_stem": stem(first) if first else None,
    }


def _leave_out_crowds(rows: Sequence[Row]) -> None:
    for key in KEYS:
        counts = Counter(row[key] for row in rows)
        for row in rows:
            row[f"by_{key}"] = row[key] if counts[row[key]] <= CROWD else None
