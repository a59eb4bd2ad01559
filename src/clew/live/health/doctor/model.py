"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad it is."""

    WRONG = "wrong"  # something does not work, or may be lost
    LOOK = "look"  # works, and a person should look at it
    FINE = "fine"


@dataclass(frozen=True)
class Finding:
    """One thing that was examined.

    area  settings | files | database | archive | tail | workers | ...: a stable word
    says  a sentence with its figures
    mend  what to do; "" where nothing is to be done
    """

    grade: Grade
    area: str
    says: str
    mend: str = ""


def wrong(area: str, says: str, mend: str) -> Finding:
    return Finding(Grade.WRONG, area, says, mend)


def look(area: str, says: str, mend: str) -> Finding:
    return Finding(Grade.LOOK, area, says, mend)


def fine(area: str, says: str) -> Finding:
    return Finding(Grade.FINE, area, says)
