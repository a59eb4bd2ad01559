"""What duplicates are made of: a firm as it is compared, and two of them that are probably one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST = 1_000_000  # a chance is kept in millionths
LIKELY = 0.5  # pairs below this chance are not shown to anybody


class Decision(StrEnum):
    """What a person said of two accounts."""

    SAME = "same"
    DIFFERENT = "different"


class What(StrEnum):
    """What of two firms is compared."""

    NAME = "name"
    DOMAIN = "domain"
    COUNTRY = "country"
    PLACE = "place"
    NUMBER = "number"  # by which an office knows the firm: of the tax, of the register
    INDUSTRY = "industry"
    PARENT = "parent"


@dataclass(frozen=True)
class Firm:
    """One account as it is compared; "" and nothing where it is not known.

    domains  that the account itself gives        written  domains from which its contacts write; never kept
    parent   thread
    """

    thread: str
    name: str
    domains: Sequence[str] = ()
    written: Sequence[str] = ()
    country: str = ""
    place: str = ""
    number: str = ""
    industry: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Reason:
    """Something that speaks for two firms being one, or against it.

    level   of the comparison, as "same", "written otherwise"
    weight  how much: each 1 doubles the odds, each -1 halves them
    values  the two values, of the left one first; none where they are not to be kept
    """

    what: What
    level: str
    weight: float
    values: Sequence[str] = ()

    def kept(self) -> Mapping[str, Any]:
        """The reason as it is stored."""
        return {"what": self.what, "level": self.level, "weight": round(self.weight, 2), "values": [*self.values]}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Reason:
        """Read what was stored."""
        return cls(What(told["what"]), told["level"], float(told["weight"]), tuple(told["values"]))


@dataclass(frozen=True)
class Pair:
    """Two accounts that may be one: threads, the smaller first; chance 0..1; the weightiest reason first."""

    left: str
    right: str
    chance: float
    reasons: Sequence[Reason] = field(default_factory=tuple)
