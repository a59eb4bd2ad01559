"""Answers as people write them: '30 %', '3 of 10', '420', 'clearly', 'yes'; and back into words."""

from __future__ import annotations

import re
from decimal import Decimal

from clew.diagnosis.interview.questions import Kind, Question
from clew.questions.words import number, share

Value = str | float
UNKNOWN_WORDS = frozenset({"", "~", "null", "unknown", "?"})

DIGITS = 12  # 0.7 % is 0.007, whatever 0.7 / 100 is in binary

MOST = 1e15  # more counts nothing, and a float could not hold its last digit

_NUMBER = re.compile(r"[0-9][0-9,']*(\.[0-9]+)?")
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*%")
_OF = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s+(?:of|in|out of)\s+([0-9]+(?:\.[0-9]+)?)")
_ONE = {"people": "person"}
_YES = {"yes": "yes", "y": "yes", "true": "yes", "no": "no", "n": "no", "false": "no"}
_ALLOWED = {
    Kind.NUMBER: "a number, as 12",
    Kind.SHARE: "a share, as 30 %, 3 of 10 or 0.3",
    Kind.YES_NO: "yes or no",
}


def allowed(question: Question) -> str:
    """Say what an answer may be."""
    return " | ".join(question.values) if question.kind is Kind.CHOICE else _ALLOWED[question.kind]


def value_of(question: Question, written: str) -> Value | None:
    """Read an answer; None where it is none. A share is 0..1, yes and no are texts."""
    words = " ".join(written.split()).casefold()
    match question.kind:
        case Kind.CHOICE:
            return words if words in question.values else None
        case Kind.YES_NO:
            return _YES.get(words)
        case Kind.NUMBER:
            return _number_of(words)
        case Kind.SHARE:
            return _share_of(words)


def said(question: Question, value: Value) -> str:
    """Put an answer into words."""
    if isinstance(value, str):
        return question.values.get(value, value)
    if question.kind is Kind.SHARE:
        return str(share(value))
    unit = _ONE.get(question.unit, question.unit.removesuffix("s")) if value == 1 else question.unit
    return f"{number(value)} {unit}".rstrip()


def written(question: Question, value: Value) -> str:
    """Write an answer as a file holds it; reads back as the same value."""
    if isinstance(value, str):
        return value
    if question.kind is Kind.SHARE:
        return f"{_plain(round(100 * value, DIGITS - 2))} %"
    return _plain(value)


def _plain(value: float) -> str:
    """All digits and no exponent, which no answer may have."""
    digits = format(Decimal(repr(value)), "f")
    return digits.removesuffix(".0")


def _number_of(words: str) -> float | None:
    value = float(re.sub("[,']", "", words)) if _NUMBER.fullmatch(words) else MOST
    return value if value < MOST else None


def _share_of(words: str) -> float | None:
    if found := _PERCENT.fullmatch(words):
        value = round(float(found[1]) / 100, DIGITS)
    elif found := _OF.fullmatch(words):
        part, whole = float(found[1]), float(found[2])
        value = round(part / whole, DIGITS) if 0 < whole < MOST else -1.0
    else:
        plain = _number_of(words)
        value = -1.0 if plain is None else round(plain, DIGITS)
    return value if 0 <= value <= 1 else None
