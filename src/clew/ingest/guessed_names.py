"""Names made from the names of columns and files, and how they are written: kinds, events, sources, stages."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from clew.files.tree import ScalarNode
from clew.files.write import scalar_text
from clew.ingest import vocabulary

_SAYS_NO_KIND = frozenset((*vocabulary.ID, *vocabulary.OF, *vocabulary.NAME))
_TIME_WORDS = frozenset(vocabulary.TIME)
_CLOSING = frozenset(vocabulary.ON)
_JOINING = frozenset(vocabulary.OF)
_RESERVED = {"contact": "person", "account": "account"}
_ENDINGS = (".gz", ".csv", ".tsv", ".txt")


def kind_name(words: Sequence[str]) -> str:
    """Name the kind of thing that a column of ids holds: seller_id -> seller, Ticket ID -> ticket."""
    left = [word for word in words if vocabulary.plain(word) not in _SAYS_NO_KIND] or list(words)
    name = kebab(" ".join(left)) or "thing"
    return _RESERVED.get(name, name)


def singular(name: str) -> str:
    """Take a plural s away: tickets -> ticket, but status stays."""
    return name[:-1] if re.search(r"[^aius]s$", name) else name


def event_name(words: Sequence[str], source: str) -> str:
    """Name the event that a time column tells of: order_approved_at -> order approved, Date of Purchase -> purchase."""
    left = [word for word in words if vocabulary.plain(word) not in _TIME_WORDS]
    while left and left[0] in _JOINING:
        left = left[1:]
    while left and left[-1] in _CLOSING:
        left = left[:-1]
    return " ".join(left) or source.replace("-", " ")


def source_name(path: Path) -> str:
    """Name a source after its file: customer_support_tickets.csv.gz -> customer-support-tickets."""
    stem = path.name
    for ending in _ENDINGS:
        stem = stem.removesuffix(ending).removesuffix(ending.upper())
    return kebab(stem) or "export"


def kebab(text: str) -> str:
    """Lower-case words and digits with hyphens between."""
    plain = text.lower()
    for letter, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(letter, spelled)
    plain = unicodedata.normalize("NFKD", plain)
    return "-".join(re.findall(r"[a-z0-9]+", "".join(sign for sign in plain if not unicodedata.combining(sign))))


def flow(text: str) -> str:
    """A text as it may stand anywhere in YAML."""
    plain = text not in ("~", "null", "Null", "NULL") and not text.startswith("${")
    return scalar_text(ScalarNode(0, 0, text, plain=plain))


def relative(path: Path, folder: Path) -> str:
    """The path as it is written into a source: from the workspace's folder, unless it lies far from there."""
    near = Path(os.path.relpath(path, folder)).as_posix()
    return path.resolve().as_posix() if near.startswith("../../../") else near
